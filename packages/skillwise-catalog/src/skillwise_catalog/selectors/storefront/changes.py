"""What changed in the storefront since somebody last asked.

Each change carries the number of its transaction. Transactions get their numbers when they begin and show
when they commit, so a later number may show before an earlier one. Only numbers below that of every
transaction under way are read: nothing can show among them any more, and a cursor passes over nothing.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import BigIntegerField, BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.expressions import CombinedExpression

from skillwise_catalog.errors import SyncCursorExpiredError
from skillwise_catalog.models import Edition

__all__ = ["Changes", "Mark", "changes_since", "cover_of"]

_BEGINNING: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to where somebody knows the catalogue of a database cluster: the last change's transaction and
    course. What left before the transaction `begun`, they never had.
    """

    cluster: int
    begun: int
    changed_in: int = -1
    course_id: UUID = _BEGINNING


@dataclass(frozen=True, slots=True)
class Changes:
    """`rows` have `course_id`, `is_listed` and the columns asked for, in the order of their changes."""

    rows: list[dict[str, Any]]
    mark: Mark
    has_more: bool


def changes_since(mark: Mark | None, *, columns: tuple[str, ...], limit: int) -> Changes:
    """The next `limit` changes; without a mark the first of the whole catalogue. Raises
    `SyncCursorExpiredError` for a mark that another cluster made, or this one before it was set back. Two
    queries.
    """
    cluster, horizon = _present()
    mark = mark or Mark(cluster, begun=horizon)
    if mark.cluster != cluster or mark.changed_in >= horizon:
        raise SyncCursorExpiredError
    rows = _beyond(mark).filter(changed_in__lt=horizon).order_by("changed_in", "course_id")
    found = list(rows.values(*columns, "course_id", "is_listed", "changed_in")[: limit + 1])
    page = found[:limit]
    if page:
        mark = Mark(cluster, mark.begun, page[-1]["changed_in"], page[-1]["course_id"])
    return Changes(page, mark, has_more=len(found) > limit)


def cover_of(*, course_id: UUID) -> UUID | None:
    """The picture that the storefront shows of a course now. One query."""
    return (
        Edition.objects.filter(course_id=course_id, is_listed=True).values_list("cover_id", flat=True).first()
    )


def _beyond(mark: Mark) -> QuerySet[Edition]:
    place = Func(F("changed_in"), F("course_id"), function="ROW", output_field=BooleanField())
    known = Func(
        Value(mark.changed_in, output_field=BigIntegerField()),
        Value(mark.course_id),
        function="ROW",
        output_field=BooleanField(),
    )
    return Edition.objects.filter(
        CombinedExpression(place, ">", known, output_field=BooleanField()),
        Q(is_listed=True) | Q(changed_in__gte=mark.begun),
    )


def _present() -> tuple[int, int]:
    """Which cluster this is, and the lowest number of a transaction that is under way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier, pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
            " FROM pg_control_system()"
        )
        cluster, horizon = cursor.fetchone()
    return cluster, horizon
