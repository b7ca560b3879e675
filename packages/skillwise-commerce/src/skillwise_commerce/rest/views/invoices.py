"""What I was billed, and what was credited to me."""

from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.rest.conditional import etag, unmodified
from skillwise_kernel.rest.idempotency import idempotent
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import AllowAny, IsAuthenticated
from skillwise_kernel.rest.views import ApiView

from skillwise_commerce.errors import InvoiceLinkExpiredError, InvoiceNotFoundError
from skillwise_commerce.models import Invoice
from skillwise_commerce.rest.examples import INVOICE, answer
from skillwise_commerce.rest.serializers import InvoiceOutput
from skillwise_commerce.selectors.invoices import invoice_of_buyer, invoices_of_buyer, linked_invoice
from skillwise_commerce.services.printing import print_invoice
from skillwise_commerce.services.receipts import resend_invoice

__all__ = ["InvoiceFileView", "InvoiceListView", "InvoicePdfView", "InvoiceSendView", "InvoiceView"]

_PDF: Final = {(200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, description="The document.")}


class NewestInvoices(KeysetPagination):
    ordering = ("-issued_at", "-id")


@extend_schema(tags=["Invoices"])
class InvoiceListView(ApiView):
    permission_classes = [IsAuthenticated]
    pagination_class = NewestInvoices

    @extend_schema(
        operation_id="invoices_list",
        summary="My invoices and credit notes",
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
        summary="One of my invoices or credit notes",
        responses={200: InvoiceOutput},
        examples=[answer("An invoice", INVOICE)],
    )
    @problem_codes(InvoiceNotFoundError)
    def get(self, request: Request, invoice_id: UUID) -> Response:
        invoice = invoice_of_buyer(buyer_id=self.actor.id, invoice_id=invoice_id)
        return Response(InvoiceOutput(invoice).data)


@extend_schema(tags=["Invoices"])
class InvoicePdfView(ApiView):
    permission_classes = [IsAuthenticated]
    throttle_scope = "invoices_pdf"
    throttle_rate = "60/minute"

    @extend_schema(
        operation_id="invoices_pdf",
        summary="An invoice or credit note as PDF",
        description="The same bytes each time: it was issued once, and does not change.",
        responses=_PDF,
    )
    @problem_codes(InvoiceNotFoundError)
    def get(self, request: Request, invoice_id: UUID) -> HttpResponseBase:
        return _pdf(request, invoice_of_buyer(buyer_id=self.actor.id, invoice_id=invoice_id))


@extend_schema(tags=["Invoices"])
class InvoiceFileView(ApiView):
    """The link is the permission: it is mailed to the buyer alone, and expires."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_scope = "invoices_file"
    throttle_rate = "60/minute"

    @extend_schema(
        operation_id="invoices_file",
        summary="An invoice by its mailed link",
        description="Sends the PDF that a signed link names. Receipts carry one, which expires after 30 "
        "days; a receipt that is sent again carries another.",
        parameters=[
            OpenApiParameter(
                "token", OpenApiTypes.STR, OpenApiParameter.PATH, description="As the link has it."
            )
        ],
        responses=_PDF,
    )
    @problem_codes(InvoiceNotFoundError, InvoiceLinkExpiredError)
    def get(self, request: Request, token: str) -> HttpResponseBase:
        return _pdf(request, linked_invoice(token=token))


@extend_schema(tags=["Invoices"])
class InvoiceSendView(ApiView):
    permission_classes = [IsAuthenticated]
    throttle_scope = "invoices_send"
    throttle_rate = "10/hour"

    @extend_schema(
        operation_id="invoices_send",
        summary="Have an invoice mailed again",
        description="To the address of the account, with a link to the PDF. The mail leaves shortly after.",
        request=None,
        responses={202: OpenApiResponse(description="It is on its way.")},
    )
    @problem_codes(InvoiceNotFoundError)
    @idempotent(required=True)
    def post(self, request: Request, invoice_id: UUID) -> Response:
        resend_invoice(buyer_id=self.actor.id, invoice_id=invoice_id, key=request.headers["Idempotency-Key"])
        return Response(status=status.HTTP_202_ACCEPTED)


def _pdf(request: Request, invoice: Invoice) -> HttpResponseBase:
    body = print_invoice(invoice)
    name = f"{invoice.kind.replace('_', '-')}-{invoice.number}.pdf"
    response = HttpResponse(
        body,
        content_type="application/pdf",
        headers={
            "Cache-Control": "private, no-cache",
            "Content-Disposition": f'attachment; filename="{name}"',
            "ETag": etag(None, body),
            "X-Content-Type-Options": "nosniff",
        },
    )
    return unmodified(request, response) or response
