"""Having money given back."""

from typing import Any, Final
from uuid import UUID, uuid5

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.money import Money
from skillwise_kernel.rest.fields import MoneyField
from skillwise_kernel.rest.idempotency import idempotent
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import IsAuthenticated, has_role
from skillwise_kernel.rest.views import ApiView

from skillwise_commerce.domain.payments import RefundStatus
from skillwise_commerce.domain.sales import MAX_COURSES
from skillwise_commerce.errors import (
    LineAlreadyRefundedError,
    LineNotFoundError,
    OrderDisputedError,
    OrderNotFoundError,
    OrderNotPaidError,
    RefundExceedsPaidError,
    RefundOutsidePolicyError,
    RefundRefusedError,
)
from skillwise_commerce.models import Refund
from skillwise_commerce.rest.examples import ORDER, answer, request
from skillwise_commerce.selectors.orders import order_of_anybody, order_of_buyer
from skillwise_commerce.selectors.returns import refunds_of_order
from skillwise_commerce.services.refunds.opening import open_refund_by_admin, open_refund_by_policy
from skillwise_commerce.services.refunds.sending import send_refund

__all__ = ["OrderRefundAdminView", "OrderRefundView"]

HOW_IT_GOES: Final = """\
What the provider gives back at once is `succeeded`, its courses are closed and a credit note is issued. While
the provider does not answer, or its bank takes its time, the refund is `pending`: it goes on by itself, and
`GET` shows how it ended. When the provider refuses (`commerce.refund_refused`, with its `provider_code`),
nothing has changed.
"""

_COURSE: Final = ORDER["lines"][0]["course_id"]
_REFUND: Final[dict[str, Any]] = {
    "id": "0199c9f1-5b20-7a44-9d1e-3c4d5e6f7081",
    "order_id": ORDER["id"],
    "status": "succeeded",
    "origin": "policy",
    "reason": "Not what I was looking for.",
    "total": ORDER["total"],
    "lines": [
        {"course_id": _COURSE, "title": ORDER["lines"][0]["title"], "refunded": ORDER["total"]},
    ],
    "failure_code": None,
    "created_at": "2026-11-25T08:30:00Z",
    "succeeded_at": "2026-11-25T08:30:01Z",
}


class RefundInput(serializers.Serializer[Any]):
    course_ids = serializers.ListField(
        child=serializers.UUIDField(),
        min_length=1,
        max_length=MAX_COURSES,
        required=False,
        help_text="Of the order's courses, those to give back; without it, all that are left.",
    )
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)

    def validate_course_ids(self, value: list[UUID]) -> list[UUID]:
        if len(set(value)) < len(value):
            raise serializers.ValidationError("A course is named twice.")
        return value


class RefundedCourseInput(serializers.Serializer[Any]):
    course_id = serializers.UUIDField()
    amount = MoneyField(
        required=False, allow_null=True, default=None, help_text="Without it, all that is left."
    )

    def validate_amount(self, value: Money | None) -> Money | None:
        if value is not None and value.amount < 1:
            raise serializers.ValidationError("Nothing cannot be given back.")
        return value


class RefundAdminInput(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)
    lines = serializers.ListField(
        child=RefundedCourseInput(),
        required=False,
        min_length=1,
        max_length=MAX_COURSES,
        help_text="What goes back of which courses; without it, all that is left of the order.",
    )

    def validate_lines(self, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({line["course_id"] for line in value}) < len(value):
            raise serializers.ValidationError("A course is named twice.")
        return value


class RefundedLineOutput(serializers.Serializer[Any]):
    course_id = serializers.UUIDField()
    title = serializers.CharField()
    refunded = MoneyField(help_text="With the tax that is a part of it.")


class RefundOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    order_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=sorted(RefundStatus))
    origin = serializers.ChoiceField(
        choices=Refund.Origin.choices,
        help_text="Whose idea it was: the buyer's within the policy, an administrator's, or made at the "
        "provider.",
    )
    reason = serializers.CharField()
    total = MoneyField()
    lines = RefundedLineOutput(many=True)
    failure_code = serializers.CharField(allow_null=True, help_text="In the provider's words.")
    created_at = serializers.DateTimeField()
    succeeded_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Refund) -> dict[str, Any]:
        return {
            "id": instance.id,
            "order_id": instance.order_id,
            "status": instance.status,
            "origin": instance.origin,
            "reason": instance.reason,
            "total": _money(instance.amount, instance.currency),
            "lines": [
                {
                    "course_id": row.line.course_id,
                    "title": row.line.title,
                    "refunded": _money(row.amount, instance.currency),
                }
                for row in instance.lines.all()
            ],
            "failure_code": instance.failure_code or None,
            "created_at": instance.created_at,
            "succeeded_at": instance.succeeded_at,
        }


class NewestRefunds(KeysetPagination):
    ordering = ("-created_at", "-id")


@extend_schema(tags=["Refunds"])
class OrderRefundView(ApiView):
    permission_classes = [IsAuthenticated]
    pagination_class = NewestRefunds
    throttle_scope = "refunds"
    throttle_rate = "20/minute"

    @extend_schema(
        operation_id="orders_refunds_list",
        summary="What of my order went back",
        description="Newest first.",
        responses={200: RefundOutput(many=True)},
        examples=[answer("A refund", _REFUND)],
    )
    @problem_codes(OrderNotFoundError)
    def get(self, request: Request, order_id: UUID) -> Response:
        order = order_of_buyer(buyer_id=self.actor.id, order_id=order_id)
        refunds = self.paginate_queryset(refunds_of_order(order))
        return self.get_paginated_response(RefundOutput(refunds, many=True).data)

    @extend_schema(
        operation_id="orders_refunds_create",
        summary="Have my money back",
        description="All that was paid for a course, without asking anybody, while the policy allows it: for "
        "some days after the purchase, and before much of the course was seen "
        "(`commerce.refund_outside_policy` says how long and how much).\n\n" + HOW_IT_GOES,
        request=RefundInput,
        responses={201: RefundOutput},
        examples=[
            request("One course", {"course_ids": [_COURSE], "reason": _REFUND["reason"]}),
            answer("Given back", _REFUND, status=201),
        ],
    )
    @problem_codes(
        OrderNotFoundError,
        OrderNotPaidError,
        OrderDisputedError,
        LineNotFoundError,
        LineAlreadyRefundedError,
        RefundOutsidePolicyError,
        RefundExceedsPaidError,
        RefundRefusedError,
    )
    @idempotent(required=True)
    def post(self, request: Request, order_id: UUID) -> Response:
        data, moment = self.parse_body(RefundInput), now()
        refund = open_refund_by_policy(
            refund_id=_id_of(self, order_id),
            buyer_id=self.actor.id,
            order_id=order_id,
            course_ids=data.get("course_ids"),
            reason=data["reason"],
            now=moment,
        )
        refund = send_refund(refund_id=refund.id, now=moment)
        return Response(RefundOutput(refund).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["Administration"])
class OrderRefundAdminView(ApiView):
    permission_classes = [has_role("admin")]
    pagination_class = NewestRefunds

    @extend_schema(
        operation_id="admin_orders_refunds_list",
        summary="What of an order went back",
        description="Newest first.",
        responses={200: RefundOutput(many=True)},
        examples=[answer("A refund", _REFUND)],
    )
    @problem_codes(OrderNotFoundError)
    def get(self, request: Request, order_id: UUID) -> Response:
        refunds = self.paginate_queryset(refunds_of_order(order_of_anybody(order_id=order_id)))
        return self.get_paginated_response(RefundOutput(refunds, many=True).data)

    @extend_schema(
        operation_id="admin_orders_refunds_create",
        summary="Give money back",
        description="Whole courses or amounts of them, whatever the policy says, for a reason that is kept. "
        "Never more than is left of what was paid.\n\n" + HOW_IT_GOES,
        request=RefundAdminInput,
        responses={201: RefundOutput},
        examples=[
            request(
                "Half of a course",
                {
                    "reason": "The last chapter is missing.",
                    "lines": [{"course_id": _COURSE, "amount": {"amount": 2500, "currency": "USD"}}],
                },
            ),
            answer("Given back", {**_REFUND, "origin": "admin"}, status=201),
        ],
    )
    @problem_codes(
        OrderNotFoundError,
        OrderNotPaidError,
        OrderDisputedError,
        LineNotFoundError,
        LineAlreadyRefundedError,
        RefundExceedsPaidError,
        RefundRefusedError,
    )
    @idempotent(required=True)
    def post(self, request: Request, order_id: UUID) -> Response:
        data, moment = self.parse_body(RefundAdminInput), now()
        lines = data.get("lines")
        refund = open_refund_by_admin(
            refund_id=_id_of(self, order_id),
            admin_id=self.actor.id,
            order_id=order_id,
            amounts={line["course_id"]: line["amount"] for line in lines} if lines is not None else None,
            reason=data["reason"],
            now=moment,
        )
        refund = send_refund(refund_id=refund.id, now=moment)
        return Response(RefundOutput(refund).data, status=status.HTTP_201_CREATED)


def _id_of(view: ApiView, order_id: UUID) -> UUID:
    """One for each order, person and key: should we die before we answer, the repeated request finds the
    refund that it began.
    """
    return uuid5(order_id, f"{view.actor.id}:{view.request.headers['Idempotency-Key']}")


def _money(amount: int, currency: str) -> dict[str, Any]:
    return {"amount": amount, "currency": currency}
