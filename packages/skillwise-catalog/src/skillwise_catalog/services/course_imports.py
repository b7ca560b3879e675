"""Imports of uploaded packages: asked for, run once in the background, reported."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import DataError, transaction
from django.db.models import Q, QuerySet
from skillwise_kernel.broker import wake_worker
from skillwise_kernel.errors import FieldProblem, SkillWiseError

from skillwise_catalog.domain.imports.formats import LessonsFrom, PackageFormat
from skillwise_catalog.domain.imports.wording import reported
from skillwise_catalog.domain.uploads.kinds import kind_of
from skillwise_catalog.errors import ImportGivenUpError, PackageRefusedError, UploadNotFoundError
from skillwise_catalog.gateways import get_storage
from skillwise_catalog.models import CourseImport, ImportState, MediaFile
from skillwise_catalog.selectors.categories import find_category
from skillwise_catalog.services.packages import ImportedCourse, import_course
from skillwise_catalog.services.uploads.probing import MEDIA_QUEUE, local_copy
from skillwise_catalog.services.uploads.taking import batch_prefix

__all__ = ["IMPORT_ACTOR", "IMPORT_TIME", "MAX_ATTEMPTS", "request_import", "run_due_import", "run_import"]

IMPORT_ACTOR: Final = "catalog.run_import"
#: No worker is at one for longer.
IMPORT_TIME: Final = timedelta(hours=1)
#: A package that workers die of is not tried for ever.
MAX_ATTEMPTS: Final = 3
#: Of what is wrong with one package, so many are told.
_MAX_PROBLEMS: Final = 1_000

Clock = Callable[[], datetime]

_log = logging.getLogger(__name__)


class _TakenOverError(Exception):
    """Another worker is at it, as this one seemed to be dead."""


@transaction.atomic
def request_import(
    *,
    owner_id: UUID,
    upload_id: UUID,
    package_format: PackageFormat,
    lessons_from: LessonsFrom = LessonsFrom.BLOCKS,
    category: str | None = None,
    now: datetime,
) -> CourseImport:
    """Have a worker make a draft of the owner's out of a package that they uploaded. `category` is a slug, or
    a path of names. A message that is lost is made good by `run_due_import`.

    That the owner may have courses is for the caller to know. Raises `UploadNotFoundError`,
    `CategoryNotFoundError`, and `PackageRefusedError` (`not_an_archive`).
    """
    package = MediaFile.objects.select_for_update(no_key=True).filter(id=upload_id, owner_id=owner_id).first()
    if package is None:
        problem = FieldProblem("/upload_id", "catalog.upload_not_found", "There is no such upload of yours.")
        raise UploadNotFoundError(fields=(problem,))
    if not kind_of(package.name).is_archive:
        raise PackageRefusedError(
            "The upload is neither a zip nor a tar.gz.", extra={"reason": "not_an_archive"}
        )
    requested = CourseImport.objects.create(
        owner_id=owner_id,
        upload_id=package.id,
        file_name=package.name,
        package=package,
        format=package_format.value,
        lessons_from=lessons_from.value,
        category=find_category(category) if category else None,
        created_at=now,
    )
    transaction.on_commit(
        lambda: wake_worker(IMPORT_ACTOR, str(requested.id), queue=MEDIA_QUEUE), robust=True
    )
    return requested


def run_import(*, import_id: UUID, clock: Clock) -> None:
    """Make the course, unless that was done, or somebody is at it. `clock` is asked at the beginning and at
    the end.
    """
    now = clock()
    taken = _take_on(_unfinished(now).filter(id=import_id), now)
    if taken is not None:
        _run(taken, clock)


def run_due_import(*, clock: Clock) -> UUID | None:
    """The same for the import that has waited longest. Answers which one."""
    now = clock()
    taken = _take_on(_unfinished(now).order_by("created_at"), now)
    if taken is None:
        return None
    _run(taken, clock)
    return taken.id


def _unfinished(now: datetime) -> QuerySet[CourseImport]:
    """Those that nobody is at, or that whoever was at them has left undone."""
    left = Q(state=ImportState.RUNNING, started_at__lte=now - IMPORT_TIME)
    return CourseImport.objects.filter(Q(state=ImportState.PENDING) | left)


@transaction.atomic
def _take_on(imports: QuerySet[CourseImport], now: datetime) -> CourseImport | None:
    """Whoever was at it before cannot finish it from here on: the number of the attempt is another."""
    taken = imports.select_for_update(skip_locked=True, of=("self",)).select_related("package").first()
    if taken is None:
        return None
    taken.state = ImportState.RUNNING
    taken.attempts += 1
    taken.started_at = now
    taken.save(update_fields=["state", "attempts", "started_at"])
    # Of an attempt that was cut short. Before anybody else can take it on: whoever was held up later would
    # delete the files of an attempt that has succeeded since. Others pass a locked row over, none waits.
    get_storage().delete_below(prefix=batch_prefix(taken.id))
    return taken


def _run(taken: CourseImport, clock: Clock) -> None:
    if taken.attempts > MAX_ATTEMPTS:
        _fail(taken, ImportGivenUpError(), clock())
        return
    try:
        _import(taken, clock)
    except _TakenOverError:
        _log.warning("import.taken_over", extra={"import_id": str(taken.id)})
    except SkillWiseError as error:
        _fail(taken, error, clock())
    except Exception:  # noqa: BLE001 - a package that breaks the reader is no reason to hold up others
        _log.exception("import.broke", extra={"import_id": str(taken.id)})
        if taken.attempts < MAX_ATTEMPTS:
            _held(taken).update(state=ImportState.PENDING)
        else:
            _fail(taken, ImportGivenUpError(), clock())


def _import(taken: CourseImport, clock: Clock) -> None:
    if taken.package is None:
        raise AssertionError("an import holds its package until it is through")
    with local_copy(taken.package) as path, path.open("rb") as content:
        import_course(
            content=content,
            owner_id=taken.owner_id,
            expected=PackageFormat(taken.format),
            lessons_from=LessonsFrom(taken.lessons_from),
            category=taken.category,
            batch_id=taken.id,
            on_written=lambda imported: _finish(taken, imported, clock()),
            now=clock(),
        )


def _finish(taken: CourseImport, imported: ImportedCourse, now: datetime) -> None:
    """In the transaction that writes the course: of two attempts, however late, one is kept."""
    _settle(taken, now, state=ImportState.DONE, course_id=imported.course_id, report=imported.as_json())


def _fail(taken: CourseImport, error: SkillWiseError, now: datetime) -> None:
    try:
        _settle(taken, now, state=ImportState.FAILED, problem=_as_json(error))
    except _TakenOverError:
        _log.warning("import.taken_over", extra={"import_id": str(taken.id)})
    except (DataError, TypeError, ValueError):
        if isinstance(error, ImportGivenUpError):
            raise
        # What it says of the package is nothing that PostgreSQL takes: no reason to be at it for ever.
        _log.exception("import.problem_unwritten", extra={"import_id": str(taken.id)})
        _fail(taken, ImportGivenUpError(), now)


@transaction.atomic
def _settle(taken: CourseImport, now: datetime, **found: Any) -> None:
    """The one place where what was found out about a package is stored, whatever that says."""
    if not _held(taken).update(package=None, finished_at=now, **reported(found)):
        raise _TakenOverError


def _held(taken: CourseImport) -> QuerySet[CourseImport]:
    """The import, as long as this attempt is the one that counts."""
    return CourseImport.objects.filter(id=taken.id, state=ImportState.RUNNING, attempts=taken.attempts)


def _as_json(error: SkillWiseError) -> dict[str, Any]:
    return {
        **{name: value for name, value in error.extra.items() if isinstance(value, str)},
        "code": error.code,
        "title": error.title,
        "detail": error.detail,
        "errors": [
            {"pointer": problem.pointer, "code": problem.code, "detail": problem.detail}
            for problem in error.fields[:_MAX_PROBLEMS]
        ],
    }
