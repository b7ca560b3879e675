"""For the tests of this and other packages: courses made the way people make them."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from skillwise_kernel import clock
from skillwise_kernel.actor import Actor
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

from skillwise_catalog.dto import CourseOutline, CourseSummary, LessonKind, LessonSummary, ModuleOutline
from skillwise_catalog.gateways import get_storage
from skillwise_catalog.models import CourseEditor, Rendition
from skillwise_catalog.selectors.courses import summarise_courses
from skillwise_catalog.selectors.media import linked_playlist, linked_rendition, playlist_path
from skillwise_catalog.selectors.outlines import modules_of
from skillwise_catalog.services.categories import ensure_category
from skillwise_catalog.services.courses import create_course
from skillwise_catalog.services.lifecycle import publish_course
from skillwise_catalog.services.outline import add_lesson, add_module
from skillwise_catalog.services.uploads.taking import store_upload

__all__ = ["TWO_LESSONS", "links_of_a_rendered_video", "make_course", "outline_of", "publish_working_copy"]

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

_PRICE: Final = Money(4999, "USD")
_ADMINISTRATOR: Final = Actor(id=new_id(), roles=frozenset({"admin"}), is_verified=True)


def links_of_a_rendered_video(*, owner_id: UUID) -> tuple[str, str, str]:
    """The tokens of what stands for a streaming video: of its playlist, a rendition's, its segments."""
    content = io.BytesIO(b"\x00\x00\x00\x18ftypmp42" + bytes(32))
    file = store_upload(owner_id=owner_id, name="video.mp4", content=content, now=clock.now())
    content.seek(0)
    key = f"renditions/{file.id.hex}/270"
    get_storage().save(key=key, content=content, content_type="video/mp2t")
    Rendition.objects.create(
        file=file, width=480, height=270, bandwidth=628_000, playlist="#EXTM3U\nsegments\n", storage_name=key,
        size=content.tell(),
    )  # fmt: skip
    tokens = [_token(playlist_path(file_id=file.id))]
    tokens.append(_token(linked_playlist(token=tokens[0]).splitlines()[-1]))
    tokens.append(_token(linked_rendition(token=tokens[1]).splitlines()[-1]))
    return tokens[0], tokens[1], tokens[2]


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
                        duration=lesson.duration,
                        is_preview=lesson.is_preview,
                    )
                    for lesson in lessons
                ),
            )
            for module, lessons in modules_of(course_id=course_id)
        ),
    )


def _instructor(owner_id: UUID) -> Actor:
    return Actor(id=owner_id, roles=frozenset({"instructor"}), is_verified=True)
