"""Giving courses away: what I gave, and claiming what I was given."""

from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import IsAuthenticated, IsVerified
from skillwise_kernel.rest.views import ApiView

from skillwise_commerce.domain.gifts import CODE_LENGTH, printed_code
from skillwise_commerce.errors import (
    AlreadyOwnedError,
    GiftCanceledError,
    GiftClaimedError,
    GiftExpiredError,
    GiftNotFoundError,
    GiftSuspendedError,
    OwnCourseError,
)
from skillwise_commerce.models import Gift
from skillwise_commerce.rest.examples import ORDER, answer, request
from skillwise_commerce.selectors.gifts import gifts_of_buyer
from skillwise_commerce.services.claims import claim_gift
from skillwise_commerce.services.gifts import resend_gift

__all__ = ["GiftClaimView", "GiftListView", "GiftResendView"]

_LINE: Final = ORDER["lines"][0]
_CODE: Final = "7Q2ZK-M40XB-9TRWC-E6HD3"
GIFT: Final[dict[str, Any]] = {
    "id": "0199c4d9-51ab-7b63-9d0e-1a2b3c4d5e6f",
    "order_id": ORDER["id"],
    "course_id": _LINE["course_id"],
    "title": _LINE["title"],
    "recipient_name": "Grandmother",
    "message": "For the long evenings.",
    "status": "waiting",
    "code": _CODE,
    "created_at": ORDER["paid_at"],
    "expires_at": "2027-11-23T10:01:12Z",
    "claimed_at": None,
}
CLAIM: Final = {
    "course_id": GIFT["course_id"],
    "title": GIFT["title"],
    "claimed_at": "2026-11-24T08:30:00Z",
}


class GiftOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    order_id = serializers.UUIDField()
    course_id = serializers.UUIDField()
    title = serializers.CharField(help_text="The course's, as it was when the order was made.")
    recipient_name = serializers.CharField()
    message = serializers.CharField()
    status = serializers.ChoiceField(
        choices=Gift.State.choices,
        help_text="`canceled`: its money went back, whether or not it was claimed.",
    )
    code = serializers.CharField(
        allow_null=True, help_text="To be handed over otherwise; null once nobody can claim it."
    )
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    claimed_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Gift) -> dict[str, Any]:
        state = instance.state(now=now())
        return {
            "id": instance.id,
            "order_id": instance.line.order_id,
            "course_id": instance.line.course_id,
            "title": instance.line.title,
            "recipient_name": instance.recipient_name,
            "message": instance.message,
            "status": state,
            "code": printed_code(instance.code) if state is Gift.State.WAITING else None,
            "created_at": instance.created_at,
            "expires_at": instance.expires_at,
            "claimed_at": instance.claimed_at,
        }


class ResendInput(serializers.Serializer[Any]):
    recipient_email = serializers.EmailField(
        max_length=254, required=False, help_text="Where to mail it instead: the first one was mistyped, say."
    )


class ClaimInput(serializers.Serializer[Any]):
    code = serializers.CharField(
        max_length=3 * CODE_LENGTH, help_text="As it was mailed; case, blanks and dashes do not matter."
    )


class ClaimOutput(serializers.Serializer[Any]):
    course_id = serializers.UUIDField(source="line.course_id")
    title = serializers.CharField(source="line.title")
    claimed_at = serializers.DateTimeField()


class NewestGifts(KeysetPagination):
    ordering = ("-created_at", "-id")


@extend_schema(tags=["Gifts"])
class GiftListView(ApiView):
    permission_classes = [IsAuthenticated]
    pagination_class = NewestGifts

    @extend_schema(
        operation_id="gifts_list",
        summary="Courses I gave away",
        description="One for each course of a paid gift order, newest first. Who claimed it is not told.",
        responses={200: GiftOutput(many=True)},
        examples=[answer("Waits to be claimed", GIFT)],
    )
    def get(self, request: Request) -> Response:
        gifts = self.paginate_queryset(gifts_of_buyer(buyer_id=self.actor.id))
        return self.get_paginated_response(GiftOutput(gifts, many=True).data)


@extend_schema(tags=["Gifts"])
class GiftResendView(ApiView):
    permission_classes = [IsVerified]
    throttle_scope = "gifts_resend"
    throttle_rate = "10/hour"

    @extend_schema(
        operation_id="gifts_resend",
        summary="Mail a gift's code again",
        description="To the same address, or to another one from now on. To any one address once a day: "
        "asking again is answered the same and mails nothing.",
        request=ResendInput,
        responses={202: GiftOutput},
        examples=[
            request("To another address", {"recipient_email": "grandmother@example.org"}),
            answer("Mailed", GIFT, status=202),
        ],
    )
    @problem_codes(GiftNotFoundError, GiftClaimedError, GiftExpiredError, GiftCanceledError)
    def post(self, request: Request, gift_id: UUID) -> Response:
        data = self.parse_body(ResendInput)
        gift = resend_gift(
            buyer_id=self.actor.id,
            gift_id=gift_id,
            recipient_email=data.get("recipient_email"),
            now=now(),
        )
        return Response(GiftOutput(gift).data, status=202)


@extend_schema(tags=["Gifts"])
class GiftClaimView(ApiView):
    permission_classes = [IsVerified]
    throttle_scope = "gifts_claim"
    throttle_rate = "20/hour"

    @extend_schema(
        operation_id="gifts_claim",
        summary="Claim a gift",
        description="Whoever brings the code first may take the course from now on, and is enrolled in it. "
        "Safe to repeat. A course that one has, or teaches, is refused, and the code stays good.",
        request=ClaimInput,
        responses={200: ClaimOutput},
        examples=[request("A code", {"code": _CODE}), answer("Claimed", CLAIM)],
    )
    @problem_codes(
        GiftNotFoundError,
        GiftClaimedError,
        GiftSuspendedError,
        GiftExpiredError,
        GiftCanceledError,
        OwnCourseError,
        AlreadyOwnedError,
    )
    def post(self, request: Request) -> Response:
        gift = claim_gift(user_id=self.actor.id, code=self.parse_body(ClaimInput)["code"], now=now())
        return Response(ClaimOutput(gift).data)
