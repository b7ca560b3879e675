"""Quizzes: what is refused, and what is shown."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from course_documents import quizzes
from hypothesis import given
from skillwise_catalog.domain.imports.lessons import quiz_lessons
from skillwise_catalog.domain.quizzes import MAX_QUESTIONS, MAX_QUIZ_LENGTH, Quiz, read_new_quiz, read_quiz
from skillwise_catalog.errors import QuizRefusedError
from skillwise_kernel.ids import new_id

ONE, TWO, THREE = (str(new_id()) for _ in range(3))


def choices(*right: str) -> list[dict[str, Any]]:
    return [{"id": name, "text": f"Choice {name}", "is_correct": name in right} for name in (ONE, TWO, THREE)]


def question(kind: str, **own: Any) -> dict[str, Any]:
    return {"kind": kind, "text": "What?", **own}


def problems(quiz: object) -> dict[str, str]:
    with pytest.raises(QuizRefusedError) as refused:
        read_quiz(quiz)
    return {problem.pointer: problem.code for problem in refused.value.fields}


@given(quizzes)
def test_what_is_written_is_read_as_it_was(quiz: Quiz) -> None:
    assert read_quiz(quiz.as_written()) == quiz


@given(quizzes)
def test_what_learners_see_tells_no_answer(quiz: Quiz) -> None:
    shown = quiz.as_shown()

    assert set(shown) == {"pass_percent", "questions"}
    for one in shown["questions"]:
        assert set(one) <= {"id", "kind", "text", "points", "choices"}
        for choice in one.get("choices", []):
            assert set(choice) == {"id", "text"}


def test_a_new_quiz_has_a_bounded_length_in_all_and_one_that_is_kept_is_read_whatever_it_has() -> None:
    def quiz_of(length: int) -> dict[str, Any]:
        texts = [3_000] * 66  # of a question, its explanation and a choice
        texts[-1] += length - sum(texts)
        parts = zip(texts[::3], texts[1::3], texts[2::3], strict=True)
        return {
            "questions": [
                {
                    **question("multiple", choices=two_choices(of)),
                    "text": "t" * text,
                    "explanation": "e" * explanation,
                }
                for text, explanation, of in parts
            ]
        }

    assert read_new_quiz(quiz_of(MAX_QUIZ_LENGTH))
    with pytest.raises(QuizRefusedError) as refused:
        read_new_quiz(quiz_of(MAX_QUIZ_LENGTH + 1))
    assert [(problem.pointer, problem.code) for problem in refused.value.fields] == [
        ("/quiz/questions", "max_length")
    ]
    assert read_quiz(quiz_of(MAX_QUIZ_LENGTH + 1))


def test_questions_of_an_import_are_as_many_quizzes_as_their_number_and_length_need() -> None:
    short = question("true_false", is_true=True)
    long = {**short, "explanation": "e" * 4_996}
    questions = read_quiz({"questions": [short] * 100}).questions
    questions += read_quiz({"questions": [short] * 50 + [long] * 50}).questions

    lessons = list(quiz_lessons(questions, title="Quiz", group=""))

    together = [lesson.quiz.questions for lesson in lessons if lesson.quiz]
    assert [question for quiz in together for question in quiz] == list(questions)
    assert [len(quiz) for quiz in together] == [100, 89, 11]
    assert all(sum(question.length for question in quiz) <= MAX_QUIZ_LENGTH for quiz in together)


def two_choices(length: int) -> list[dict[str, Any]]:
    return [{"text": "c" * (length - 1), "is_correct": True}, {"text": "c", "is_correct": False}]


def test_ids_are_given_to_what_has_none_and_kept_by_what_has() -> None:
    quiz = read_quiz(
        {
            "questions": [
                {**question("single", choices=choices(ONE)), "id": ONE},
                question("true_false", is_true=True),
            ]
        }
    )

    assert quiz.questions[0].id == UUID(ONE)
    assert [str(choice.id) for choice in quiz.questions[0].choices] == [ONE, TWO, THREE]
    assert quiz.questions[1].id.version == 7


@pytest.mark.parametrize(
    ("quiz", "refused"),
    [
        (None, {"/quiz": "invalid"}),
        ([], {"/quiz": "invalid"}),
        ({}, {"/quiz/questions": "required"}),
        ({"questions": []}, {"/quiz/questions": "required"}),
        ({"questions": "all"}, {"/quiz/questions": "required"}),
        (
            {"questions": [question("true_false", is_true=True)] * (MAX_QUESTIONS + 1)},
            {"/quiz/questions": "max_length"},
        ),
        ({"questions": [5]}, {"/quiz/questions/0": "invalid"}),
        ({"questions": [question("essay")]}, {"/quiz/questions/0/kind": "invalid_choice"}),
        ({"questions": [question(["single"])]}, {"/quiz/questions/0/kind": "invalid_choice"}),  # type: ignore[arg-type]
        ({"questions": [question("true_false")]}, {"/quiz/questions/0/is_true": "required"}),
        (
            {"questions": [question("true_false", is_true=True, hint="No")], "pass_percent": 101, "x": 1},
            {"/quiz/x": "unknown", "/quiz/pass_percent": "invalid", "/quiz/questions/0/hint": "unknown"},
        ),
        (
            {"questions": [question("true_false", is_true=True, points=0, explanation=7)]},
            {"/quiz/questions/0/points": "invalid", "/quiz/questions/0/explanation": "invalid"},
        ),
        (
            {"questions": [{**question("true_false", is_true=True), "text": " "}]},
            {"/quiz/questions/0/text": "blank"},
        ),
        (
            {"questions": [{**question("true_false", is_true=True), "id": "first"}]},
            {"/quiz/questions/0/id": "invalid"},
        ),
        (
            {"questions": [{**question("true_false", is_true=True), "id": ONE}] * 2},
            {"/quiz/questions": "duplicate"},
        ),
        ({"questions": [question("single")]}, {"/quiz/questions/0/choices": "min_length"}),
        (
            {"questions": [question("single", choices=choices(ONE)[:1])]},
            {"/quiz/questions/0/choices": "min_length"},
        ),
        (
            {"questions": [question("single", choices=choices(ONE) * 7)]},
            {"/quiz/questions/0/choices": "max_length"},
        ),
        (
            {"questions": [question("single", choices=choices(ONE, TWO))]},
            {"/quiz/questions/0/choices": "invalid"},
        ),
        ({"questions": [question("multiple", choices=choices())]}, {"/quiz/questions/0/choices": "invalid"}),
        (
            {
                "questions": [
                    question("multiple", choices=[*choices(ONE), {"text": "Four", "is_correct": "yes"}, 5])
                ]
            },
            {"/quiz/questions/0/choices/3/is_correct": "required", "/quiz/questions/0/choices/4": "invalid"},
        ),
        ({"questions": [question("short_text", accepted=[])]}, {"/quiz/questions/0/accepted": "required"}),
        (
            {"questions": [question("short_text", accepted=["ok", "\u202eno", 3])]},
            {
                "/quiz/questions/0/accepted/1": "unprintable_character",
                "/quiz/questions/0/accepted/2": "invalid",
            },
        ),
        (
            {"questions": [question("numeric", answer="many", tolerance=-1)]},
            {"/quiz/questions/0/answer": "invalid", "/quiz/questions/0/tolerance": "min_value"},
        ),
        ({"questions": [question("numeric")]}, {"/quiz/questions/0/answer": "invalid"}),
        (
            {"questions": [question("numeric", answer=1, choices=[])]},
            {"/quiz/questions/0/choices": "unknown"},
        ),
    ],
)
def test_what_is_no_quiz_is_refused_with_everything_wrong_in_it(
    quiz: object, refused: dict[str, str]
) -> None:
    assert problems(quiz) == refused


def test_points_and_tolerances_default() -> None:
    (only,) = read_quiz({"questions": [question("numeric", answer=1)]}).questions

    assert (only.points, only.tolerance) == (1, Decimal(0))
