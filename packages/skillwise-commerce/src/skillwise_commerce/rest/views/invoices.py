"""What I was billed."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import IsAuthenticated
from skillwise_kernel.rest.views import ApiView

from skillwise_commerce.errors import (
    InvoiceNotFoundError,
)
from skillwise_commerce.rest.examples import INVOICE, answer
from skillwise_commerce.rest.serializers import (
    InvoiceOutput,
)
from skillwise_commerce.selectors.invoices import invoice_of_buyer, invoices_of_buyer

__all__ = ["InvoiceListView", "InvoiceView"]


class NewestInvoices(KeysetPagination):
    ordering = ("-issued_at", "-id")


@extend_schema(tags=["Invoices"])
class InvoiceListView(ApiView):
    permission_classes = [IsAuthenticated]
    pagination_class = NewestInvoices

    @extend_schema(
        operation_id="invoices_list",
        summary="My invoices",
        description="Newest first.",
        responses={200: InvoiceOutput(many=True)},
        examples=[answer("An invoice", INVOICE)],
    )
    def get(self, request: Request) -> Response:
        invoices = self.paginate_queryset(invoices_of_buyer(buyer_id=self.actor.id))
        return self.get_paginated_response(InvoiceOutput(invoices, many=True).data)


@extend_schema(tags=["Invoices"])
class InvoiceView(ApiView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="invoices_retrieve",
        summary="One of my invoices",
        responses={200: InvoiceOutput},
        examples=[answer("An invoice", INVOICE)],
    )
    @problem_codes(InvoiceNotFoundError)
    def get(self, request: Request, invoice_id: UUID) -> Response:
        invoice = invoice_of_buyer(buyer_id=self.actor.id, invoice_id=invoice_id)
        return Response(InvoiceOutput(invoice).data)
