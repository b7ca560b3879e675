"""A whole course as one document: what versions keep, packages carry, copies are made from, and imports come
to.

`CourseDocument.as_json` writes it down and `read_document` reads it back; the two are inverse. Files are
referred to by id: within this catalogue a media file's, in a package an entry of its list of files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

from skillwise_catalog.domain.quizzes import Quiz, read_quiz
from skillwise_catalog.domain.references import media_spelled_in
from skillwise_catalog.dto import LessonKind

__all__ = [
    "DOCUMENT_FORMAT",
    "CaptionDocument",
    "CourseDocument",
    "LessonDocument",
    "ModuleDocument",
    "ResourceDocument",
    "read_document",
    "read_lesson",
]

#: Grows when a document of an older kind could be misread.
DOCUMENT_FORMAT: Final = "skillwise.course/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionDocument:
    """A WebVTT file in a language (BCP 47)."""

    language: str
    file_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceDocument:
    """A file to take along."""

    title: str
    file_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonDocument:
    """`duration` in seconds, 0 where unknown. Of `article` (Markdown), `video_url`, `file_id` and `quiz` that
    of its kind is set; a video has either an address or a file. `group` is the heading that it stands under
    in its module, if any.
    """

    title: str
    kind: LessonKind
    id: UUID = field(default_factory=new_id)
    group: str = ""
    duration: int = 0
    is_preview: bool = False
    is_downloadable: bool = False
    article: str = ""
    video_url: str = ""
    file_id: UUID | None = None
    quiz: Quiz | None = None
    captions: tuple[CaptionDocument, ...] = ()
    resources: tuple[ResourceDocument, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "title": self.title,
            "kind": self.kind.value,
            "group": self.group,
            "duration": self.duration,
            "is_preview": self.is_preview,
            "is_downloadable": self.is_downloadable,
            "article": self.article,
            "video_url": self.video_url,
            "file_id": _text_of(self.file_id),
            "quiz": self.quiz.as_written() if self.quiz else None,
            "captions": [
                {"language": caption.language, "file_id": str(caption.file_id)} for caption in self.captions
            ],
            "resources": [
                {"title": resource.title, "file_id": str(resource.file_id)} for resource in self.resources
            ],
        }

    @property
    def file_ids(self) -> frozenset[UUID]:
        """Every file that it names, in its Markdown too."""
        named = {caption.file_id for caption in self.captions} | {item.file_id for item in self.resources}
        shown = frozenset().union(*map(media_spelled_in, self.prose()))
        return shown | named | ({self.file_id} if self.file_id else set())

    def prose(self) -> Iterator[str]:
        """All Markdown in it."""
        yield self.article
        for question in self.quiz.questions if self.quiz else ():
            yield question.text
            yield question.explanation
            yield from (choice.text for choice in question.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleDocument:
    title: str
    lessons: tuple[LessonDocument, ...] = ()
    id: UUID = field(default_factory=new_id)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "title": self.title,
            "lessons": [lesson.as_json() for lesson in self.lessons],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDocument:
    """`description` is Markdown, `category` its names from the top of the tree down, `language` BCP 47."""

    title: str
    subtitle: str = ""
    description: str = ""
    language: str = ""
    level: str = ""
    category: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    price: Money | None = None
    cover_id: UUID | None = None
    promo_video_id: UUID | None = None
    promo_video_url: str = ""
    modules: tuple[ModuleDocument, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "format": DOCUMENT_FORMAT,
            "title": self.title,
            "subtitle": self.subtitle,
            "description": self.description,
            "language": self.language,
            "level": self.level,
            "category": list(self.category),
            "tags": list(self.tags),
            "outcomes": list(self.outcomes),
            "requirements": list(self.requirements),
            "audience": list(self.audience),
            "price": ({"amount": self.price.amount, "currency": self.price.currency} if self.price else None),
            "cover_id": _text_of(self.cover_id),
            "promo_video_id": _text_of(self.promo_video_id),
            "promo_video_url": self.promo_video_url,
            "modules": [module.as_json() for module in self.modules],
        }

    @property
    def lessons(self) -> tuple[LessonDocument, ...]:
        """In teaching order."""
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    @property
    def file_ids(self) -> frozenset[UUID]:
        """Every file that it names."""
        own = {file_id for file_id in (self.cover_id, self.promo_video_id) if file_id}
        own |= media_spelled_in(self.description)
        return frozenset(own.union(*(lesson.file_ids for lesson in self.lessons)))

    @property
    def duration(self) -> int:
        """Seconds, summed over the lessons."""
        return sum(lesson.duration for lesson in self.lessons)

    def with_new_ids(self) -> "CourseDocument":
        """The same course as another one: its modules and lessons are nobody's yet."""
        return replace(
            self,
            modules=tuple(
                replace(
                    module,
                    id=new_id(),
                    lessons=tuple(replace(lesson, id=new_id()) for lesson in module.lessons),
                )
                for module in self.modules
            ),
        )


def read_document(written: Mapping[str, Any]) -> CourseDocument:
    """The document that `CourseDocument.as_json` wrote. What strangers wrote is checked before."""
    return CourseDocument(
        title=written["title"],
        subtitle=written["subtitle"],
        description=written["description"],
        language=written["language"],
        level=written["level"],
        category=tuple(written["category"]),
        tags=tuple(written["tags"]),
        outcomes=tuple(written["outcomes"]),
        requirements=tuple(written["requirements"]),
        audience=tuple(written["audience"]),
        price=Money(**written["price"]) if written["price"] else None,
        cover_id=_id_of(written["cover_id"]),
        promo_video_id=_id_of(written["promo_video_id"]),
        promo_video_url=written["promo_video_url"],
        modules=tuple(_module(module) for module in written["modules"]),
    )


def read_lesson(written: Mapping[str, Any]) -> LessonDocument:
    """As `read_document`, of one lesson."""
    return LessonDocument(
        id=UUID(written["id"]),
        title=written["title"],
        kind=LessonKind(written["kind"]),
        group=written["group"],
        duration=written["duration"],
        is_preview=written["is_preview"],
        is_downloadable=written["is_downloadable"],
        article=written["article"],
        video_url=written["video_url"],
        file_id=_id_of(written["file_id"]),
        quiz=read_quiz(written["quiz"]) if written["quiz"] else None,
        captions=tuple(
            CaptionDocument(language=caption["language"], file_id=UUID(caption["file_id"]))
            for caption in written["captions"]
        ),
        resources=tuple(
            ResourceDocument(title=resource["title"], file_id=UUID(resource["file_id"]))
            for resource in written["resources"]
        ),
    )


def _module(written: Mapping[str, Any]) -> ModuleDocument:
    return ModuleDocument(
        id=UUID(written["id"]),
        title=written["title"],
        lessons=tuple(read_lesson(lesson) for lesson in written["lessons"]),
    )


def _text_of(file_id: UUID | None) -> str | None:
    return str(file_id) if file_id else None


def _id_of(text: str | None) -> UUID | None:
    return UUID(text) if text else None
