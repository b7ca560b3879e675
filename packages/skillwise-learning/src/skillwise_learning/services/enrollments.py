"""Letting people into courses."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from skillwise_catalog import api as catalog
from skillwise_commerce import api as commerce
from skillwise_identity import api as identity
from skillwise_kernel.outbox import publish

from skillwise_learning.errors import CourseNotFoundError, OwnCourseError, PaymentRequiredError
from skillwise_learning.events import Enrolled
from skillwise_learning.models import Enrollment

__all__ = ["admit", "enroll", "enroll_buyer", "welcome_buyer"]


@transaction.atomic
def enroll(*, user_id: UUID, course_id: UUID, now: datetime) -> tuple[Enrollment, bool]:
    """Let a person into a published course that is free or that they have paid for.

    Answers the enrolment and whether it is new: who is enrolled stays so, whatever became of the course.
    Raises `CourseNotFoundError` for an unknown or unpublished course, `OwnCourseError` for the person's own,
    `PaymentRequiredError` when no paid order covers it. The caller checks that the address is verified.
    """
    known = Enrollment.objects.filter(user_id=user_id, course_id=course_id).first()
    if known is not None:
        return known, False
    course = _admissible_course(user_id=user_id, course_id=course_id)
    order_id = None
    if course.is_free:  # whatever it costs later, this person has it
        order_id = commerce.take_free_course(user_id=user_id, course_id=course_id, now=now)
    return admit(user_id=user_id, course_id=course_id, order_id=order_id, now=now)


@transaction.atomic
def enroll_buyer(*, user_id: UUID, course_ids: list[UUID], order_id: UUID, now: datetime) -> None:
    """Let a buyer into every course of a paid order. Repeating it changes nothing.

    What has been paid for is given: nobody asks here whether a course is still published.
    """
    for course_id in sorted(course_ids):  # one order for all, so that two orders cannot wait for each other
        enrollment, created = admit(user_id=user_id, course_id=course_id, order_id=order_id, now=now)
        if not created and enrollment.order_id is None:
            Enrollment.objects.filter(id=enrollment.id, order_id=None).update(order_id=order_id)


@transaction.atomic
def welcome_buyer(*, user_id: UUID, course_ids: list[UUID], order_id: UUID) -> None:
    """Mail a buyer that the courses of their order are theirs to begin; once for each order."""
    courses = catalog.get_courses(ids=course_ids)
    identity.notify(
        user_id=user_id,
        template="skillwise_learning/mail/enrolled",
        context={
            "course_titles": [courses[course_id].title for course_id in course_ids if course_id in courses]
        },
        dedupe_key=f"learning.enrolled:{order_id}",
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
    if not course.is_free and not commerce.get_entitled_course_ids(user_id=user_id, course_ids=[course_id]):
        price = {"amount": course.price.amount, "currency": course.price.currency}
        raise PaymentRequiredError(extra={"course_id": str(course_id), "price": price})
    return course
