"""Single courses: whoever asks."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet
from skillwise_kernel.actor import Actor

from skillwise_catalog.dto import CourseStatus, CourseSummary
from skillwise_catalog.errors import CourseNotFoundError
from skillwise_catalog.models import Course

__all__ = ["authored_courses", "may_edit", "owned_course_ids", "summarise_courses", "visible_course"]


def may_edit(actor: Actor | None, course: Course) -> bool:
    """Whether the course is the actor's to change: its owner's while an instructor, or an administrator's."""
    if actor is None or not actor.is_verified:
        return False
    return actor.has_role("admin") or (actor.id == course.owner_id and actor.has_role("instructor"))


def visible_course(*, course_id: UUID, actor: Actor | None) -> Course:
    """The course with its category: a published one for anybody, a draft for those who may edit it.

    Raises `CourseNotFoundError`. One query.
    """
    course = Course.objects.select_related("category").defer("search").filter(id=course_id).first()
    if course is None or not (course.is_published or may_edit(actor, course)):
        raise CourseNotFoundError
    return course


def authored_courses(*, owner_id: UUID) -> QuerySet[Course]:
    """What a person has made, drafts among it."""
    return Course.objects.filter(owner_id=owner_id).select_related("category").defer("search")


def owned_course_ids(*, owner_id: UUID) -> frozenset[UUID]:
    return frozenset(Course.objects.filter(owner_id=owner_id).values_list("id", flat=True))


def summarise_courses(*, ids: Collection[UUID]) -> dict[UUID, CourseSummary]:
    """The priced courses among these. One query, however many."""
    courses = Course.objects.filter(id__in=set(ids)).only(
        "id", "slug", "title", "owner_id", "price_amount", "price_currency", "status", "published_at"
    )
    return {
        course.id: CourseSummary(
            id=course.id,
            slug=course.slug,
            title=course.title,
            owner_id=course.owner_id,
            price=price,
            status=CourseStatus(course.status),
            published_at=course.published_at,
        )
        for course in courses
        if (price := course.price) is not None
    }
