"""Catalog's door: what courses there are, what they consist of, and the figures that others have of them.

Nothing here asks who is calling: who may see a lesson's content is for the caller to decide.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from skillwise_catalog.dto import (
    CorrectAnswer,
    CourseInstructors,
    CourseOutline,
    CourseStatus,
    CourseSummary,
    GradedQuestion,
    GradedQuiz,
    ImportReport,
    LessonCaptions,
    LessonContent,
    LessonKind,
    LessonResource,
    LessonSummary,
    ModuleOutline,
    QuestionKind,
    RowProblem,
)
from skillwise_catalog.selectors import courses, grading, instructors, outlines
from skillwise_catalog.services import figures, importing

__all__ = [
    "CorrectAnswer",
    "CourseInstructors",
    "CourseOutline",
    "CourseStatus",
    "CourseSummary",
    "GradedQuestion",
    "GradedQuiz",
    "ImportReport",
    "LessonCaptions",
    "LessonContent",
    "LessonKind",
    "LessonResource",
    "LessonSummary",
    "ModuleOutline",
    "QuestionKind",
    "RowProblem",
    "find_course_of_lessons",
    "get_courses",
    "get_courses_with_also_bought",
    "get_instructors",
    "get_lesson_content",
    "get_outlines",
    "get_owned_course_ids",
    "grade_quiz",
    "import_demo_catalog",
    "set_also_bought",
    "set_course_rating",
    "set_enrollment_count",
]


def get_courses(*, ids: Collection[UUID]) -> dict[UUID, CourseSummary]:
    """The courses with these ids as they were published last, unpublished ones among them; ids that no course
    has are left out, and so are drafts that nobody has set a price for: they never were published. One query,
    however many.
    """
    return courses.summarise_courses(ids=ids)


def get_outlines(*, course_ids: Collection[UUID]) -> dict[UUID, CourseOutline]:
    """The modules and lessons of the courses with these ids, in teaching order, as they were published last;
    courses that never were are left out. One query, however many.
    """
    return outlines.outline_courses(course_ids=course_ids)


def get_lesson_content(*, lesson_id: UUID) -> LessonContent:
    """What a lesson consists of, as it was published last: of an unpublished course too, and when a later
    version left it out. Links expire within minutes, a video's within hours: ask anew for each reader.

    Raises `LessonNotFoundError`. At most two queries.
    """
    return outlines.lesson_content(lesson_id=lesson_id)


def grade_quiz(*, lesson_id: UUID, answers: Mapping[str, Any], version: int | None = None) -> GradedQuiz:
    """Grade answers to the quiz that a lesson is, as it stood in this version of its course; None: the one
    published last. The graded quiz tells the right answers: it is for who has answered.

    `answers` is JSON by the questions' ids: a choice's id of single, a list of them of multiple, a boolean of
    true_false, text of short_text, a number (as JSON or text) of numeric; null or left out is wrong. Raises
    `LessonNotFoundError`, `NotAQuizError`, and `AnswersRefusedError` with pointers such as `/answers/<id>`
    and `/version`. At most two queries.
    """
    return grading.graded_quiz(lesson_id=lesson_id, answers=answers, version=version)


def find_course_of_lessons(*, lesson_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The id of the course that each of these lessons belongs to, those that later versions left out among
    them; lessons that never were published are left out. One query,
    however many.
    """
    return outlines.courses_of_lessons(lesson_ids=lesson_ids)


def get_courses_with_also_bought() -> frozenset[UUID]:
    """The ids of the courses that show what `set_also_bought` said of them. One query."""
    return courses.courses_with_also_bought()


def get_instructors(*, course_ids: Collection[UUID]) -> dict[UUID, CourseInstructors]:
    """Who teaches each of these courses, drafts among them, at this moment. Two queries, however many."""
    return instructors.instructors_of_courses(course_ids=course_ids)


def get_owned_course_ids(*, owner_id: UUID) -> frozenset[UUID]:
    """The ids of all courses of this owner, drafts among them. One query."""
    return courses.owned_course_ids(owner_id=owner_id)


def set_also_bought(*, course_id: UUID, course_ids: Sequence[UUID]) -> None:
    """Let the storefront show what buyers of the course bought too, the most bought first. The same again
    changes nothing, and so does a course that never was published.
    """
    figures.set_also_bought(course_id=course_id, course_ids=course_ids)


def set_course_rating(*, course_id: UUID, average: Decimal | None, count: int) -> None:
    """Let the storefront show this rating: `average` from 1 to 5, None while `count` is 0. The same again
    changes nothing.

    Raises `CourseNotFoundError`.
    """
    figures.set_rating(course_id=course_id, average=average, count=count)


def set_enrollment_count(*, course_id: UUID, count: int) -> None:
    """Let the storefront show that `count` people are enrolled. The same again changes nothing.

    Raises `CourseNotFoundError`.
    """
    figures.set_enrollment_count(course_id=course_id, count=count)


def import_demo_catalog(*, owner_ids: Sequence[UUID], now: datetime) -> ImportReport:
    """Load and publish the demonstration catalogue, its courses belonging to these people in turn. A second
    time changes nothing.
    """
    return importing.import_demo_catalog(owner_ids=owner_ids, now=now)
