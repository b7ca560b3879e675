"""Buying."""

from typing import Final

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.rest.idempotency import idempotent
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.permissions import IsVerified
from skillwise_kernel.rest.views import ApiView

from skillwise_commerce.errors import (
    OrderAlreadyPaidError,
    OrderHeldError,
    OrderSupersededError,
    PaymentDeclinedError,
    PaymentInProgressError,
    PaymentNotAcceptedError,
    ProviderNotOfferedError,
    ProviderUnavailableError,
    QuoteExpiredError,
    QuoteNotFoundError,
)
from skillwise_commerce.rest.baskets import PRICING_ERRORS, BasketInput, QuoteOutput, pricing_of
from skillwise_commerce.rest.examples import BASKET, CHECKOUT, ORDER, QUOTE, answer, request
from skillwise_commerce.rest.serializers import (
    CheckoutOutput,
    OrderOutput,
    PaymentInput,
)
from skillwise_commerce.selectors.orders import order_of_buyer
from skillwise_commerce.services.checkout import create_payment
from skillwise_commerce.services.pricing import price_basket
from skillwise_commerce.services.quotes import make_quote, quoted_basket

__all__ = ["PaymentCreateView", "QuoteView"]


HOW_TO_BUY: Final = """\
Writes an order and starts its payment; give `payment` to Stripe's PaymentSheet, or with `sslcommerz` open its
`gateway_page_url`. The order is paid when the provider's webhook has arrived, and never because a page came
back: poll `GET orders/{id}/` until its status is `paid`. When nothing is to be paid, because the courses are
free or a coupon covers them, the order is paid at once and `payment` is null.

Buys what a quote promised (`quote_id`), or courses and bundles at today's prices.

An unfinished order for the same courses at the same prices is resumed, whatever the key: one purchase is
never charged twice. Another unfinished order that shares a course with this one is canceled first.

With `gift`, the courses are for somebody else: `gifts/` tells what becomes of them.

A course or bundle that cannot be bought is pointed at by its place in `course_ids` or `bundle_ids`.

Nothing new is charged while money may be under way for one of the courses: `commerce.order_already_paid`,
`commerce.payment_in_progress` and `commerce.order_held` name the `order_id`. After
`commerce.order_superseded` (another device got in between) ask again, with a new key. After
`commerce.provider_unavailable` the same request with the same key resumes the order.
"""


@extend_schema(tags=["Payments"])
class QuoteView(ApiView):
    permission_classes = [IsVerified]
    throttle_scope = "payments_quote"
    throttle_rate = "60/minute"

    @extend_schema(
        operation_id="payments_quote",
        summary="What courses cost",
        description="With bundles, coupon and the tax of the billing country. The prices hold for a "
        "quarter of an hour: give the quote's id to `payments/create/`. Nothing is reserved; the coupon may "
        "be used up by then.",
        request=BasketInput,
        responses={201: QuoteOutput},
        examples=[request("Two courses and a coupon", BASKET), answer("A quote", QUOTE, status=201)],
    )
    @problem_codes(*PRICING_ERRORS)
    def post(self, request: Request) -> Response:
        data, moment = self.parse_body(BasketInput), now()
        basket = price_basket(buyer_id=self.actor.id, now=moment, **pricing_of(data))
        quote = make_quote(basket, buyer_id=self.actor.id, now=moment)
        return Response(QuoteOutput.of(quote, basket), status=status.HTTP_201_CREATED)


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
            request(
                "A gift",
                {
                    "course_ids": [ORDER["lines"][0]["course_id"]],
                    "gift": {
                        "recipient_email": "grandmother@example.org",
                        "recipient_name": "Grandmother",
                        "message": "For the long evenings.",
                    },
                },
            ),
            answer("To be paid", CHECKOUT, status=201),
        ],
    )
    @problem_codes(
        *PRICING_ERRORS,
        QuoteNotFoundError,
        QuoteExpiredError,
        OrderAlreadyPaidError,
        PaymentInProgressError,
        OrderHeldError,
        OrderSupersededError,
        PaymentDeclinedError,
        PaymentNotAcceptedError,
        ProviderNotOfferedError,
        ProviderUnavailableError,
    )
    @idempotent(required=True)
    def post(self, request: Request) -> Response:
        data, moment = self.parse_body(PaymentInput), now()
        quote_id = data.get("quote_id")
        if quote_id is not None:
            basket = quoted_basket(quote_id=quote_id, buyer_id=self.actor.id, now=moment)
        else:
            basket = price_basket(buyer_id=self.actor.id, now=moment, **pricing_of(data))
        checkout = create_payment(
            buyer_id=self.actor.id,
            basket=basket,
            provider=data["provider"],
            channel=data["channel"],
            quote_id=quote_id,
            now=moment,
        )
        order = order_of_buyer(buyer_id=self.actor.id, order_id=checkout.order_id)
        return Response(
            {"order": OrderOutput(order).data, "payment": checkout.payment},
            status=status.HTTP_201_CREATED,
            headers={"Location": reverse("commerce-order-detail", kwargs={"order_id": order.id})},
        )
