"""For the tests of this and other packages: courses made the way people make them."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from skillwise_kernel import clock
from skillwise_kernel.actor import Actor
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

from skillwise_catalog.domain.documents import (
    CaptionDocument,
    LessonDocument,
    ModuleDocument,
    ResourceDocument,
)
from skillwise_catalog.domain.quizzes import read_quiz
from skillwise_catalog.dto import CourseOutline, CourseSummary, LessonKind, LessonSummary, ModuleOutline
from skillwise_catalog.gateways import get_storage
from skillwise_catalog.models import Course, CourseEditor, Edition, MediaFile, RenderState, Rendition
from skillwise_catalog.selectors.courses import summarise_courses
from skillwise_catalog.selectors.documents import working_copy
from skillwise_catalog.selectors.media import linked_playlist, linked_rendition, playlist_path
from skillwise_catalog.selectors.outlines import modules_of
from skillwise_catalog.services.categories import ensure_category
from skillwise_catalog.services.courses import create_course
from skillwise_catalog.services.documents import write_working_copy
from skillwise_catalog.services.lifecycle import publish_course
from skillwise_catalog.services.outline import add_lesson, add_module
from skillwise_catalog.services.uploads.taking import store_upload

__all__ = [
    "QUIZ",
    "TWO_LESSONS",
    "give_cover",
    "links_of_a_rendered_video",
    "make_course",
    "make_course_of_every_kind",
    "make_file",
    "make_rendered_video",
    "outline_of",
    "publish_working_copy",
]

#: An article that anybody may read, and a video of five minutes.
TWO_LESSONS: Final[tuple[Mapping[str, Any], ...]] = (
    {
        "title": "Why it rises",
        "kind": "article",
        "article": "Wild yeast is **everywhere**.",
        "is_preview": True,
    },
    {"title": "Feeding", "kind": "video", "video_url": "https://videos.example/feeding.mp4", "duration": 300},
)

#: A question of each kind, worth seven points; half of them pass it.
QUIZ: Final[Mapping[str, Any]] = {
    "pass_percent": 50,
    "questions": [
        {
            "id": "0197c4d2-0001-7000-8000-000000000000",
            "kind": "single",
            "text": "What makes dough **rise**?",
            "explanation": "Yeast makes carbon dioxide.",
            "points": 3,
            "choices": [
                {"id": "0197c4d2-0001-7000-8000-00000000000a", "text": "Yeast", "is_correct": True},
                {"id": "0197c4d2-0001-7000-8000-00000000000b", "text": "Salt"},
            ],
        },
        {
            "id": "0197c4d2-0002-7000-8000-000000000000",
            "kind": "multiple",
            "text": "What is in a plain loaf?",
            "choices": [
                {"id": "0197c4d2-0002-7000-8000-00000000000a", "text": "Flour", "is_correct": True},
                {"id": "0197c4d2-0002-7000-8000-00000000000b", "text": "Water", "is_correct": True},
                {"id": "0197c4d2-0002-7000-8000-00000000000c", "text": "Sand"},
            ],
        },
        {
            "id": "0197c4d2-0003-7000-8000-000000000000",
            "kind": "true_false",
            "text": "Rye has less gluten than wheat.",
            "is_true": True,
        },
        {
            "id": "0197c4d2-0004-7000-8000-000000000000",
            "kind": "short_text",
            "text": "What are the holes in bread called?",
            "accepted": ["Alveoli", "Crumb"],
        },
        {
            "id": "0197c4d2-0005-7000-8000-000000000000",
            "kind": "numeric",
            "text": "At how many degrees is it done within?",
            "answer": "96",
            "tolerance": "2.5",
        },
    ],
}

_DRAWING: Final = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
_CAPTIONS: Final = b"WEBVTT\n\n00:00.000 --> 00:02.500\nFlour.\n"
_PRICE: Final = Money(4999, "USD")
_ADMINISTRATOR: Final = Actor(id=new_id(), roles=frozenset({"admin"}), is_verified=True)


def make_file(*, owner_id: UUID, name: str, content: bytes) -> UUID:
    """The id of a completed upload. Needs `MEDIA_ROOT`."""
    file = store_upload(owner_id=owner_id, name=name, content=io.BytesIO(content), now=clock.now())
    return file.id


def make_rendered_video(*, owner_id: UUID) -> UUID:
    """The id of what stands for a video that was made ready for streaming, in one height."""
    content = b"\x00\x00\x00\x18ftypmp42" + bytes(32)
    file_id = make_file(owner_id=owner_id, name="video.mp4", content=content)
    key = f"renditions/{file_id.hex}/270"
    get_storage().save(key=key, content=io.BytesIO(content), content_type="video/mp2t")
    Rendition.objects.create(
        file_id=file_id, width=480, height=270, bandwidth=628_000, playlist="#EXTM3U\nsegments\n",
        storage_name=key, size=len(content),
    )  # fmt: skip
    MediaFile.objects.filter(id=file_id).update(rendering=RenderState.RENDERED)
    return file_id


def links_of_a_rendered_video(*, owner_id: UUID) -> tuple[str, str, str, str]:
    """The tokens of its playlist, of a rendition's, of that one's segments, and of its captions'."""
    video_id = make_rendered_video(owner_id=owner_id)
    captions_id = make_file(owner_id=owner_id, name="captions.vtt", content=_CAPTIONS)
    captions = [CaptionDocument(language="en", file_id=captions_id)]
    playlist = _token(playlist_path(file_id=video_id, captions=captions))
    lines = linked_playlist(token=playlist).splitlines()
    rendition = _token(lines[-1])
    segments = _token(linked_rendition(token=rendition).splitlines()[-1])
    return playlist, rendition, segments, _token(lines[2].rstrip('"'))


def give_cover(*, course_id: UUID, owner_id: UUID) -> UUID:
    """Have a published course show a picture. Answers its id."""
    cover_id = make_file(owner_id=owner_id, name="cover.svg", content=_DRAWING)
    Edition.objects.filter(course_id=course_id).update(cover_id=cover_id)
    return cover_id


def _token(link: str) -> str:
    return link.rstrip("/").rsplit("/", 1)[-1]


def make_course(
    *,
    owner_id: UUID | None = None,
    published: bool = True,
    price: Money = _PRICE,
    lessons: int | Sequence[Mapping[str, Any]] = TWO_LESSONS,
    modules: int = 1,
    category: Sequence[str] = ("Kitchen", "Bread"),
    editor_ids: Sequence[UUID] = (),
    now: datetime | None = None,
    **fields: Any,
) -> CourseSummary:
    """A course, published unless told otherwise, with `modules` modules of `lessons` each: articles when it
    is a number, else what `services.outline.add_lesson` takes. The owner needs no account. `fields` are the
    course's own.
    """
    owner = _instructor(owner_id or new_id())
    now = now or clock.now()
    course = create_course(
        owner_id=owner.id,
        fields={
            "title": "Bread from Three Ingredients",
            "subtitle": "Flour, water, salt",
            "description": "A loaf a week.",
            "language": "en",
            "level": "beginner",
            "price": price,
            "category": ensure_category(path=category).slug,
            **fields,
        },
        now=now,
    )
    if isinstance(lessons, int):
        lessons = [
            {"title": f"Lesson {number}", "kind": "article", "article": f"Text {number}."}
            for number in range(1, lessons + 1)
        ]
    for number in range(1, modules + 1):
        module = add_module(actor=owner, course_id=course.id, title=f"Module {number}", now=now)
        for lesson in lessons:
            add_lesson(actor=owner, module_id=module.id, fields=lesson, now=now)
    CourseEditor.objects.bulk_create(
        CourseEditor(course_id=course.id, user_id=user_id, added_at=now) for user_id in editor_ids
    )
    if published:
        publish_working_copy(course.id, now=now)
    return summarise_courses(ids=[course.id])[course.id]


def make_course_of_every_kind(*, owner_id: UUID | None = None, price: Money = _PRICE) -> CourseSummary:
    """A published course of an article with a picture and something to take along, a streamed video with
    captions, a file, and the quiz `QUIZ`, in this order. Nothing of it is a free preview. Needs `MEDIA_ROOT`.
    """
    course = make_course(owner_id=owner_id, price=price, published=False, lessons=())
    picture = make_file(owner_id=course.owner_id, name="loaf.svg", content=_DRAWING)
    sheet = make_file(owner_id=course.owner_id, name="sheet.txt", content=b"Rye, 500 g.")
    captions = make_file(owner_id=course.owner_id, name="feeding.vtt", content=_CAPTIONS)
    lessons = (
        LessonDocument(
            title="Why it rises", kind=LessonKind.ARTICLE, group="Reading", duration=300,
            is_downloadable=True, article=f"**Wild** yeast.\n\n![A loaf](media:{picture})",
            resources=(ResourceDocument(title="To print", file_id=sheet),),
        ),
        LessonDocument(
            title="Feeding", kind=LessonKind.VIDEO, file_id=make_rendered_video(owner_id=course.owner_id),
            captions=(CaptionDocument(language="bn", file_id=captions),),
        ),
        LessonDocument(title="Shopping", kind=LessonKind.FILE, file_id=sheet),
        LessonDocument(title="What have you learnt?", kind=LessonKind.QUIZ, quiz=read_quiz(QUIZ)),
    )  # fmt: skip
    with transaction.atomic():
        row = Course.objects.select_for_update().get(id=course.id)
        document = replace(working_copy(row), modules=(ModuleDocument(title="All", lessons=lessons),))
        write_working_copy(row, document, now=clock.now())
    publish_working_copy(course.id)
    return summarise_courses(ids=[course.id])[course.id]


def publish_working_copy(course_id: UUID, *, now: datetime | None = None) -> None:
    """Show readers what the course's authors wrote."""
    publish_course(actor=_ADMINISTRATOR, course_id=course_id, now=now or clock.now())


def outline_of(course_id: UUID) -> CourseOutline:
    """The outline of the course's working copy, to take lessons' ids from."""
    return CourseOutline(
        course_id=course_id,
        modules=tuple(
            ModuleOutline(
                id=module.id,
                title=module.title,
                lessons=tuple(
                    LessonSummary(
                        id=lesson.id,
                        title=lesson.title,
                        kind=LessonKind(lesson.kind),
                        group=lesson.group,
                        duration=lesson.duration,
                        is_preview=lesson.is_preview,
                        is_downloadable=lesson.is_downloadable,
                    )
                    for lesson in lessons
                ),
            )
            for module, lessons in modules_of(course_id=course_id)
        ),
    )


def _instructor(owner_id: UUID) -> Actor:
    return Actor(id=owner_id, roles=frozenset({"instructor"}), is_verified=True)
