"""Following commerce: who may take their courses, who no longer, and who not for the time being.

What commerce publishes is taken for a hint. What is true now is asked of it while the enrolment is locked, so
that whoever writes last has read last: facts that come late, doubled or out of order are harmless.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction
from skillwise_commerce import api as commerce
from skillwise_kernel.outbox import publish

from skillwise_learning.dto import Access
from skillwise_learning.events import AccessEnded, AccessResumed
from skillwise_learning.models import Enrollment
from skillwise_learning.selectors.progress import progress_in

__all__ = ["end_access", "follow_entitlements", "tell_seen"]


@transaction.atomic
def follow_entitlements(*, user_id: UUID, course_ids: Collection[UUID], now: datetime) -> None:
    """Open or suspend a person's enrolments in these courses as their entitlements have it. What commerce
    knows no entitlement for stays as it is.
    """
    for enrollment, entitlement in _locked(user_id, course_ids):
        if entitlement is not None:
            _follow(enrollment, entitlement, now=now)


@transaction.atomic
def end_access(*, user_id: UUID, course_ids: Collection[UUID], ended_at: datetime) -> None:
    """Nothing lets a person take these courses any longer as of `ended_at`, unless something does again."""
    for enrollment, entitlement in _locked(user_id, course_ids):
        if entitlement is not None:
            _follow(enrollment, entitlement, now=ended_at)
        elif enrollment.access is not Access.ENDED:
            _end(enrollment, ended_at=ended_at)


@transaction.atomic
def tell_seen(*, user_id: UUID, course_ids: Collection[UUID]) -> None:
    """Hand commerce how much of these courses an enrolled person has completed now."""
    for progress in progress_in(Enrollment.objects.filter(user_id=user_id, course_id__in=course_ids)):
        commerce.set_course_seen(user_id=user_id, course_id=progress.course_id, percent=progress.percent)


def _locked(
    user_id: UUID, course_ids: Collection[UUID]
) -> list[tuple[Enrollment, commerce.EntitlementSummary | None]]:
    """The enrolments, locked, each with what commerce says since."""
    enrollments = list(
        Enrollment.objects.select_for_update()
        .filter(user_id=user_id, course_id__in=course_ids)
        .order_by("course_id")
    )
    entitlements = commerce.get_entitlements(user_ids=[user_id], course_ids=course_ids)
    return [(enrollment, entitlements.get((user_id, enrollment.course_id))) for enrollment in enrollments]


def _follow(enrollment: Enrollment, entitlement: commerce.EntitlementSummary, *, now: datetime) -> None:
    if enrollment.access is Access.ENDED:
        publish(
            AccessResumed(
                enrollment_id=enrollment.id,
                user_id=enrollment.user_id,
                course_id=enrollment.course_id,
                order_id=entitlement.order_id,
                resumed_at=now,
            )
        )
    enrollment.order_id = entitlement.order_id
    enrollment.access_ended_at = None
    enrollment.access_suspended_at = entitlement.suspended_at
    enrollment.save(update_fields=["order_id", "access_ended_at", "access_suspended_at"])


def _end(enrollment: Enrollment, *, ended_at: datetime) -> None:
    enrollment.access_ended_at = ended_at
    enrollment.access_suspended_at = None
    enrollment.save(update_fields=["access_ended_at", "access_suspended_at"])
    publish(
        AccessEnded(
            enrollment_id=enrollment.id,
            user_id=enrollment.user_id,
            course_id=enrollment.course_id,
            ended_at=ended_at,
        )
    )
