"""What a basket costs somebody: what may be bought, and at which price, coupon and tax. Nothing is written
here, and no payment provider is asked.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from skillwise_catalog.api import CourseSummary, get_courses
from skillwise_kernel.errors import FieldProblem, SkillWiseError
from skillwise_kernel.money import Money

from skillwise_commerce.domain.baskets import Billing, PricedBasket
from skillwise_commerce.domain.coupons import CouponTerms
from skillwise_commerce.domain.gifts import GiftWish
from skillwise_commerce.domain.pricing import AskedCourse, price_lines, split_bundle
from skillwise_commerce.domain.sales import MAX_COURSES
from skillwise_commerce.domain.taxes import is_vat_number, normalized_vat_number
from skillwise_commerce.errors import (
    AlreadyOwnedError,
    BundleNotFoundError,
    CourseNotForSaleError,
    CourseNotFoundError,
    CourseNotPricedError,
    CourseTwiceError,
    MixedCurrenciesError,
    OwnCourseError,
    TooManyCoursesError,
    VatNumberInvalidError,
)
from skillwise_commerce.gateways.taxes import get_tax_service
from skillwise_commerce.models import Bundle, CoursePrice
from skillwise_commerce.selectors.course_terms import shares_of_courses
from skillwise_commerce.selectors.entitlements import owned_course_ids
from skillwise_commerce.services.coupons.claiming import claimable_coupon

__all__ = ["price_basket", "refuse_owned"]

NOBODY_IS_BILLED: Final = Billing()


@dataclass(frozen=True, slots=True)
class _Item:
    """A course that is asked for, where the request names it, and the bundle that it came in."""

    course_id: UUID
    pointer: str
    bundle: Bundle | None = None


def price_basket(
    *,
    buyer_id: UUID,
    course_ids: Sequence[UUID],
    bundle_ids: Sequence[UUID] = (),
    coupon_code: str = "",
    billing: Billing = NOBODY_IS_BILLED,
    currency: str | None = None,
    gift: GiftWish | None = None,
    now: datetime,
) -> PricedBasket:
    """What these courses and bundles (together one or more) cost this person now.

    In `currency`, or the one in which catalog shows all of them. A course that was never published is as
    unknown as one that is not there. A gift may be of a course that the buyer has.

    Raises `OwnCourseError`, `CourseNotFoundError`, `CourseNotForSaleError`, `AlreadyOwnedError`,
    `CourseNotPricedError`, `BundleNotFoundError`, `CourseTwiceError`, each pointing at every course or bundle
    that it is about; `TooManyCoursesError`, `MixedCurrenciesError`, `VatNumberInvalidError`; and what
    `claimable_coupon` raises.
    """
    items = _items(course_ids, bundle_ids)
    known = get_courses(ids=[item.course_id for item in items])
    _refuse_unbuyable(items, known, buyer_id=buyer_id)
    if gift is None:
        refuse_owned(buyer_id, {item.course_id: item.pointer for item in items})
    billing = _checked(billing)
    currency = currency or _common_currency(items, known)
    asked = _asked(items, known, currency)
    terms: CouponTerms | None = None
    if coupon_code:
        terms = claimable_coupon(code=coupon_code, buyer_id=buyer_id, asked=asked, now=now)
    tax = get_tax_service().terms(
        country=billing.country, is_business=bool(billing.vat_number), on=now.astimezone(UTC).date()
    )
    return PricedBasket(
        currency=currency,
        lines=price_lines(asked, coupon=terms, tax=tax),
        coupon_id=terms.coupon_id if terms else None,
        coupon_code=terms.code if terms else "",
        billing=billing,
        is_reverse_charged=tax.is_reversed,
        gift=gift,
    )


def refuse_owned(buyer_id: UUID, pointers: Mapping[UUID, str]) -> None:
    """Raises `AlreadyOwnedError`, pointing at the courses that this person has."""
    owned = owned_course_ids(user_id=buyer_id, course_ids=list(pointers))
    _refuse(AlreadyOwnedError, [pointer for course_id, pointer in pointers.items() if course_id in owned])


def _items(course_ids: Sequence[UUID], bundle_ids: Sequence[UUID]) -> list[_Item]:
    items = [_Item(course_id, f"/course_ids/{index}") for index, course_id in enumerate(course_ids)]
    if bundle_ids:
        items += _items_of_bundles(bundle_ids)
    named = Counter(item.course_id for item in items)
    _refuse(CourseTwiceError, [item.pointer for item in items if named[item.course_id] > 1])
    if len(items) > MAX_COURSES:
        raise TooManyCoursesError
    return items


def _items_of_bundles(bundle_ids: Sequence[UUID]) -> list[_Item]:
    on_sale = Bundle.objects.filter(id__in=bundle_ids, is_on_sale=True)
    known = {bundle.id: bundle for bundle in on_sale.prefetch_related("courses", "prices")}
    pointers = {bundle_id: f"/bundle_ids/{index}" for index, bundle_id in enumerate(bundle_ids)}
    unknown = [pointers[bundle_id] for bundle_id in bundle_ids if bundle_id not in known]
    _refuse(BundleNotFoundError, unknown)
    return [
        _Item(course.course_id, pointers[bundle_id], known[bundle_id])
        for bundle_id in bundle_ids
        for course in known[bundle_id].courses.all()
    ]


def _refuse_unbuyable(items: Sequence[_Item], known: Mapping[UUID, CourseSummary], *, buyer_id: UUID) -> None:
    def where(applies: Callable[[UUID], bool]) -> list[str]:
        return [item.pointer for item in items if applies(item.course_id)]

    _refuse(OwnCourseError, where(lambda course: course in known and known[course].owner_id == buyer_id))
    _refuse(
        CourseNotFoundError, where(lambda course: course not in known or known[course].published_at is None)
    )
    _refuse(CourseNotForSaleError, where(lambda course: not known[course].is_published))


def _checked(billing: Billing) -> Billing:
    if not billing.vat_number:
        return billing
    number = normalized_vat_number(billing.vat_number)
    if not billing.country or not is_vat_number(number, billing.country):
        raise VatNumberInvalidError(
            fields=(
                FieldProblem(
                    pointer="/billing/vat_number",
                    code=VatNumberInvalidError.code,
                    detail=VatNumberInvalidError.title,
                ),
            )
        )
    return replace(billing, vat_number=number)


def _common_currency(items: Sequence[_Item], known: Mapping[UUID, CourseSummary]) -> str:
    """Free courses cost nothing in any currency."""
    prices = [known[item.course_id].price for item in items]
    currencies = sorted({price.currency for price in prices if not price.is_zero})
    if len(currencies) > 1:
        raise MixedCurrenciesError(extra={"currencies": currencies})
    return currencies[0] if currencies else prices[0].currency


def _asked(items: Sequence[_Item], known: Mapping[UUID, CourseSummary], currency: str) -> list[AskedCourse]:
    own_prices = _prices(items, known, currency)
    _refuse(
        CourseNotPricedError,
        [item.pointer for item in items if item.bundle is None and item.course_id not in own_prices],
        currency=currency,
    )
    prices = own_prices | _prices_in_bundles(items, own_prices, currency)
    shares = _shares(items, known)
    return [
        AskedCourse(
            course_id=item.course_id,
            title=known[item.course_id].title,
            seller_id=known[item.course_id].owner_id,
            price=prices[item.course_id],
            shares=shares[item.course_id],
            bundle_id=item.bundle.id if item.bundle else None,
        )
        for item in items
    ]


def _prices(items: Sequence[_Item], known: Mapping[UUID, CourseSummary], currency: str) -> dict[UUID, Money]:
    """The price of each course in this currency, where it has one: catalog's own, or another that is kept
    here.
    """
    prices: dict[UUID, Money] = {}
    elsewhere = []
    for item in items:
        price = known[item.course_id].price
        if price.is_zero or price.currency == currency:
            prices[item.course_id] = Money(price.amount, currency)
        else:
            elsewhere.append(item.course_id)
    if elsewhere:
        kept = CoursePrice.objects.filter(course_id__in=elsewhere, price_currency=currency)
        prices |= {row.course_id: row.price for row in kept}
    return prices


def _prices_in_bundles(
    items: Sequence[_Item], own_prices: Mapping[UUID, Money], currency: str
) -> dict[UUID, Money]:
    """A bundle is split as its courses' own prices stand to each other; a course without one in this currency
    counts as nothing.
    """
    by_bundle: dict[UUID, list[_Item]] = defaultdict(list)
    for item in items:
        if item.bundle is not None:
            by_bundle[item.bundle.id].append(item)
    prices: dict[UUID, Money] = {}
    for members in by_bundle.values():
        price = _price_of_bundle(members[0], currency)
        own = [own_prices.get(item.course_id, Money.zero(currency)) for item in members]
        parts = split_bundle(price, own)
        prices |= {item.course_id: part for item, part in zip(members, parts, strict=True)}
    return prices


def _price_of_bundle(item: _Item, currency: str) -> Money:
    offered = item.bundle.prices.all() if item.bundle else ()
    price = next((one.price for one in offered if one.price_currency == currency), None)
    if price is None:
        _refuse(CourseNotPricedError, [item.pointer], currency=currency)
        raise AssertionError("refused above")
    return price


def _shares(
    items: Sequence[_Item], known: Mapping[UUID, CourseSummary]
) -> dict[UUID, tuple[tuple[UUID, int], ...]]:
    """What a course's instructors earn; without a word of theirs, its owner what the settings say."""
    course_ids = [item.course_id for item in items]
    agreed = shares_of_courses(course_ids=course_ids)
    percent = settings.SKILLWISE_COMMERCE["SELLER_SHARE_PERCENT"]
    return {
        course_id: agreed[course_id] or ((known[course_id].owner_id, percent),) for course_id in course_ids
    }


def _refuse(error: type[SkillWiseError], pointers: Iterable[str], **extra: str) -> None:
    problems = tuple(
        FieldProblem(pointer=pointer, code=error.code, detail=error.title)
        for pointer in dict.fromkeys(pointers)
    )
    if problems:
        raise error(fields=problems, extra=dict(extra))
