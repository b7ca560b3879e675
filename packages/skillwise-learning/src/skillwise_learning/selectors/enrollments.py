"""Who is enrolled in what."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from skillwise_learning.dto import Access
from skillwise_learning.errors import AccessEndedError, AccessSuspendedError, EnrollmentNotFoundError
from skillwise_learning.models import Enrollment

__all__ = ["check_access", "enrolled_course_ids", "enrollments_in", "enrollments_of", "get_enrollment"]


def enrollments_of(*, user_id: UUID, course_id: UUID | None = None) -> QuerySet[Enrollment]:
    """A person's enrolments, the newest first; of one course only where `course_id` is given."""
    own = Enrollment.objects.filter(user_id=user_id).order_by("-enrolled_at", "-id")
    return own if course_id is None else own.filter(course_id=course_id)


def enrollments_in(*, user_id: UUID, course_ids: Collection[UUID]) -> QuerySet[Enrollment]:
    """A person's enrolments in those of `course_ids` that they are enrolled in."""
    return Enrollment.objects.filter(user_id=user_id, course_id__in=course_ids)


def get_enrollment(*, user_id: UUID, enrollment_id: UUID) -> Enrollment:
    """This person's enrolment. Raises `EnrollmentNotFoundError` for anybody else's, as for an unknown one."""
    enrollment = Enrollment.objects.filter(user_id=user_id, id=enrollment_id).first()
    if enrollment is None:
        raise EnrollmentNotFoundError
    return enrollment


def check_access(enrollment: Enrollment) -> None:
    """Raises `AccessEndedError`, `AccessSuspendedError` unless the person may take the course now."""
    match enrollment.access:
        case Access.ENDED:
            raise AccessEndedError
        case Access.SUSPENDED:
            raise AccessSuspendedError


def enrolled_course_ids(*, user_id: UUID, course_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of `course_ids` that the person is enrolled in, in one query."""
    enrollments = enrollments_in(user_id=user_id, course_ids=course_ids)
    return frozenset(enrollments.values_list("course_id", flat=True))
