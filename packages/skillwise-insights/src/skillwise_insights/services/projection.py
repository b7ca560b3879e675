"""How each event changes the figures. Taking one in again, early or late, comes to the same."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from django.db import connection, models, transaction
from django.db.models import F, Q
from skillwise_catalog.events import CourseChanged, CoursePublished, CourseUnpublished
from skillwise_commerce.events import (
    DisputeClosed,
    DisputeOpened,
    OrderPaid,
    OrderRefunded,
    PaidLine,
    RefundedLine,
    RefundFailed,
    ShareOfLine,
)
from skillwise_identity.events import RolesChanged, UserRegistered
from skillwise_kernel.events import DomainEvent
from skillwise_kernel.money import Money
from skillwise_learning.events import (
    CourseCompleted,
    Enrolled,
    LessonCompleted,
    ReviewChanged,
    ReviewPosted,
    ReviewRemoved,
)

from skillwise_insights.models import (
    AppliedEvent,
    CourseDay,
    CourseEarnings,
    CourseFigures,
    DayEarnings,
    DayFigures,
    ReviewState,
    UserFigures,
)

__all__ = ["PROJECTED_EVENTS", "READ_MODELS", "hold_figures", "project", "take_in"]

#: Everything that `rebuild_insights` makes anew. Projections touch them in this order and no other, the rows
#: of one table by ascending key, so that no two of them wait for each other.
READ_MODELS: tuple[type[models.Model], ...] = (
    AppliedEvent,
    ReviewState,
    CourseFigures,
    CourseEarnings,
    CourseDay,
    UserFigures,
    DayFigures,
    DayEarnings,
)

#: What a register was set by: the time of a fact and the id of its event. The greatest wins.
Cause: TypeAlias = tuple[datetime, UUID]

_FIGURES_LOCK = "skillwise_insights.figures"


@transaction.atomic
def take_in(event: DomainEvent, *, event_id: UUID) -> None:
    """Let a delivered event change the live figures. Waits while a rebuild puts its own in their place."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [_FIGURES_LOCK])
    project(event, event_id=event_id)


def hold_figures() -> None:
    """Wait until no event is being taken in, and let none be until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [_FIGURES_LOCK])


def project(event: DomainEvent, *, event_id: UUID) -> None:
    """Apply an event to the figures and enter it in the journal, unless it is there. Needs a transaction."""
    if _enter_in_journal(event_id):
        _PROJECTIONS[type(event)](event, event_id)


def _user_registered(event: UserRegistered, event_id: UUID) -> None:
    _set_roles(event.user_id, event.roles, (event.registered_at, event_id))
    _count_day(event.registered_at, registrations=1)


def _roles_changed(event: RolesChanged, event_id: UUID) -> None:
    _set_roles(event.user_id, event.roles, (event.changed_at, event_id))


def _course_published(event: CoursePublished, event_id: UUID) -> None:
    _describe(event, (event.published_at, event_id))
    _list(event.course_id, is_published=True, cause=(event.published_at, event_id))


def _course_changed(event: CourseChanged, event_id: UUID) -> None:
    _describe(event, (event.changed_at, event_id))


def _course_unpublished(event: CourseUnpublished, event_id: UUID) -> None:
    _list(event.course_id, is_published=False, cause=(event.unpublished_at, event_id))


def _order_paid(event: OrderPaid, event_id: UUID) -> None:
    """What was free is no order to the figures: enrolling counts it."""
    if event.total.is_zero:
        return
    _move_money(
        [
            _Sum(line, net=line.paid - (line.tax or Money.zero(line.paid.currency)), shares=line.shares)
            for line in event.lines
        ],
        at=event.paid_at,
        sign=1,
    )
    _count_action(event.buyer_id)
    _count_day(event.paid_at, orders=1)


def _order_refunded(event: OrderRefunded, event_id: UUID) -> None:
    _move_money(_sums_back(event.lines), at=event.refunded_at, sign=-1)


def _refund_failed(event: RefundFailed, event_id: UUID) -> None:
    _move_money(_sums_back(event.lines), at=event.failed_at, sign=1)


def _dispute_opened(event: DisputeOpened, event_id: UUID) -> None:
    _move_money(_sums_back(event.lines), at=event.opened_at, sign=-1)


def _dispute_closed(event: DisputeClosed, event_id: UUID) -> None:
    _move_money(_sums_back(event.lines), at=event.closed_at, sign=1)


def _enrolled(event: Enrolled, event_id: UUID) -> None:
    _add(CourseFigures, {"course_id": event.course_id}, enrollments=1)
    _add(CourseDay, {"course_id": event.course_id, "day": _utc_day(event.enrolled_at)}, enrollments=1)
    _count_action(event.user_id)
    _count_day(event.enrolled_at, enrollments=1)


def _lesson_completed(event: LessonCompleted, event_id: UUID) -> None:
    _count_action(event.user_id)
    _count_day(event.completed_at, lessons_completed=1)


def _course_completed(event: CourseCompleted, event_id: UUID) -> None:
    _add(CourseFigures, {"course_id": event.course_id}, completions=1)
    _count_day(event.completed_at, courses_completed=1)


def _review_posted(event: ReviewPosted, event_id: UUID) -> None:
    _rate(event, event.rating, (event.posted_at, event_id))
    _count_action(event.user_id)
    _count_day(event.posted_at, reviews=1)


def _review_changed(event: ReviewChanged, event_id: UUID) -> None:
    _rate(event, event.rating, (event.changed_at, event_id))


def _review_removed(event: ReviewRemoved, event_id: UUID) -> None:
    review = _locked_review(event)
    before = _contribution(review)
    review.is_removed = True
    review.save(update_fields=["is_removed"])
    _move_rating(review, before)


_PROJECTIONS: dict[type[DomainEvent], Callable[[Any, UUID], None]] = {
    UserRegistered: _user_registered,
    RolesChanged: _roles_changed,
    CoursePublished: _course_published,
    CourseChanged: _course_changed,
    CourseUnpublished: _course_unpublished,
    OrderPaid: _order_paid,
    OrderRefunded: _order_refunded,
    RefundFailed: _refund_failed,
    DisputeOpened: _dispute_opened,
    DisputeClosed: _dispute_closed,
    Enrolled: _enrolled,
    LessonCompleted: _lesson_completed,
    CourseCompleted: _course_completed,
    ReviewPosted: _review_posted,
    ReviewChanged: _review_changed,
    ReviewRemoved: _review_removed,
}

#: The events that figures come from.
PROJECTED_EVENTS: tuple[type[DomainEvent], ...] = tuple(_PROJECTIONS)


def _describe(event: CoursePublished | CourseChanged, cause: Cause) -> None:
    described = {"title": event.title, "owner_id": event.owner_id}
    _set_register(CourseFigures, {"course_id": event.course_id}, "described", cause, described)


def _list(course_id: UUID, *, is_published: bool, cause: Cause) -> None:
    _set_register(CourseFigures, {"course_id": course_id}, "listed", cause, {"is_published": is_published})


def _set_roles(user_id: UUID, roles: Iterable[str], cause: Cause) -> None:
    _set_register(UserFigures, {"user_id": user_id}, "roles", cause, {"roles": sorted(roles)})


def _rate(event: ReviewPosted | ReviewChanged, rating: int, cause: Cause) -> None:
    review = _locked_review(event)
    if review.rated_at and review.rated_by and (review.rated_at, review.rated_by) >= cause:
        return
    before = _contribution(review)
    review.rating = rating
    review.rated_at, review.rated_by = cause
    review.save(update_fields=["rating", "rated_at", "rated_by"])
    _move_rating(review, before)


def _locked_review(event: ReviewPosted | ReviewChanged | ReviewRemoved) -> ReviewState:
    unknown = ReviewState(review_id=event.review_id, course_id=event.course_id)
    ReviewState.objects.bulk_create([unknown], ignore_conflicts=True)
    return ReviewState.objects.select_for_update().get(review_id=event.review_id)


def _contribution(review: ReviewState) -> tuple[int, int]:
    """How many ratings the review adds to its course's, and how many stars."""
    return (0, 0) if review.is_removed or review.rating is None else (1, review.rating)


def _move_rating(review: ReviewState, before: tuple[int, int]) -> None:
    count, stars = _contribution(review)
    _add(
        CourseFigures,
        {"course_id": review.course_id},
        rating_count=count - before[0],
        rating_sum=stars - before[1],
    )


def _count_action(user_id: UUID) -> None:
    _add(UserFigures, {"user_id": user_id}, actions=1)


def _count_day(at: datetime, **counts: int) -> None:
    _add(DayFigures, {"day": _utc_day(at)}, **counts)


def _utc_day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _whole_units(money: Money) -> Decimal:
    return Decimal(money.amount).scaleb(-money.decimals)


@dataclass(frozen=True, slots=True)
class _Sum:
    """A line's money without its tax, and what of it each instructor earns."""

    line: PaidLine | RefundedLine
    net: Money
    shares: tuple[ShareOfLine, ...]

    @property
    def earned(self) -> dict[UUID, int]:
        """By instructor. A line that names no shares is its seller's alone."""
        if not self.shares:
            return {self.line.seller_id: self.line.seller_share.amount}
        return {share.seller_id: share.amount.amount for share in self.shares}


def _sums_back(lines: Iterable[RefundedLine]) -> list[_Sum]:
    return [_Sum(line, net=line.refunded - line.tax, shares=line.shares) for line in lines]


def _move_money(sums: Iterable[_Sum], *, at: datetime, sign: int) -> None:
    """Money that came in (`sign` 1), or went back. A course's revenue stands with its seller; what each of
    its instructors earns, with them.
    """
    sums = sorted(sums, key=lambda one: (one.line.course_id, one.line.seller_id))
    for one in sums:
        _add(CourseFigures, {"course_id": one.line.course_id}, revenue_units=sign * _whole_units(one.net))
    days: dict[str, tuple[int, int]] = {}
    for one in sums:
        currency, seller_id = one.net.currency, one.line.seller_id
        for person in sorted({seller_id, *one.earned}):
            _add(
                CourseEarnings,
                {"course_id": one.line.course_id, "seller_id": person, "currency": currency},
                revenue=sign * one.net.amount if person == seller_id else 0,
                earnings=sign * one.earned.get(person, 0),
            )
        gross, instructors = days.get(currency, (0, 0))
        days[currency] = (gross + one.net.amount, instructors + sum(one.earned.values()))
    for currency, (gross, instructors) in sorted(days.items()):
        key = {"day": _utc_day(at), "currency": currency}
        _add(DayEarnings, key, gross=sign * gross, instructors=sign * instructors)


def _enter_in_journal(event_id: UUID) -> bool:
    """Whether the event was not in it. Of two that enter the same one, the second waits for the first."""
    table = connection.ops.quote_name(AppliedEvent._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} VALUES (%s) ON CONFLICT DO NOTHING",  # noqa: S608 - our own table
            [event_id],
        )
        return bool(cursor.rowcount)


def _add(model: type[models.Model], key: dict[str, Any], **amounts: int | Decimal) -> None:
    """Add to the counters of the row with this key, which is made when there is none."""
    _write(model, key, Q(), {counter: F(counter) + amount for counter, amount in amounts.items()})


def _set_register(
    model: type[models.Model], key: dict[str, Any], register: str, cause: Cause, values: dict[str, Any]
) -> None:
    """Set what the latest event decides, unless a later one has; `<register>_at` and `_by` say which did."""
    moment, event = f"{register}_at", f"{register}_by"
    at, event_id = cause
    is_news = (
        Q(**{f"{moment}__isnull": True})
        | Q(**{f"{moment}__lt": at})
        | Q(**{moment: at, f"{event}__lt": event_id})
    )
    _write(model, key, is_news, {**values, moment: at, event: event_id})


def _write(model: type[models.Model], key: dict[str, Any], condition: Q, values: dict[str, Any]) -> None:
    row = model._default_manager.filter(condition, **key)
    if not row.update(**values):
        model._default_manager.bulk_create([model(**key)], ignore_conflicts=True)
        row.update(**values)
