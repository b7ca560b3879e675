"""On which terms a course is sold beside what catalog says: its prices in other currencies, and who earns."""

from uuid import UUID

from skillwise_catalog.api import CourseSummary, get_courses
from skillwise_kernel.actor import Actor
from skillwise_kernel.money import Money

from skillwise_commerce.errors import CourseNotFoundError, NotCourseOwnerError
from skillwise_commerce.models import CoursePrice, SellerShare

__all__ = ["course_to_manage", "prices_of_course", "shares_of_course"]


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


def prices_of_course(*, course_id: UUID) -> list[Money]:
    """By currency."""
    rows = CoursePrice.objects.filter(course_id=course_id).order_by("price_currency")
    return [row.price for row in rows]


def shares_of_course(*, course_id: UUID) -> list[tuple[UUID, int]]:
    """(instructor, whole percent), the largest first; empty where nothing was agreed on."""
    rows = SellerShare.objects.filter(course_id=course_id).order_by("-percent", "seller_id")
    return list(rows.values_list("seller_id", "percent"))
