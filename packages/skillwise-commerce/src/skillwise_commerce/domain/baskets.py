"""What somebody is about to buy, priced to the minor unit: a quote promises it, an order is made of it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from skillwise_kernel.money import Money

from skillwise_commerce.domain.gifts import GiftWish

__all__ = ["Billing", "PricedBasket", "PricedLine", "basket_from_json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    """Who is billed, as the invoice says it. `country` is ISO 3166-1 alpha-2. All may be empty."""

    name: str = ""
    address: str = ""
    country: str = ""
    vat_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """A course at its price. With `tax_inclusive` the tax is a part of the price, else it comes on top:
    `total` is what is to be paid. `shares` is what each instructor earns of the net, in percent order.
    """

    course_id: UUID
    title: str
    seller_id: UUID
    bundle_id: UUID | None
    price: Money
    discount: Money
    tax_name: str
    tax_rate: Decimal
    tax_inclusive: bool
    tax: Money
    shares: tuple[tuple[UUID, Money], ...]

    @property
    def total(self) -> Money:
        asked = self.price - self.discount
        return asked if self.tax_inclusive else asked + self.tax

    @property
    def net(self) -> Money:
        return self.total - self.tax

    @property
    def seller_share(self) -> Money:
        return Money.total((amount for _, amount in self.shares), self.price.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedBasket:
    """One or more lines in one currency, at most one for a course. A `gift` is for somebody else: for another
    recipient, or with other words, it is another purchase.
    """

    currency: str
    lines: tuple[PricedLine, ...]
    coupon_id: UUID | None
    coupon_code: str
    billing: Billing
    is_reverse_charged: bool
    gift: GiftWish | None = None

    @property
    def is_gift(self) -> bool:
        return self.gift is not None

    @property
    def course_ids(self) -> list[UUID]:
        return [line.course_id for line in self.lines]

    @property
    def price(self) -> Money:
        return Money.total((line.price for line in self.lines), self.currency)

    @property
    def discount(self) -> Money:
        return Money.total((line.discount for line in self.lines), self.currency)

    @property
    def tax(self) -> Money:
        return Money.total((line.tax for line in self.lines), self.currency)

    @property
    def total(self) -> Money:
        return Money.total((line.total for line in self.lines), self.currency)

    def fingerprint(self, *, provider: str, channel: str) -> str:
        """Equal for two purchases of the same at the same, in whatever order it is named. 64 hex digits."""
        lines = sorted(
            f"{line.course_id}={line.price.amount}-{line.discount.amount}+{line.tax.amount}"
            f"{'i' if line.tax_inclusive else 'e'}"
            for line in self.lines
        )
        billing = self.billing
        marks = [
            provider,
            channel,
            self.currency,
            str(self.coupon_id or ""),
            self.gift.key if self.gift is not None else "",
            *(billing.name, billing.address, billing.country, billing.vat_number),
            *lines,
        ]
        return hashlib.sha256("\x1f".join(marks).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """For `basket_from_json`."""
        return {
            "currency": self.currency,
            "lines": [_line_as_json(line) for line in self.lines],
            "coupon_id": str(self.coupon_id) if self.coupon_id else None,
            "coupon_code": self.coupon_code,
            "billing": {
                "name": self.billing.name,
                "address": self.billing.address,
                "country": self.billing.country,
                "vat_number": self.billing.vat_number,
            },
            "is_reverse_charged": self.is_reverse_charged,
            "gift": _gift_as_json(self.gift) if self.gift is not None else None,
        }


def basket_from_json(stored: Mapping[str, Any]) -> PricedBasket:
    """The basket that `as_json` was of."""
    currency = stored["currency"]
    return PricedBasket(
        currency=currency,
        lines=tuple(_line_from_json(line, currency) for line in stored["lines"]),
        coupon_id=UUID(stored["coupon_id"]) if stored["coupon_id"] else None,
        coupon_code=stored["coupon_code"],
        billing=Billing(**stored["billing"]),
        is_reverse_charged=stored["is_reverse_charged"],
        gift=_gift_from_json(stored["gift"]) if stored["gift"] is not None else None,
    )


def _gift_as_json(gift: GiftWish) -> dict[str, str]:
    return {
        "recipient_id": str(gift.recipient_id),
        "recipient_name": gift.recipient_name,
        "message": gift.message,
    }


def _gift_from_json(stored: Mapping[str, str]) -> GiftWish:
    return GiftWish(
        recipient_id=UUID(stored["recipient_id"]),
        recipient_name=stored["recipient_name"],
        message=stored["message"],
    )


def _line_as_json(line: PricedLine) -> dict[str, Any]:
    return {
        "course_id": str(line.course_id),
        "title": line.title,
        "seller_id": str(line.seller_id),
        "bundle_id": str(line.bundle_id) if line.bundle_id else None,
        "price": line.price.amount,
        "discount": line.discount.amount,
        "tax_name": line.tax_name,
        "tax_rate": str(line.tax_rate),
        "tax_inclusive": line.tax_inclusive,
        "tax": line.tax.amount,
        "shares": [[str(seller_id), share.amount] for seller_id, share in line.shares],
    }


def _line_from_json(stored: Mapping[str, Any], currency: str) -> PricedLine:
    return PricedLine(
        course_id=UUID(stored["course_id"]),
        title=stored["title"],
        seller_id=UUID(stored["seller_id"]),
        bundle_id=UUID(stored["bundle_id"]) if stored["bundle_id"] else None,
        price=Money(stored["price"], currency),
        discount=Money(stored["discount"], currency),
        tax_name=stored["tax_name"],
        tax_rate=Decimal(stored["tax_rate"]),
        tax_inclusive=stored["tax_inclusive"],
        tax=Money(stored["tax"], currency),
        shares=tuple((UUID(seller_id), Money(amount, currency)) for seller_id, amount in stored["shares"]),
    )
