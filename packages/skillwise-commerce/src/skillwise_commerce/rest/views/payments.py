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
    AlreadyOwnedError,
    CourseNotForSaleError,
    CourseNotFoundError,
    FreeCourseError,
    MixedCurrenciesError,
    OrderAlreadyPaidError,
    OrderHeldError,
    OrderSupersededError,
    OwnCourseError,
    PaymentDeclinedError,
    PaymentInProgressError,
    PaymentNotAcceptedError,
    ProviderUnavailableError,
)
from skillwise_commerce.rest.examples import CHECKOUT, ORDER, answer, request
from skillwise_commerce.rest.serializers import (
    CheckoutOutput,
    OrderOutput,
    PaymentInput,
)
from skillwise_commerce.selectors.orders import order_of_buyer
from skillwise_commerce.services.checkout import create_payment

__all__ = ["PaymentCreateView"]


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
        order = order_of_buyer(buyer_id=self.actor.id, order_id=checkout.order_id)
        return Response(
            {"order": OrderOutput(order).data, "payment": checkout.payment},
            status=status.HTTP_201_CREATED,
            headers={"Location": reverse("commerce-order-detail", kwargs={"order_id": order.id})},
        )
