"""Coupons as their makers write and read them."""

from typing import Any

from rest_framework import serializers
from skillwise_kernel.rest.fields import MoneyField

from skillwise_commerce.models import Coupon
from skillwise_commerce.services.coupons.batches import MAX_BATCH

__all__ = [
    "CouponBatchInput",
    "CouponBatchOutput",
    "CouponChangeInput",
    "CouponFilterInput",
    "CouponInput",
    "CouponOutput",
]


class CouponChangeInput(serializers.Serializer[Any]):
    """When a coupon holds, and how often."""

    starts_at = serializers.DateTimeField(allow_null=True, required=False, help_text="Null: at once.")
    ends_at = serializers.DateTimeField(
        allow_null=True, required=False, help_text="From then on it holds no longer. Null: it has no end."
    )
    max_uses = serializers.IntegerField(
        min_value=1,
        max_value=10**6,
        allow_null=True,
        required=False,
        help_text="By all together. Null: without limit. Not below what was used.",
    )
    max_uses_per_person = serializers.IntegerField(
        min_value=1,
        max_value=10**6,
        allow_null=True,
        required=False,
        help_text="1 unless told otherwise. Null: without limit.",
    )
    minimum = MoneyField(
        min_amount=1,
        allow_null=True,
        required=False,
        help_text="What the basket must cost, before the coupon. Null: whatever it costs.",
    )


class CouponTermsInput(CouponChangeInput):
    percent_off = serializers.IntegerField(
        min_value=1, max_value=100, required=False, help_text="Either this or `amount_off`."
    )
    amount_off = MoneyField(min_amount=1, required=False)
    scope = serializers.ChoiceField(
        choices=Coupon.Scope.choices, help_text="Instructors: `seller` (all their courses) or `course`."
    )
    scope_id = serializers.UUIDField(
        required=False, help_text="The course, or the instructor: yourself unless told otherwise."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("percent_off" in attrs) == ("amount_off" in attrs):
            message = serializers.ErrorDetail("Give either a percentage or an amount.", "required")
            raise serializers.ValidationError({"percent_off": [message]})
        if attrs["scope"] == Coupon.Scope.COURSE and "scope_id" not in attrs:
            raise serializers.ValidationError(
                {"scope_id": [serializers.ErrorDetail("Name the course.", "required")]}
            )
        if attrs["scope"] == Coupon.Scope.SITE and "scope_id" in attrs:
            raise serializers.ValidationError(
                {"scope_id": [serializers.ErrorDetail("It holds for every course.", "invalid")]}
            )
        return attrs


class CouponInput(CouponTermsInput):
    code = serializers.RegexField(
        r"^[A-Za-z0-9_-]{3,40}\Z", help_text="3 to 40 letters, digits, `-` and `_`; case makes no difference."
    )


class CouponBatchInput(CouponTermsInput):
    """Each of its codes is used once: what limits the uses is not asked."""

    max_uses = None  # type: ignore[assignment]  # DRF: a field that a subclass does without
    max_uses_per_person = None  # type: ignore[assignment]
    name = serializers.CharField(max_length=100, help_text="For yourself.")
    size = serializers.IntegerField(min_value=1, max_value=MAX_BATCH)


class CouponFilterInput(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=40, required=False)
    batch_id = serializers.UUIDField(required=False)


class CouponOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    code = serializers.CharField()
    batch_id = serializers.UUIDField(allow_null=True)
    percent_off = serializers.IntegerField(allow_null=True)
    amount_off = MoneyField(allow_null=True)
    scope = serializers.ChoiceField(choices=Coupon.Scope.choices)
    scope_id = serializers.UUIDField(allow_null=True)
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    max_uses = serializers.IntegerField(allow_null=True)
    max_uses_per_person = serializers.IntegerField(allow_null=True)
    minimum = MoneyField(allow_null=True)
    uses = serializers.IntegerField(help_text="Orders that have used it, or hold it and may still be paid.")
    ended_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class CouponBatchOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    created_at = serializers.DateTimeField()
