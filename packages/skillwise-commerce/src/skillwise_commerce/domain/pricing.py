"""From what is asked for courses to what somebody pays: bundle, coupon, tax and shares, to the minor unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from skillwise_kernel.money import Money

from skillwise_commerce.domain.baskets import PricedLine
from skillwise_commerce.domain.coupons import CouponTerms, discounts
from skillwise_commerce.domain.taxes import TaxTerms, tax_on_top, tax_within

__all__ = ["AskedCourse", "price_lines", "split_bundle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCourse:
    """A course, the price that is asked for it, and what each instructor earns of the net, in percent."""

    course_id: UUID
    title: str
    seller_id: UUID
    price: Money
    shares: tuple[tuple[UUID, int], ...]
    bundle_id: UUID | None = None


def split_bundle(price: Money, list_prices: Sequence[Money]) -> list[Money]:
    """A bundle's price split over its courses as their own prices stand to each other, by the largest
    remainder; evenly when none of them costs anything.
    """
    weights = [own.amount for own in list_prices]
    return price.allocate(weights if any(weights) else [1] * len(weights))


def price_lines(
    asked: Sequence[AskedCourse], *, coupon: CouponTerms | None, tax: TaxTerms
) -> tuple[PricedLine, ...]:
    """The lines of a basket, in the order asked. All prices are in one currency."""
    prices = [_without_reversed_tax(course.price, tax) for course in asked]
    off = [Money.zero(price.currency) for price in prices]
    if coupon is not None:
        off = discounts(
            coupon,
            [
                (price, coupon.covers(course_id=course.course_id, seller_id=course.seller_id))
                for price, course in zip(prices, asked, strict=True)
            ],
        )
    return tuple(
        _line(course, price, discount, tax)
        for course, price, discount in zip(asked, prices, off, strict=True)
    )


def _without_reversed_tax(price: Money, tax: TaxTerms) -> Money:
    if tax.is_reversed and tax.is_inclusive:
        return price - tax_within(price, tax.rate)
    return price


def _line(course: AskedCourse, price: Money, discount: Money, tax: TaxTerms) -> PricedLine:
    asked = price - discount
    is_inclusive = tax.is_inclusive and not tax.is_reversed
    if tax.is_reversed:
        owed = Money.zero(price.currency)
    else:
        owed = tax_within(asked, tax.rate) if is_inclusive else tax_on_top(asked, tax.rate)
    net = asked - owed if is_inclusive else asked
    return PricedLine(
        course_id=course.course_id,
        title=course.title,
        seller_id=course.seller_id,
        bundle_id=course.bundle_id,
        price=price,
        discount=discount,
        tax_name=tax.name,
        tax_rate=tax.rate * 0 if tax.is_reversed else tax.rate,
        tax_inclusive=is_inclusive,
        tax=owed,
        shares=_shares(net, course.shares),
    )


def _shares(net: Money, percents: Sequence[tuple[UUID, int]]) -> tuple[tuple[UUID, Money], ...]:
    """What is not an instructor's is the platform's."""
    kept = 100 - sum(percent for _, percent in percents)
    amounts = net.allocate([*(percent for _, percent in percents), kept])
    return tuple((seller_id, amount) for (seller_id, _), amount in zip(percents, amounts, strict=False))
