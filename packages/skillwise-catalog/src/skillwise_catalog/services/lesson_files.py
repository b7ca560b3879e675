"""The files of a lesson: its content, its captions, and what is taken along from it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from skillwise_catalog.dto import LessonKind
from skillwise_catalog.models import Lesson, LessonCaption, LessonResource, MediaFile
from skillwise_catalog.services.references import NamedUpload, find_files

__all__ = ["find_lesson_files", "write_captions", "write_resources"]


def find_lesson_files(
    lesson: Lesson, fields: Mapping[str, Any], *, owner_ids: Collection[UUID]
) -> dict[UUID, MediaFile]:
    """The files that `fields` name: `upload_id`, a video where the lesson is one; `captions`, WebVTT; and
    `resources` of any kind. As `find_files`, and raises as that.
    """
    named = list(_named(lesson, fields))
    return find_files(named, owner_ids=owner_ids, present=_present(lesson)) if named else {}


def write_captions(lesson: Lesson, captions: Iterable[tuple[str, UUID]]) -> None:
    """Let the saved lesson have these captions: a language and a file's id each."""
    lesson.captions.all().delete()
    LessonCaption.objects.bulk_create(
        LessonCaption(lesson=lesson, language=language, file_id=file_id) for language, file_id in captions
    )


def write_resources(lesson: Lesson, resources: Iterable[tuple[str, UUID]]) -> None:
    """Let the saved lesson have these files to take along, in this order: a title and a file's id each."""
    lesson.resources.all().delete()
    LessonResource.objects.bulk_create(
        LessonResource(lesson=lesson, title=title, position=position, file_id=file_id)
        for position, (title, file_id) in enumerate(resources, start=1)
    )


def _named(lesson: Lesson, fields: Mapping[str, Any]) -> Iterator[NamedUpload]:
    if "upload_id" in fields:
        form = "video" if lesson.kind == LessonKind.VIDEO.value else ""
        yield NamedUpload(pointer="/upload_id", id=fields["upload_id"], form=form)
    for name, form in {"captions": "captions", "resources": ""}.items():
        for index, item in enumerate(fields.get(name, ())):
            yield NamedUpload(pointer=f"/{name}/{index}/upload_id", id=item["upload_id"], form=form)


def _present(lesson: Lesson) -> set[UUID | None]:
    """None of a lesson that is not saved yet. Two queries."""
    if lesson._state.adding:
        return set()
    return {
        lesson.file_id,
        *lesson.captions.values_list("file_id", flat=True),
        *lesson.resources.values_list("file_id", flat=True),
    }
