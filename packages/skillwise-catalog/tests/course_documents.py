"""Courses as documents: Hypothesis strategies, and one that nobody may write."""

from typing import Any, Final
from uuid import UUID

from hypothesis import strategies as st
from skillwise_catalog.domain.documents import (
    CaptionDocument,
    CourseDocument,
    LessonDocument,
    ModuleDocument,
    ResourceDocument,
)
from skillwise_catalog.domain.quizzes import Choice, Question, QuestionKind, Quiz
from skillwise_catalog.dto import LessonKind
from skillwise_kernel.money import Money

__all__ = ["TOO_LONG_QUIZ", "course_documents", "outlines", "questions", "quizzes"]

#: Each of its texts is as long as one may be, and all are too long together.
TOO_LONG_QUIZ: Final = {"questions": [{"kind": "true_false", "text": "t" * 5_000, "is_true": True}] * 41}

words = st.text(st.sampled_from("abcxyz"), min_size=1, max_size=4)
lines = st.lists(words, max_size=3).map(tuple)
ids = st.integers(1, 12).map(lambda number: UUID(int=number))
decimals = st.decimals(-1000, 1000, places=2, allow_nan=False, allow_infinity=False)


def choices(kind: QuestionKind) -> st.SearchStrategy[tuple[Choice, ...]]:
    """Two to five, of which as many are right as a question of this kind has."""
    texts = st.lists(words, min_size=2, max_size=5)
    return st.tuples(texts, st.sets(st.integers(0, 4), min_size=1), st.uuids()).map(
        lambda drawn: _choices(kind, *drawn)
    )


def _choices(kind: QuestionKind, texts: list[str], right: set[int], seed: UUID) -> tuple[Choice, ...]:
    places = {place % len(texts) for place in right}
    if kind is QuestionKind.SINGLE:
        places = {min(places)}
    return tuple(
        Choice(id=UUID(int=(seed.int + place) % 2**128), text=text, is_correct=place in places)
        for place, text in enumerate(texts)
    )


def questions(kind: QuestionKind) -> st.SearchStrategy[Question]:
    own: dict[QuestionKind, dict[str, st.SearchStrategy[Any]]] = {
        QuestionKind.SINGLE: {"choices": choices(kind)},
        QuestionKind.MULTIPLE: {"choices": choices(kind)},
        QuestionKind.TRUE_FALSE: {"is_true": st.booleans()},
        QuestionKind.SHORT_TEXT: {"accepted": st.lists(words, min_size=1, max_size=3).map(tuple)},
        QuestionKind.NUMERIC: {"answer": decimals, "tolerance": decimals.map(abs)},
    }
    return st.builds(
        Question,
        id=st.uuids(),
        kind=st.just(kind),
        text=words,
        explanation=st.one_of(st.just(""), words),
        points=st.integers(1, 100),
        **own[kind],
    )


quizzes: st.SearchStrategy[Quiz] = st.builds(
    Quiz,
    questions=st.lists(
        st.sampled_from(QuestionKind).flatmap(questions),
        min_size=1,
        max_size=4,
        unique_by=lambda question: question.id,
    ).map(tuple),
    pass_percent=st.integers(0, 100),
)


def lessons(lesson_id: UUID) -> st.SearchStrategy[LessonDocument]:
    return st.builds(
        LessonDocument,
        id=st.just(lesson_id),
        title=words,
        kind=st.sampled_from(LessonKind),
        group=st.one_of(st.just(""), words),
        duration=st.integers(0, 3),
        is_preview=st.booleans(),
        is_downloadable=st.booleans(),
        article=st.lists(words, max_size=4).map("\n".join),
        quiz=st.none() | quizzes,
        captions=st.lists(st.builds(CaptionDocument, language=words, file_id=ids), max_size=2).map(tuple),
        resources=st.lists(st.builds(ResourceDocument, title=words, file_id=ids), max_size=2).map(tuple),
    )


@st.composite
def outlines(draw: st.DrawFn) -> tuple[ModuleDocument, ...]:
    """Modules and lessons with few different ids, so that two outlines have many in common."""
    module_ids = draw(st.lists(ids, max_size=3, unique=True))
    lesson_ids = draw(st.lists(ids, max_size=8, unique=True)) if module_ids else []
    home = [draw(st.sampled_from(module_ids)) for _ in lesson_ids]
    return tuple(
        ModuleDocument(
            id=module_id,
            title=draw(words),
            lessons=tuple(
                draw(lessons(lesson_id))
                for lesson_id, module in zip(lesson_ids, home, strict=True)
                if module == module_id
            ),
        )
        for module_id in module_ids
    )


course_documents: st.SearchStrategy[CourseDocument] = st.builds(
    CourseDocument,
    title=words,
    description=st.lists(words, max_size=4).map("\n".join),
    category=lines,
    tags=lines,
    outcomes=lines,
    price=st.none() | st.integers(0, 2).map(lambda amount: Money(amount, "USD")),
    cover_id=st.none() | ids,
    modules=outlines(),
)
