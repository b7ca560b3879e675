"""Which files authors may name, in text and by id: readers get signed links to them, whosesoever they are."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from skillwise_kernel.errors import FieldProblem

from skillwise_catalog.domain.markdown import media_named_in
from skillwise_catalog.domain.uploads.kinds import kind_of_type, misplaced
from skillwise_catalog.errors import UploadKindError, UploadNotFoundError
from skillwise_catalog.models import MediaFile

__all__ = ["NamedUpload", "check_references", "find_files"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedUpload:
    """What the input names at `pointer`; `form` is what must stand there (`FileKind.form`), blank for any."""

    pointer: str
    id: UUID
    form: str = ""


def find_files(
    named: Collection[NamedUpload], *, owner_ids: Collection[UUID], present: Collection[UUID | None] = ()
) -> dict[UUID, MediaFile]:
    """The files that became of these uploads, by id: each belongs to one of `owner_ids`, or is among
    `present`, which stood there before. Until the transaction ends nobody deletes them.

    Raises `UploadNotFoundError`, also for one that was not completed, and `UploadKindError`, with a pointer
    for each. At most two queries.
    """
    _keep_until_commit({upload.id for upload in named})
    files = MediaFile.objects.in_bulk({upload.id for upload in named}) if named else {}
    unknown = tuple(
        FieldProblem(upload.pointer, UploadNotFoundError.code, UploadNotFoundError.title)
        for upload in named
        if upload.id not in files or (files[upload.id].owner_id not in owner_ids and upload.id not in present)
    )
    if unknown:
        raise UploadNotFoundError(fields=unknown)
    others = [
        misplaced(kind_of_type(files[upload.id].content_type), form=upload.form, pointer=upload.pointer)
        for upload in named
    ]
    if any(others):
        raise UploadKindError(fields=tuple(filter(None, others)))
    return files


def check_references(
    fields: Mapping[str, Any], *, present: Collection[object], owner_ids: Collection[UUID]
) -> None:
    """Whether every file that texts among `fields` name as `media:<id>` belongs to one of `owner_ids`, or is
    named in `present`, which stood there before. Until the transaction ends nobody deletes them.

    Raises `UploadNotFoundError` with a pointer to each field that names another's. At most two queries.
    """
    known = _named_in(present)
    named = {name: _named_in(value) - known for name, value in fields.items()}
    wanted = frozenset().union(*named.values())
    if not wanted:
        return
    _keep_until_commit(wanted)
    owned = set(MediaFile.objects.filter(id__in=wanted, owner_id__in=owner_ids).values_list("id", flat=True))
    problems = tuple(
        FieldProblem(f"/{name}", "catalog.upload_not_found", "It names a file that is no upload of yours.")
        for name, ids in named.items()
        if ids - owned
    )
    if problems:
        raise UploadNotFoundError(fields=problems)


def _keep_until_commit(ids: Collection[UUID]) -> None:
    """Foreign keys are checked at the commit, too late to say what is wrong. A worker that writes down what
    it found out about a file is not held up, as it would be by `select_for_update`.
    """
    if not ids:
        return
    table = connection.ops.quote_name(MediaFile._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT FROM {table} WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE",
            [list(ids)],
        )


def _named_in(value: object) -> frozenset[UUID]:
    """The files that any text in `value` names."""
    if isinstance(value, str):
        return media_named_in(value)
    if isinstance(value, Mapping):
        return _named_in(tuple(value.values()))
    if isinstance(value, Iterable):
        return frozenset().union(*map(_named_in, value))
    return frozenset()
