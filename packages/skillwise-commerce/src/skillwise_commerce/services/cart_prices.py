"""What a cart costs now. What cannot be bought any longer is said of each item, and the rest is priced."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from skillwise_catalog.api import get_courses
from skillwise_kernel.errors import SkillWiseError

from skillwise_commerce.domain.baskets import Billing, PricedBasket
from skillwise_commerce.errors import CourseTwiceError
from skillwise_commerce.models import Bundle, Cart, CartItem
from skillwise_commerce.services.pricing import price_basket

__all__ = ["PricedCart", "PricedItem", "price_cart"]

_COUPON: Final = "/coupon_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedItem:
    """A course or a bundle in a cart, and why it cannot be bought, if so. `title` is empty should nobody know
    it any longer.
    """

    id: UUID
    course_id: UUID | None
    bundle_id: UUID | None
    title: str
    added_at: datetime
    problem: SkillWiseError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedCart:
    """`basket` prices the items without a problem; None when there is none, or when they have no price
    together: `problem` says why.
    """

    version: int
    items: tuple[PricedItem, ...]
    coupon_code: str
    coupon_problem: SkillWiseError | None
    problem: SkillWiseError | None
    basket: PricedBasket | None


@dataclass(slots=True)
class _Attempt:
    """What is still to be priced, and what was found against the rest."""

    courses: list[UUID]
    bundles: list[UUID]
    coupon_code: str
    problems: dict[UUID, SkillWiseError] = field(default_factory=dict)
    coupon_problem: SkillWiseError | None = None


def price_cart(*, user_id: UUID, country: str = "", currency: str | None = None, now: datetime) -> PricedCart:
    """A person's cart at today's prices, with the tax of `country`. As many queries for one item as for
    many.
    """
    cart = Cart.objects.filter(user_id=user_id).first()
    items = list(cart.items.all()) if cart is not None else []
    code = cart.coupon_code if cart is not None else ""
    attempt = _Attempt(
        courses=[item.course_id for item in items if item.course_id],
        bundles=[item.bundle_id for item in items if item.bundle_id],
        coupon_code=code,
    )
    basket, problem = _price(attempt, user_id=user_id, country=country, currency=currency, now=now)
    titles = _titles(items)
    return PricedCart(
        version=cart.version if cart is not None else 0,
        items=tuple(
            PricedItem(
                id=item.id,
                course_id=item.course_id,
                bundle_id=item.bundle_id,
                title=titles.get(subject, ""),
                added_at=item.added_at,
                problem=attempt.problems.get(subject),
            )
            for item, subject in _with_subjects(items)
        ),
        coupon_code=code,
        coupon_problem=attempt.coupon_problem,
        problem=problem,
        basket=basket,
    )


def _price(
    attempt: _Attempt, *, user_id: UUID, country: str, currency: str | None, now: datetime
) -> tuple[PricedBasket | None, SkillWiseError | None]:
    """Each refusal points at what it is about, which is left out of the next attempt: there are no more of
    them than kinds of refusals and pairs of bundles that share a course.
    """
    while attempt.courses or attempt.bundles:
        try:
            basket = price_basket(
                buyer_id=user_id,
                course_ids=attempt.courses,
                bundle_ids=attempt.bundles,
                coupon_code=attempt.coupon_code,
                billing=Billing(country=country),
                currency=currency,
                now=now,
            )
        except SkillWiseError as error:
            if not _leave_out(attempt, error):
                return None, error
        else:
            return basket, None
    return None, None


def _leave_out(attempt: _Attempt, error: SkillWiseError) -> bool:
    """Whether there was something that the refusal is about."""
    pointers = [problem.pointer for problem in error.fields]
    if _COUPON in pointers:
        attempt.coupon_problem, attempt.coupon_code = error, ""
        return True
    courses = [attempt.courses[place] for place in _places(pointers, "/course_ids/")]
    bundles = [attempt.bundles[place] for place in _places(pointers, "/bundle_ids/")]
    against = courses + bundles
    if isinstance(error, CourseTwiceError):  # the bundle that brings the course stays; of several, the first
        against = courses or bundles[1:]
    for subject in against:
        attempt.problems[subject] = error
    attempt.courses = [one for one in attempt.courses if one not in against]
    attempt.bundles = [one for one in attempt.bundles if one not in against]
    return bool(against)


def _places(pointers: list[str], prefix: str) -> Iterator[int]:
    return (int(pointer.removeprefix(prefix)) for pointer in pointers if pointer.startswith(prefix))


def _with_subjects(items: list[CartItem]) -> Iterator[tuple[CartItem, UUID]]:
    for item in items:
        subject = item.course_id or item.bundle_id
        if subject is not None:
            yield item, subject


def _titles(items: list[CartItem]) -> Mapping[UUID, str]:
    courses = get_courses(ids=[item.course_id for item in items if item.course_id])
    bundles = Bundle.objects.filter(id__in=[item.bundle_id for item in items if item.bundle_id])
    return {course.id: course.title for course in courses.values()} | dict(bundles.values_list("id", "title"))
