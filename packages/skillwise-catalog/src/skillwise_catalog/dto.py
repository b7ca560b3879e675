"""What crosses catalog's door."""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from skillwise_kernel.money import Money

__all__ = [
    "ChangeKind",
    "CorrectAnswer",
    "CourseInstructors",
    "CourseOutline",
    "CourseStatus",
    "CourseSummary",
    "GradedQuestion",
    "GradedQuiz",
    "ImportReport",
    "InstructorRole",
    "LessonCaptions",
    "LessonContent",
    "LessonKind",
    "LessonResource",
    "LessonSummary",
    "ModuleOutline",
    "QuestionKind",
    "RowProblem",
]


class CourseStatus(enum.StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class LessonKind(enum.StrEnum):
    VIDEO = "video"
    ARTICLE = "article"
    FILE = "file"
    QUIZ = "quiz"


class QuestionKind(enum.StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    SHORT_TEXT = "short_text"
    NUMERIC = "numeric"


class ChangeKind(enum.StrEnum):
    """What became of a module or lesson between two versions; `changed`: what it says, beside its title."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    RENAMED = "renamed"
    CHANGED = "changed"


class InstructorRole(enum.StrEnum):
    """Of a course. Its one owner decides about it; editors write it."""

    OWNER = "owner"
    EDITOR = "editor"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseInstructors:
    """Who teaches a course; editors in the order in which they came."""

    course_id: UUID
    owner_id: UUID
    editor_ids: tuple[UUID, ...]

    @property
    def ids(self) -> frozenset[UUID]:
        return frozenset((self.owner_id, *self.editor_ids))


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseSummary:
    id: UUID
    slug: str
    title: str
    owner_id: UUID
    price: Money
    status: CourseStatus
    published_at: datetime | None

    @property
    def is_published(self) -> bool:
        return self.status is CourseStatus.PUBLISHED

    @property
    def is_free(self) -> bool:
        return self.price.is_zero


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonSummary:
    """`group` is the heading that it stands under in its module, if any. `duration` in whole seconds; 0 where
    unknown.
    """

    id: UUID
    title: str
    kind: LessonKind
    group: str
    duration: int
    is_preview: bool
    is_downloadable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleOutline:
    id: UUID
    title: str
    lessons: tuple[LessonSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseOutline:
    """Modules and their lessons in teaching order."""

    course_id: UUID
    modules: tuple[ModuleOutline, ...]

    @property
    def lessons(self) -> tuple[LessonSummary, ...]:
        return tuple(lesson for module in self.modules for lesson in module.lessons)


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonCaptions:
    """What is said in a video, as WebVTT in a language (BCP 47)."""

    language: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonResource:
    """A file to take along. `size` in bytes."""

    title: str
    name: str
    content_type: str
    size: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonContent:
    """A lesson as a learner plays it. Of `article`, `video_url`, `file_url` and `quiz` that of its kind is
    set; a video has either an address or a file, and `playlist_url` (HLS) where that was made ready for
    streaming.

    `version` is the number of the course's version that it is read from; None: the working copy. `article` is
    Markdown, `article_html` what is safe to show of it. `quiz` is JSON without the answers: as
    `Quiz.as_shown`, with `text_html` beside each `text`. `file_size` in bytes. Every `url` but `video_url` is
    a path below the API's origin, signed, and expires; so are those that the HTML names.
    """

    id: UUID
    course_id: UUID
    module_id: UUID
    version: int | None
    title: str
    kind: LessonKind
    group: str
    duration: int
    is_preview: bool
    is_downloadable: bool
    article: str | None
    article_html: str | None
    video_url: str | None
    playlist_url: str | None
    file_url: str | None
    file_name: str | None
    file_size: int | None
    captions: tuple[LessonCaptions, ...]
    resources: tuple[LessonResource, ...]
    quiz: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectAnswer:
    """What a question takes for right: those of its kind are set. `number` and `tolerance` are decimal
    numbers as text.
    """

    choice_ids: tuple[UUID, ...] = ()
    is_true: bool | None = None
    accepted: tuple[str, ...] = ()
    number: str | None = None
    tolerance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedQuestion:
    """`shown` is the question as `LessonContent.quiz` has it. `answer` is what was answered, as JSON: a
    choice's id, a list of them, a boolean, text, or a number as text; None: nothing. `earned` is all of its
    points or none. `explanation` is Markdown, `explanation_html` what is safe to show of it.
    """

    id: UUID
    shown: dict[str, Any]
    answer: str | list[str] | bool | None
    is_right: bool
    earned: int
    correct: CorrectAnswer
    explanation: str
    explanation_html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedQuiz:
    """Answers to a quiz, as it stands in this version of its course. `percent` is a whole number from 0 to
    100, rounded down, of the points that there are.
    """

    course_id: UUID
    lesson_id: UUID
    version: int
    pass_percent: int
    earned: int
    points: int
    questions: tuple[GradedQuestion, ...]

    @property
    def percent(self) -> int:
        return 100 * self.earned // self.points

    @property
    def is_passed(self) -> bool:
        return self.percent >= self.pass_percent


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row of an imported file is not in the catalogue, or not as asked. `line` counts from 1, the
    header's.
    """

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """How many courses of a file were new, changed, and as they were; how many were published; and what was
    wrong.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    published: int = 0
    problems: tuple[RowProblem, ...] = ()
