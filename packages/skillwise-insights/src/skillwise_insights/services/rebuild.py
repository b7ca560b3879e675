"""Making all figures anew from the outbox's log, while events keep coming in and people keep reading.

One transaction, in three steps:

1. Empty temporary tables take the place of the read models, for this session alone: PostgreSQL looks for a
   name in `pg_temp` first, so that the very projections that serve live events fill them from the log. This
   takes long and holds no lock: events go on changing the live figures.
2. What the live journal has and the new one lacks was delivered behind our back (it was committed after we
   had read past its place in the log) and is caught up with: first without a lock, so that little is left,
   then after `hold_figures`, which waits for the events being taken in and makes later ones wait. Nothing
   that was delivered is lost.
3. The new rows replace the live ones, journal included, and the transaction ends. An event that the log had
   but that is delivered only later is then found in the journal: nothing is doubled.

Readers see the old figures until the transaction ends and the new ones from then on. A rebuild that fails or
is killed leaves no trace.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper
from skillwise_kernel.outbox import LoggedEvent, read_log

from skillwise_insights.errors import LogIncompleteError, RebuildRunningError
from skillwise_insights.models import AppliedEvent
from skillwise_insights.services.projection import PROJECTED_EVENTS, READ_MODELS, hold_figures, project

__all__ = ["rebuild"]

_REBUILD_LOCK = "skillwise_insights.rebuild"
_NAMES = [event.name for event in PROJECTED_EVENTS]
#: So many ids are asked for at a time.
_CHUNK = 1000


@transaction.atomic
def rebuild() -> int:
    """Replace all figures by those that the log amounts to. Answers how many events they are made of.

    Raises `RebuildRunningError` while another rebuild runs, `LogIncompleteError` when the log lacks events
    that the live figures hold; the figures then stay as they are.
    """
    with connection.cursor() as cursor:
        _rebuild_alone(cursor)
        live = _schema_of_read_models(cursor)
        _set_tables_aside(cursor, live)
        _project_all(read_log(names=_NAMES))
        _catch_up(_delivered_meanwhile(cursor, live))
        hold_figures()
        _catch_up(_delivered_meanwhile(cursor, live))
        _replace(cursor, live)
    return AppliedEvent.objects.count()


def _rebuild_alone(cursor: CursorWrapper) -> None:
    cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [_REBUILD_LOCK])
    if not cursor.fetchone()[0]:
        raise RebuildRunningError


def _schema_of_read_models(cursor: CursorWrapper) -> str:
    cursor.execute(
        "SELECT quote_ident(nspname) FROM pg_namespace JOIN pg_class ON relnamespace = pg_namespace.oid"
        " WHERE pg_class.oid = %s::regclass",
        [_table(AppliedEvent)],
    )
    return str(cursor.fetchone()[0])


def _set_tables_aside(cursor: CursorWrapper, live: str) -> None:
    for table in map(_table, READ_MODELS):
        cursor.execute(f"CREATE TEMPORARY TABLE {table} (LIKE {live}.{table} INCLUDING ALL)")
    # Said aloud, though it is where names are looked for anyway: statements prepared before are parsed anew.
    cursor.execute("SELECT set_config('search_path', 'pg_temp, ' || current_setting('search_path'), true)")


def _project_all(log: Iterable[LoggedEvent]) -> None:
    for logged in log:
        project(logged.event, event_id=logged.event_id)


def _delivered_meanwhile(cursor: CursorWrapper, live: str) -> list[UUID]:
    """The events that the live figures hold and the new ones do not."""
    journal = _table(AppliedEvent)
    cursor.execute(
        f"SELECT event_id FROM {live}.{journal} EXCEPT SELECT event_id FROM pg_temp.{journal}"  # noqa: S608 - our own tables
    )
    return [event_id for (event_id,) in cursor.fetchall()]


def _catch_up(missing: Sequence[UUID]) -> None:
    before = AppliedEvent.objects.count()
    for start in range(0, len(missing), _CHUNK):
        _project_all(read_log(ids=missing[start : start + _CHUNK]))
    lost = before + len(missing) - AppliedEvent.objects.count()
    if lost:
        raise LogIncompleteError(f"{lost} events are missing.")


def _replace(cursor: CursorWrapper, live: str) -> None:
    for model in READ_MODELS:
        table = _table(model)
        columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
        cursor.execute(f"DELETE FROM {live}.{table}")  # noqa: S608 - our own table
        cursor.execute(
            f"INSERT INTO {live}.{table} ({columns}) SELECT {columns} FROM pg_temp.{table}"  # noqa: S608 - our own table
        )
        cursor.execute(f"DROP TABLE pg_temp.{table}")


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
