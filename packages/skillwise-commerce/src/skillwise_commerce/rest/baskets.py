"""What is to be bought, as quotes and payments take it, and what it costs."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from skillwise_kernel.money import CURRENCIES, Money
from skillwise_kernel.rest.fields import MoneyField

from skillwise_commerce.domain.baskets import Billing, PricedBasket, PricedLine
from skillwise_commerce.domain.sales import MAX_COURSES
from skillwise_commerce.errors import (
    AlreadyOwnedError,
    BundleNotFoundError,
    CouponEndedError,
    CouponMinimumError,
    CouponNotForTheseError,
    CouponNotFoundError,
    CouponNotYetError,
    CouponOtherCurrencyError,
    CouponUsedByYouError,
    CouponUsedUpError,
    CourseNotForSaleError,
    CourseNotFoundError,
    CourseNotPricedError,
    CourseTwiceError,
    MixedCurrenciesError,
    OwnCourseError,
    TooManyCoursesError,
    VatNumberInvalidError,
)
from skillwise_commerce.models import Quote
from skillwise_commerce.services.gifts import wish_gift

__all__ = [
    "PRICING_ERRORS",
    "BasketInput",
    "IdsField",
    "QuoteLineOutput",
    "QuoteOutput",
    "lines_of",
    "pricing_of",
]

#: Why a basket has no price.
PRICING_ERRORS = (
    CourseNotFoundError,
    OwnCourseError,
    CourseNotForSaleError,
    AlreadyOwnedError,
    BundleNotFoundError,
    CourseTwiceError,
    TooManyCoursesError,
    CourseNotPricedError,
    MixedCurrenciesError,
    VatNumberInvalidError,
    CouponNotFoundError,
    CouponNotYetError,
    CouponEndedError,
    CouponUsedUpError,
    CouponUsedByYouError,
    CouponNotForTheseError,
    CouponOtherCurrencyError,
    CouponMinimumError,
)


class IdsField(serializers.ListField):
    """At most `MAX_COURSES` ids, none of them twice."""

    default_error_messages = {"duplicate": "This is named twice."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.UUIDField(), max_length=MAX_COURSES, **kwargs)

    def to_internal_value(self, data: Any) -> list[UUID]:
        ids: list[UUID] = super().to_internal_value(data)
        message = serializers.ErrorDetail(str(self.error_messages["duplicate"]), "duplicate")
        twice: dict[Any, Any] = {index: [message] for index, one in enumerate(ids) if one in ids[:index]}
        if twice:
            raise serializers.ValidationError(twice)
        return ids


class BillingInput(serializers.Serializer[Any]):
    """Who is billed; the country decides on the tax."""

    name = serializers.CharField(max_length=200, allow_blank=True, default="")
    address = serializers.CharField(max_length=500, allow_blank=True, default="")
    country = serializers.RegexField(
        r"^[A-Z]{2}$", allow_blank=True, default="", help_text="ISO 3166-1 alpha-2: `BD`, `DE`."
    )
    vat_number = serializers.CharField(
        max_length=20,
        allow_blank=True,
        default="",
        help_text="Of a business in `country`; its form is checked.",
    )


class GiftInput(serializers.Serializer[Any]):
    recipient_email = serializers.EmailField(
        max_length=254,
        help_text="Where the codes are mailed to, whether or not anybody has an account with it.",
    )
    recipient_name = serializers.CharField(max_length=150)
    message = serializers.CharField(max_length=1000, allow_blank=True, default="")


class BasketInput(serializers.Serializer[Any]):
    course_ids = IdsField(default=list, help_text="The courses to buy together.")
    bundle_ids = IdsField(default=list, help_text="The bundles to buy with them.")
    coupon_code = serializers.CharField(
        max_length=40, allow_blank=True, default="", help_text="In upper or lower case."
    )
    billing = BillingInput(required=False)
    currency = serializers.ChoiceField(
        choices=sorted(CURRENCIES),
        required=False,
        help_text="In which to pay; else the one in which all the courses are shown.",
    )
    gift = GiftInput(
        required=False,
        help_text="Buys the courses for somebody else: once paid, the code of each is mailed there.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["course_ids"] and not attrs["bundle_ids"]:
            message = serializers.ErrorDetail("Name a course or a bundle.", "required")
            raise serializers.ValidationError({"course_ids": [message]})
        return attrs


def pricing_of(data: dict[str, Any]) -> dict[str, Any]:
    """What `price_basket` takes of a `BasketInput`."""
    return {
        "course_ids": data["course_ids"],
        "bundle_ids": data["bundle_ids"],
        "coupon_code": data["coupon_code"],
        "billing": Billing(**data.get("billing", {})),
        "currency": data.get("currency"),
        "gift": wish_gift(**data["gift"]) if "gift" in data else None,
    }


class QuoteLineOutput(serializers.Serializer[Any]):
    course_id = serializers.UUIDField()
    bundle_id = serializers.UUIDField(allow_null=True)
    title = serializers.CharField()
    price = MoneyField(help_text="What is asked for the course; in a bundle, its part of the bundle's price.")
    discount = MoneyField()
    tax = MoneyField()
    tax_name = serializers.CharField()
    tax_rate = serializers.DecimalField(max_digits=6, decimal_places=3, help_text="In percent.")
    tax_inclusive = serializers.BooleanField(help_text="Whether the tax is a part of the price.")
    total = MoneyField(help_text="What is to be paid for it.")


class QuoteOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    lines = QuoteLineOutput(many=True)
    coupon_code = serializers.CharField(allow_null=True)
    price = MoneyField(help_text="What is asked for all lines.")
    discount = MoneyField()
    tax = MoneyField()
    total = MoneyField(help_text="What is to be paid.")
    is_reverse_charged = serializers.BooleanField(help_text="Whether the buyer accounts for the tax.")
    expires_at = serializers.DateTimeField(help_text="Until then these prices hold.")

    @staticmethod
    def of(quote: Quote, basket: PricedBasket) -> dict[str, Any]:
        """The body for a quote and its basket."""
        return {
            "id": quote.id,
            "lines": lines_of(basket),
            "coupon_code": basket.coupon_code or None,
            "price": _money(basket.price),
            "discount": _money(basket.discount),
            "tax": _money(basket.tax),
            "total": _money(basket.total),
            "is_reverse_charged": basket.is_reverse_charged,
            "expires_at": quote.expires_at,
        }


def lines_of(basket: PricedBasket) -> list[dict[str, Any]]:
    """As `QuoteLineOutput` says."""
    return [_line(line) for line in basket.lines]


def _line(line: PricedLine) -> dict[str, Any]:
    return {
        "course_id": line.course_id,
        "bundle_id": line.bundle_id,
        "title": line.title,
        "price": _money(line.price),
        "discount": _money(line.discount),
        "tax": _money(line.tax),
        "tax_name": line.tax_name,
        "tax_rate": f"{line.tax_rate:.3f}",
        "tax_inclusive": line.tax_inclusive,
        "total": _money(line.total),
    }


def _money(money: Money) -> dict[str, Any]:
    return {"amount": money.amount, "currency": money.currency}
