"""Putting courses together, and selling them at a price of their own."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from skillwise_catalog.api import CourseSummary, get_courses
from skillwise_kernel.actor import Actor
from skillwise_kernel.errors import FieldProblem, SkillWiseError
from skillwise_kernel.money import Money

from skillwise_commerce.errors import (
    BundleNotFoundError,
    CourseNotForSaleError,
    CourseNotFoundError,
    NotBundleOwnerError,
    NotCourseOwnerError,
)
from skillwise_commerce.models import Bundle, BundleCourse, BundlePrice
from skillwise_commerce.services.versions import check_version

__all__ = ["change_bundle", "create_bundle"]


@transaction.atomic
def create_bundle(*, actor: Actor, fields: Mapping[str, Any], now: datetime) -> Bundle:
    """A bundle of `fields`: `title`, `description`, `course_ids` (two or more, in this order), `prices` (one
    for a currency), `is_on_sale`. An instructor's own courses; an administrator's may be anybody's.

    Raises `CourseNotFoundError`, `NotCourseOwnerError`, and, put on sale, `CourseNotForSaleError`, each
    pointing at the courses that it is about.
    """
    bundle = Bundle(owner_id=actor.id, created_at=now)
    _write(bundle, actor, fields, now=now)
    return bundle


@transaction.atomic
def change_bundle(
    *,
    actor: Actor,
    bundle_id: UUID,
    changes: Mapping[str, Any],
    expected_version: int | None = None,
    now: datetime,
) -> Bundle:
    """Set the members of `changes` (as of `create_bundle`) and leave the others. Quotes and orders that there
    are keep theirs.

    Raises `BundleNotFoundError`, `NotBundleOwnerError`, `PreconditionFailedError`, and what `create_bundle`
    raises.
    """
    bundle = Bundle.objects.select_for_update(no_key=True).filter(id=bundle_id).first()
    if bundle is None:
        raise BundleNotFoundError
    if bundle.owner_id != actor.id and not actor.has_role("admin"):
        raise NotBundleOwnerError if bundle.is_on_sale else BundleNotFoundError
    check_version(bundle.version, expected_version)
    bundle.version += 1
    _write(bundle, actor, changes, now=now)
    return bundle


def _write(bundle: Bundle, actor: Actor, fields: Mapping[str, Any], *, now: datetime) -> None:
    for name in ("title", "description", "is_on_sale"):
        if name in fields:
            setattr(bundle, name, fields[name])
    bundle.updated_at = now
    bundle.save()
    if "course_ids" in fields:
        _set_courses(bundle, fields["course_ids"])
    if "prices" in fields:
        _set_prices(bundle, fields["prices"])
    if "course_ids" in fields or bundle.is_on_sale:
        _check_courses(bundle, actor, is_named="course_ids" in fields)


def _set_courses(bundle: Bundle, course_ids: Sequence[UUID]) -> None:
    bundle.courses.all().delete()
    BundleCourse.objects.bulk_create(
        BundleCourse(bundle=bundle, course_id=course_id, position=position)
        for position, course_id in enumerate(course_ids, start=1)
    )


def _set_prices(bundle: Bundle, prices: Sequence[Money]) -> None:
    bundle.prices.all().delete()
    BundlePrice.objects.bulk_create(
        BundlePrice(bundle=bundle, price_amount=price.amount, price_currency=price.currency)
        for price in prices
    )


def _check_courses(bundle: Bundle, actor: Actor, *, is_named: bool) -> None:
    """`is_named`: the request names the courses, which its problems then point at."""
    course_ids = [course.course_id for course in bundle.courses.all()]
    known = get_courses(ids=course_ids)
    places = {
        course_id: f"/course_ids/{index}" if is_named else "/is_on_sale"
        for index, course_id in enumerate(course_ids)
    }

    def refuse(error: type[SkillWiseError], applies: Callable[[CourseSummary | None], bool]) -> None:
        those = [course_id for course_id in course_ids if applies(known.get(course_id))]
        if those:
            raise error(
                fields=tuple(
                    FieldProblem(pointer=pointer, code=error.code, detail=error.title)
                    for pointer in dict.fromkeys(places[course_id] for course_id in those)
                ),
                extra={"course_ids": [str(course_id) for course_id in those]},
            )

    def is_ours(course: CourseSummary) -> bool:
        return course.owner_id == actor.id or actor.has_role("admin")

    if is_named:
        refuse(CourseNotFoundError, lambda course: not course or not (course.is_published or is_ours(course)))
        refuse(NotCourseOwnerError, lambda course: course is not None and not is_ours(course))
    if bundle.is_on_sale:
        refuse(CourseNotForSaleError, lambda course: not course or not course.is_published)
