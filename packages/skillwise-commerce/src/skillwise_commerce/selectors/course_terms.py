"""On which terms a course is sold beside what catalog says: its prices in other currencies, and who earns."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from skillwise_catalog.api import CourseInstructors, CourseSummary, get_courses, get_instructors
from skillwise_kernel.actor import Actor
from skillwise_kernel.money import Money

from skillwise_commerce.errors import CourseNotFoundError, NotCourseOwnerError
from skillwise_commerce.models import CoursePrice, CourseTerms, SellerShare

__all__ = ["course_to_manage", "prices_of_course", "shares_of_course", "shares_of_courses", "terms_of_course"]


def course_to_manage(*, actor: Actor, course_id: UUID) -> CourseSummary:
    """The course, of which this person sets the terms: its owner, or an administrator.

    Raises `CourseNotFoundError`, for another's draft and for a course that has no price at all yet too, and
    `NotCourseOwnerError` for another's published course.
    """
    course = get_courses(ids=[course_id]).get(course_id)
    if course is None:
        raise CourseNotFoundError
    if course.owner_id != actor.id and not actor.has_role("admin"):
        raise NotCourseOwnerError if course.is_published else CourseNotFoundError
    return course


def terms_of_course(*, course_id: UUID) -> CourseTerms:
    """Of which versions its prices and its shares are."""
    return CourseTerms.objects.filter(course_id=course_id).first() or CourseTerms(course_id=course_id)


def prices_of_course(*, course_id: UUID) -> list[Money]:
    """By currency."""
    rows = CoursePrice.objects.filter(course_id=course_id).order_by("price_currency")
    return [row.price for row in rows]


def shares_of_course(*, course_id: UUID) -> list[tuple[UUID, int]]:
    """(instructor, whole percent), the largest first; empty where nothing was agreed on."""
    return sorted(
        shares_of_courses(course_ids=[course_id])[course_id], key=lambda share: (-share[1], share[0])
    )


def shares_of_courses(*, course_ids: Collection[UUID]) -> dict[UUID, tuple[tuple[UUID, int], ...]]:
    """(instructor, whole percent) of each course, by instructor; empty where nothing was agreed on.

    Of those who teach it now: what was agreed on for somebody who left is the owner's. Three queries, however
    many; one where nothing was agreed on.
    """
    agreed: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    for row in SellerShare.objects.filter(course_id__in=set(course_ids)):
        agreed[row.course_id][row.seller_id] = row.percent
    teaching = get_instructors(course_ids=agreed) if agreed else {}
    return {
        course_id: tuple(sorted(_among(agreed[course_id], teaching.get(course_id)).items()))
        for course_id in course_ids
    }


def _among(percents: Mapping[UUID, int], teaching: CourseInstructors | None) -> Mapping[UUID, int]:
    if teaching is None:  # nothing was agreed on
        return percents
    present: dict[UUID, int] = defaultdict(int)
    for seller_id, percent in percents.items():
        present[seller_id if seller_id in teaching.ids else teaching.owner_id] += percent
    return present
