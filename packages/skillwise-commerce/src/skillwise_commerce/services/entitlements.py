"""Who may take a course, and who no longer. Each change is a fact that learning acts upon.

Courses are gone through by their ids: two changes for one person never wait for each other in a circle.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, Sum
from skillwise_kernel.outbox import publish

from skillwise_commerce.domain.orders import OrderStatus
from skillwise_commerce.domain.payments import RefundStatus
from skillwise_commerce.events import (
    EntitlementsEnded,
    EntitlementsGranted,
    EntitlementsRestored,
    EntitlementsSuspended,
)
from skillwise_commerce.models import Entitlement, Order, OrderLine
from skillwise_commerce.services.gifts import cancel_gifts, reopen_gifts

__all__ = [
    "end_entitlements",
    "grant_entitlements",
    "restore_entitlements",
    "return_entitlements",
    "set_course_seen",
    "suspend_entitlements",
]


def grant_entitlements(
    order: Order, lines: Collection[OrderLine], *, user_id: UUID, now: datetime
) -> frozenset[UUID]:
    """Let a person take the courses of these lines. Answers the courses that they could take already by
    another line, which then stands.

    Whether they can is asked under that entitlement's row lock: should it be ending, this waits, and grants.
    """
    owned = set()
    for line in sorted(lines, key=lambda line: line.course_id):
        entitlement, created = Entitlement.objects.select_for_update().get_or_create(
            user_id=user_id,
            course_id=line.course_id,
            ended_at=None,
            defaults={"line": line, "granted_at": now},
        )
        if not created and entitlement.line_id != line.id:
            owned.add(line.course_id)
    publish(
        EntitlementsGranted(
            user_id=user_id,
            course_ids=tuple(line.course_id for line in lines),
            order_id=order.id,
            granted_at=now,
            how=_how(order),
        )
    )
    return frozenset(owned)


def end_entitlements(lines: Iterable[OrderLine], *, cause: Entitlement.EndCause, now: datetime) -> None:
    """Nobody may any longer take a course because of one of these lines, nor claim one that was given away
    with it. What ended before stays as it is. Who has paid for the course by another order as well has it by
    that one from now on.
    """
    lines = list(lines)
    cancel_gifts(lines, now=now)
    for user_id, order_id, found in _locked(lines):
        Entitlement.objects.filter(id__in=found).update(ended_at=now, end_cause=cause, suspended_at=None)
        publish(
            EntitlementsEnded(
                user_id=user_id,
                course_ids=tuple(found.values()),
                order_id=order_id,
                cause=cause.value,
                ended_at=now,
            )
        )
        for line in _other_lines(user_id, list(found.values())):
            grant_entitlements(line.order, [line], user_id=user_id, now=now)


def return_entitlements(
    order: Order, lines: Iterable[OrderLine], *, ended_by: Entitlement.EndCause, now: datetime
) -> None:
    """The money of these lines is ours after all: whoever had each line's course until it went has it again,
    and what waited to be claimed can be.
    """
    lines = list(lines)
    reopen_gifts(lines)
    last = [line.entitlements.filter(end_cause=ended_by).order_by("ended_at").last() for line in lines]
    ended = [(one.user_id, line) for one, line in zip(last, lines, strict=True) if one is not None]
    for user_id, line in sorted(ended, key=lambda found: (found[0], found[1].course_id)):
        grant_entitlements(order, [line], user_id=user_id, now=now)


def suspend_entitlements(lines: Iterable[OrderLine], *, now: datetime) -> None:
    """The courses of these lines may not be taken for the time being."""
    for user_id, order_id, found in _locked(lines, suspended_at__isnull=True):
        Entitlement.objects.filter(id__in=found).update(suspended_at=now)
        publish(
            EntitlementsSuspended(
                user_id=user_id, course_ids=tuple(found.values()), order_id=order_id, suspended_at=now
            )
        )


def restore_entitlements(lines: Iterable[OrderLine], *, now: datetime) -> None:
    """What was suspended may be taken again."""
    for user_id, order_id, found in _locked(lines, suspended_at__isnull=False):
        Entitlement.objects.filter(id__in=found).update(suspended_at=None)
        publish(
            EntitlementsRestored(
                user_id=user_id, course_ids=tuple(found.values()), order_id=order_id, restored_at=now
            )
        )


def set_course_seen(*, user_id: UUID, course_id: UUID, percent: int) -> None:
    """The person has seen this much of a course that they have. Less than is known changes nothing."""
    Entitlement.objects.filter(
        user_id=user_id, course_id=course_id, ended_at=None, seen_percent__lt=percent
    ).update(seen_percent=percent)


def _how(order: Order) -> str:
    if order.is_gift:
        return "gift"
    return "free" if order.total.is_zero and order.discount.is_zero else "purchase"


def _locked(lines: Iterable[OrderLine], **where: bool) -> list[tuple[UUID, UUID, dict[UUID, UUID]]]:
    """Person, order, and the course by the entitlement's id, of those entitlements of these lines that have
    not ended, their rows locked.
    """
    found = (
        Entitlement.objects.select_for_update(of=("self",))
        .select_related("line")
        .filter(line__in=list(lines), ended_at__isnull=True, **where)
        .order_by("user_id", "course_id")
    )
    by_person: dict[tuple[UUID, UUID], dict[UUID, UUID]] = {}
    for entitlement in found:
        courses = by_person.setdefault((entitlement.user_id, entitlement.line.order_id), {})
        courses[entitlement.id] = entitlement.course_id
    return [(user_id, order_id, courses) for (user_id, order_id), courses in by_person.items()]


def _other_lines(user_id: UUID, course_ids: list[UUID]) -> list[OrderLine]:
    """Lines by which this person has bought these courses for themselves, one for a course, of which
    something is left with us: no line that gave an entitlement that has ended.
    """
    lines = (
        OrderLine.objects.select_related("order")
        .filter(
            buyer_id=user_id,
            course_id__in=course_ids,
            is_gift=False,
            order__status__in=[OrderStatus.PAID, OrderStatus.PARTIALLY_REFUNDED],
        )
        .exclude(entitlements__ended_at__isnull=False)
        .annotate(
            gone=Sum("refund_lines__amount", filter=Q(refund_lines__refund__status=RefundStatus.SUCCEEDED))
        )
        .filter(Q(gone__isnull=True) | Q(gone__lt=F("total_amount")))
        .order_by("order_id")
    )
    return list({line.course_id: line for line in lines}.values())
