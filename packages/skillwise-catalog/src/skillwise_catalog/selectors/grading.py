"""Quizzes as learners answered them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import F, JSONField
from django.db.models.expressions import RawSQL
from skillwise_kernel.errors import FieldProblem

from skillwise_catalog.domain.attempts import correct_answer, is_right, read_answers
from skillwise_catalog.domain.documents import read_lesson
from skillwise_catalog.domain.quizzes import Quiz
from skillwise_catalog.dto import GradedQuestion, GradedQuiz
from skillwise_catalog.errors import AnswersRefusedError, LessonNotFoundError, NotAQuizError
from skillwise_catalog.models import CourseVersion, EditionLesson
from skillwise_catalog.selectors.contents import shown_html, shown_quiz

__all__ = ["graded_quiz"]


def graded_quiz(*, lesson_id: UUID, answers: Mapping[str, Any], version: int | None = None) -> GradedQuiz:
    """Grade answers, by their questions' ids, to the quiz as it stood in this version of its course; None:
    the one published last. A lesson that the version left out is taken as the last one before had it.

    Raises `LessonNotFoundError` for a lesson that never was published, `NotAQuizError`, and
    `AnswersRefusedError` with pointers into `{"version": …, "answers": {…}}`. At most two queries.
    """
    lesson = EditionLesson.objects.filter(id=lesson_id).annotate(number=F("edition__number")).first()
    if lesson is None:
        raise LessonNotFoundError
    version = lesson.number if version is None else version
    if version > lesson.number:
        raise _unknown_version()
    written = lesson.document if version == lesson.number else _written_in(lesson, version)
    quiz = read_lesson(written).quiz
    if quiz is None:
        raise NotAQuizError
    return _graded(quiz, answers, lesson=lesson, version=version)


def _written_in(lesson: EditionLesson, version: int) -> dict[str, Any]:
    """The lesson's document in a version, or in the last one before that had it."""
    path = f'$.modules[*].lessons[*] ? (@.id == "{lesson.id}")'
    written: dict[str, Any] | None = (
        CourseVersion.objects.filter(course_id=lesson.edition_id, number__lte=version)
        .annotate(
            lesson=RawSQL("jsonb_path_query_first(document, %s::jsonpath)", [path], output_field=JSONField())
        )
        .filter(lesson__isnull=False)
        .order_by("-number")
        .values_list("lesson", flat=True)
        .first()
    )
    if written is None:
        raise _unknown_version()
    return written


def _unknown_version() -> AnswersRefusedError:
    message = "The lesson was in no such version of its course."
    return AnswersRefusedError(fields=(FieldProblem("/version", "unknown_version", message),))


def _graded(quiz: Quiz, given: Mapping[str, Any], *, lesson: EditionLesson, version: int) -> GradedQuiz:
    answers = read_answers(quiz, given)
    right = {question.id: is_right(question, answers.get(question.id)) for question in quiz.questions}
    questions = tuple(
        GradedQuestion(
            id=question.id,
            shown=shown,
            answer=answers.get(question.id),
            is_right=right[question.id],
            earned=question.points if right[question.id] else 0,
            correct=correct_answer(question),
            explanation=question.explanation,
            explanation_html=shown_html(question.explanation),
        )
        for question, shown in zip(quiz.questions, shown_quiz(quiz)["questions"], strict=True)
    )
    return GradedQuiz(
        course_id=lesson.edition_id,
        lesson_id=lesson.id,
        version=version,
        pass_percent=quiz.pass_percent,
        earned=sum(question.earned for question in questions),
        points=sum(question.points for question in quiz.questions),
        questions=questions,
    )
