"""Which files text may name: readers get signed links to them, whoever they belong to."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from skillwise_kernel.errors import FieldProblem

from skillwise_catalog.domain.markdown import media_in, render_markdown
from skillwise_catalog.errors import UploadNotFoundError
from skillwise_catalog.models import MediaFile

__all__ = ["check_references"]


def check_references(
    fields: Mapping[str, Any], *, present: Collection[object], owner_ids: Collection[UUID]
) -> None:
    """Whether every file that texts among `fields` name as `media:<id>` belongs to one of `owner_ids`, or is
    named in `present`, which stood there before.

    Raises `UploadNotFoundError` with a pointer to each field that names another's. At most one query.
    """
    known = _named_in(present)
    named = {name: _named_in(value) - known for name, value in fields.items()}
    wanted = frozenset().union(*named.values())
    if not wanted:
        return
    owned = set(MediaFile.objects.filter(id__in=wanted, owner_id__in=owner_ids).values_list("id", flat=True))
    problems = tuple(
        FieldProblem(f"/{name}", "catalog.upload_not_found", "It names a file that is no upload of yours.")
        for name, ids in named.items()
        if ids - owned
    )
    if problems:
        raise UploadNotFoundError(fields=problems)


def _named_in(value: object) -> frozenset[UUID]:
    """The files that any text in `value` names, as it is written and as it is shown: `media&#58;` and
    `media\\:` are shown as `media:`.
    """
    if isinstance(value, str):
        return media_in(value) | media_in(render_markdown(value))
    if isinstance(value, Mapping):
        return _named_in(tuple(value.values()))
    if isinstance(value, Iterable):
        return frozenset().union(*map(_named_in, value))
    return frozenset()
