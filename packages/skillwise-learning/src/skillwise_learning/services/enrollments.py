"""Letting people into courses."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from skillwise_catalog import api as catalog
from skillwise_commerce import api as commerce
from skillwise_identity import api as identity
from skillwise_kernel.outbox import publish

from skillwise_learning.dto import Access
from skillwise_learning.errors import (
    AccessSuspendedError,
    CourseNotFoundError,
    OwnCourseError,
    PaymentRequiredError,
)
from skillwise_learning.events import Enrolled
from skillwise_learning.models import Enrollment
from skillwise_learning.services.access import follow_entitlements

__all__ = ["admit", "enroll", "enroll_buyer", "welcome_buyer"]


@transaction.atomic
def enroll(*, user_id: UUID, course_id: UUID, now: datetime) -> tuple[Enrollment, bool]:
    """Let a person into a published course that is free or that they have paid for.

    Answers the enrolment and whether it is new: who is enrolled stays so, whatever became of the course, and
    whose access had ended goes on where they were. Raises `CourseNotFoundError` for an unknown or unpublished
    course, `OwnCourseError` for the person's own, `PaymentRequiredError` when no paid order covers it,
    `AccessSuspendedError` while a dispute about that order is open. The caller checks that the address is
    verified.
    """
    known = Enrollment.objects.filter(user_id=user_id, course_id=course_id).first()
    if known is not None and known.access is not Access.ENDED:
        return known, False
    course = _admissible_course(user_id=user_id, course_id=course_id)
    order_id = None
    if course.is_free:  # whatever it costs later, this person has it
        order_id = commerce.take_free_course(user_id=user_id, course_id=course_id, now=now)
    enrollment, created = admit(user_id=user_id, course_id=course_id, order_id=order_id, now=now)
    if not created:
        follow_entitlements(user_id=user_id, course_ids=[course_id], now=now)
        enrollment.refresh_from_db()
    return enrollment, created


@transaction.atomic
def enroll_buyer(*, user_id: UUID, course_ids: list[UUID], now: datetime) -> None:
    """Let a person into those of these courses that commerce has them entitled to. Repeating it changes
    nothing, and one told of late, when it is over, is none.

    What has been paid for is given: nobody asks here whether a course is still published.
    """
    entitlements = commerce.get_entitlements(user_ids=[user_id], course_ids=course_ids)
    for course_id in sorted(course_ids):  # one order for all, so that two orders cannot wait for each other
        if entitlement := entitlements.get((user_id, course_id)):
            admit(user_id=user_id, course_id=course_id, order_id=entitlement.order_id, now=now)
    follow_entitlements(user_id=user_id, course_ids=course_ids, now=now)


@transaction.atomic
def welcome_buyer(*, user_id: UUID, course_ids: list[UUID], order_id: UUID) -> None:
    """Mail a person that these courses, bought or claimed, are theirs to begin. Once for what an order gave
    them at once: a gift order's courses may be claimed one by one.
    """
    courses = catalog.get_courses(ids=course_ids)
    identity.notify(
        user_id=user_id,
        template="skillwise_learning/mail/enrolled",
        context={
            "course_titles": [courses[course_id].title for course_id in course_ids if course_id in courses]
        },
        dedupe_key=f"learning.enrolled:{order_id}:{user_id}:{min(course_ids)}",
    )


@transaction.atomic
def admit(*, user_id: UUID, course_id: UUID, order_id: UUID | None, now: datetime) -> tuple[Enrollment, bool]:
    """The one enrolment of this person in this course, and whether it is new. Nothing is checked.

    Of parallel callers one makes it and publishes, the others get it.
    """
    enrollment, created = Enrollment.objects.get_or_create(
        user_id=user_id, course_id=course_id, defaults={"order_id": order_id, "enrolled_at": now}
    )
    if created:
        publish(
            Enrolled(
                enrollment_id=enrollment.id,
                user_id=user_id,
                course_id=course_id,
                order_id=order_id,
                enrolled_at=now,
            )
        )
    return enrollment, created


def _admissible_course(*, user_id: UUID, course_id: UUID) -> catalog.CourseSummary:
    course = catalog.get_courses(ids=[course_id]).get(course_id)
    if course is None or not course.is_published:
        raise CourseNotFoundError
    if course.owner_id == user_id:
        raise OwnCourseError
    entitlements = commerce.get_entitlements(user_ids=[user_id], course_ids=[course_id])
    entitlement = entitlements.get((user_id, course_id))
    if entitlement is not None and not entitlement.is_active:
        raise AccessSuspendedError
    if entitlement is None and not course.is_free:
        price = {"amount": course.price.amount, "currency": course.price.currency}
        raise PaymentRequiredError(extra={"course_id": str(course_id), "price": price})
    return course
