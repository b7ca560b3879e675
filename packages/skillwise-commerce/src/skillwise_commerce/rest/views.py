"""Buying, looking at what was bought, and hearing from Stripe."""

from typing import ClassVar, Final
from uuid import UUID

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.rest.idempotency import idempotent
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import AllowAny, IsAuthenticated, IsVerified
from skillwise_kernel.rest.views import ApiView

from skillwise_commerce import selectors
from skillwise_commerce.errors import (
    AlreadyOwnedError,
    CourseNotForSaleError,
    CourseNotFoundError,
    FreeCourseError,
    InvoiceNotFoundError,
    MixedCurrenciesError,
    OrderAlreadyPaidError,
    OrderHeldError,
    OrderNotFoundError,
    OrderSupersededError,
    OwnCourseError,
    PaymentDeclinedError,
    PaymentInProgressError,
    PaymentNotAcceptedError,
    ProviderUnavailableError,
    WebhookInvalidError,
    WebhookSignatureInvalidError,
    WebhookTooLargeError,
)
from skillwise_commerce.rest.examples import CHECKOUT, INVOICE, ORDER, answer, request
from skillwise_commerce.rest.serializers import (
    CheckoutOutput,
    InvoiceOutput,
    OrderOutput,
    PaymentInput,
    WebhookOutput,
)
from skillwise_commerce.services.checkout import create_payment
from skillwise_commerce.services.webhooks import receive_webhook

__all__ = [
    "InvoiceListView",
    "InvoiceView",
    "OrderListView",
    "OrderView",
    "PaymentCreateView",
    "StripeWebhookView",
]

#: No event of Stripe's comes near this, in bytes.
MAX_WEBHOOK_SIZE: Final = 512 * 1024


HOW_TO_BUY: Final = """\
Writes an order and starts its payment; give `payment` to Stripe's PaymentSheet. The order is paid when
Stripe's webhook has arrived: poll `GET orders/{id}/` until its status is `paid`.

An unfinished order for the same courses at the same prices is resumed, whatever the key: one purchase is
never charged twice. Another unfinished order that shares a course with this one is canceled first.

A course that cannot be bought is pointed at by its place in `course_ids`.

Nothing new is charged while money may be under way for one of the courses: `commerce.order_already_paid`,
`commerce.payment_in_progress` and `commerce.order_held` name the `order_id`. After
`commerce.order_superseded` (another device got in between) ask again, with a new key. After
`commerce.provider_unavailable` the same request with the same key resumes the order.
"""


@extend_schema(tags=["Payments"])
class PaymentCreateView(ApiView):
    permission_classes = [IsVerified]
    throttle_scope = "payments_create"
    throttle_rate = "30/minute"

    @extend_schema(
        operation_id="payments_create",
        summary="Buy courses",
        description=HOW_TO_BUY,
        request=PaymentInput,
        responses={201: CheckoutOutput},
        examples=[
            request("One course", {"course_ids": [ORDER["lines"][0]["course_id"]], "provider": "stripe"}),
            answer("To be paid", CHECKOUT, status=201),
        ],
    )
    @problem_codes(
        CourseNotFoundError,
        OwnCourseError,
        CourseNotForSaleError,
        FreeCourseError,
        AlreadyOwnedError,
        MixedCurrenciesError,
        OrderAlreadyPaidError,
        PaymentInProgressError,
        OrderHeldError,
        OrderSupersededError,
        PaymentDeclinedError,
        PaymentNotAcceptedError,
        ProviderUnavailableError,
    )
    @idempotent(required=True)
    def post(self, request: Request) -> Response:
        data = self.parse_body(PaymentInput)
        checkout = create_payment(
            buyer_id=self.actor.id,
            course_ids=data["course_ids"],
            provider=data["provider"],
            now=now(),
        )
        order = selectors.order_of_buyer(buyer_id=self.actor.id, order_id=checkout.order_id)
        return Response(
            {"order": OrderOutput(order).data, "payment": checkout.payment},
            status=status.HTTP_201_CREATED,
            headers={"Location": reverse("commerce-order-detail", kwargs={"order_id": order.id})},
        )


class NewestOrders(KeysetPagination):
    ordering = ("-created_at", "-id")


@extend_schema(tags=["Orders"])
class OrderListView(ApiView):
    permission_classes = [IsAuthenticated]
    pagination_class = NewestOrders

    @extend_schema(
        operation_id="orders_list",
        summary="My orders",
        description="Newest first.",
        responses={200: OrderOutput(many=True)},
        examples=[answer("A paid order", ORDER)],
    )
    def get(self, request: Request) -> Response:
        orders = self.paginate_queryset(selectors.orders_of_buyer(buyer_id=self.actor.id))
        return self.get_paginated_response(OrderOutput(orders, many=True).data)


@extend_schema(tags=["Orders"])
class OrderView(ApiView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="orders_retrieve",
        summary="One of my orders",
        description="Cheap to poll with `If-None-Match`.",
        responses={200: OrderOutput},
        examples=[answer("A paid order", ORDER)],
    )
    @problem_codes(OrderNotFoundError)
    def get(self, request: Request, order_id: UUID) -> Response:
        order = selectors.order_of_buyer(buyer_id=self.actor.id, order_id=order_id)
        return Response(OrderOutput(order).data)


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
        invoices = self.paginate_queryset(selectors.invoices_of_buyer(buyer_id=self.actor.id))
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
        invoice = selectors.invoice_of_buyer(buyer_id=self.actor.id, invoice_id=invoice_id)
        return Response(InvoiceOutput(invoice).data)


@extend_schema(tags=["Payments"])
class StripeWebhookView(ApiView):
    """Not throttled: Stripe sends from few addresses, and the signature turns everybody else away."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []
    provider: ClassVar[str] = "stripe"

    @extend_schema(
        operation_id="payments_webhooks_stripe",
        summary="Hear from Stripe",
        description="For Stripe alone, which signs what it sends. The event is stored before this answers, "
        "and acted upon after; a repeated one changes nothing.",
        auth=[],
        parameters=[
            OpenApiParameter(
                "Stripe-Signature",
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                required=True,
                description="`t=…,v1=…`, at most five minutes old.",
            )
        ],
        request=OpenApiTypes.OBJECT,
        responses={200: WebhookOutput},
        examples=[
            request(
                "A payment that arrived",
                {
                    "id": "evt_3QK1x2EgjMY5vZhN0rTuVwXy",
                    "object": "event",
                    "type": "payment_intent.succeeded",
                    "data": {"object": {"id": "pi_3QK1x2EgjMY5vZhN0a1B2c3D", "object": "payment_intent"}},
                },
            ),
            answer("Stored", {"received": True}),
        ],
    )
    @problem_codes(WebhookSignatureInvalidError, WebhookInvalidError, WebhookTooLargeError)
    def post(self, request: Request) -> Response:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_WEBHOOK_SIZE:
            raise WebhookTooLargeError
        receive_webhook(provider=self.provider, body=request.body, headers=request.headers, now=now())
        return Response({"received": True})
