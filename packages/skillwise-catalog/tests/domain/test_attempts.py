"""Attempts: which answers are right, and which are none."""

from typing import Any

import pytest
from course_documents import quizzes
from hypothesis import given
from hypothesis import strategies as st
from skillwise_catalog.domain.attempts import correct_answer, is_right, read_answers
from skillwise_catalog.domain.quizzes import MAX_QUESTIONS, Question, QuestionKind, Quiz, read_quiz
from skillwise_catalog.dto import CorrectAnswer
from skillwise_catalog.errors import AnswersRefusedError
from skillwise_kernel.ids import new_id

ONE, TWO, THREE = (str(new_id()) for _ in range(3))


def choices(*right: str) -> list[dict[str, Any]]:
    return [{"id": name, "text": f"Choice {name}", "is_correct": name in right} for name in (ONE, TWO, THREE)]


def asked(kind: str, **own: Any) -> Quiz:
    return read_quiz({"questions": [{"kind": kind, "text": "What?", **own}]})


def is_accepted(quiz: Quiz, answer: object) -> bool:
    (only,) = quiz.questions
    return is_right(only, read_answers(quiz, {str(only.id): answer}).get(only.id))


def refusals(quiz: Quiz, given: dict[str, object]) -> dict[str, str]:
    with pytest.raises(AnswersRefusedError) as refused:
        read_answers(quiz, given)
    return {problem.pointer: problem.code for problem in refused.value.fields}


def refusal(quiz: Quiz, answer: object) -> str:
    (only,) = quiz.questions
    (code,) = refusals(quiz, {str(only.id): answer}).values()
    return code


def test_of_a_single_choice_the_right_one_alone_is_right() -> None:
    quiz = asked("single", choices=choices(TWO))

    assert is_accepted(quiz, TWO)
    assert is_accepted(quiz, TWO.upper())
    assert not is_accepted(quiz, ONE)
    assert not is_accepted(quiz, None)
    for wrong in (str(new_id()), [TWO], "", 2, f"{TWO}x", True):
        assert refusal(quiz, wrong) == "unknown_choice"


def test_of_multiple_choices_all_the_right_ones_and_no_other_are_right() -> None:
    quiz = asked("multiple", choices=choices(ONE, THREE))

    assert is_accepted(quiz, [THREE, ONE])
    assert is_accepted(quiz, [ONE, THREE, ONE.upper()])
    for wrong in ([ONE], [ONE, TWO, THREE], [], None):
        assert not is_accepted(quiz, wrong)
    for wrong in (ONE, {ONE: True}, [ONE] * 101):
        assert refusal(quiz, wrong) == "invalid"
    for wrong in ([ONE, str(new_id())], [1, 2], [[ONE], [THREE]]):
        assert refusal(quiz, wrong) == "unknown_choice"


def test_true_is_true_and_nothing_else_is() -> None:
    quiz = asked("true_false", is_true=True)

    assert is_accepted(quiz, answer=True)
    assert not is_accepted(quiz, answer=False)
    assert is_accepted(asked("true_false", is_true=False), answer=False)
    assert not is_accepted(asked("true_false", is_true=False), None)
    for wrong in (1, "true", "True", [True]):
        assert refusal(quiz, wrong) == "invalid"


@pytest.mark.parametrize("answer", ["Crème brûlée", "creme brulee", "  CRÈME   BRÛLÉE ", "crème brûlée"])
def test_text_is_compared_without_case_accents_and_surplus_blanks(answer: str) -> None:
    assert is_accepted(asked("short_text", accepted=["Custard", "Crème brûlée"]), answer)


@pytest.mark.parametrize("answer", ["creme", "cremebrulee", "", "  ", None])
def test_another_text_is_wrong(answer: object) -> None:
    assert not is_accepted(asked("short_text", accepted=["Custard", "Crème brûlée"]), answer)


def test_a_sharp_s_is_two() -> None:
    assert is_accepted(asked("short_text", accepted=["Straße"]), "STRASSE")


@pytest.mark.parametrize(
    ("answer", "code"),
    [(5, "invalid"), (["a"], "invalid"), ("a" * 201, "max_length"), ("a\0", "unprintable_character")],
)
def test_what_is_no_text_is_refused(answer: object, code: str) -> None:
    assert refusal(asked("short_text", accepted=["a"]), answer) == code


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        *((2.5, True), ("2.5", True), (" 2.50 ", True), (2.4, True), ("2.6", True), ("25e-1", True)),
        *(("2.61", False), (2.39, False), (None, False), (" ", False), ("২.৫", True)),
    ],
)
def test_a_number_is_right_within_the_tolerance(answer: object, right: bool) -> None:
    assert is_accepted(asked("numeric", answer="2.5", tolerance="0.1"), answer) == right


@pytest.mark.parametrize("answer", ["2,5", True, "NaN", "Infinity", "1e999999", [2.5], "many"])
def test_what_is_no_number_is_refused(answer: object) -> None:
    assert refusal(asked("numeric", answer="2.5"), answer) == "invalid"


def test_without_a_tolerance_a_number_is_right_exactly() -> None:
    quiz = asked("numeric", answer=42)

    assert is_accepted(quiz, 42)
    assert is_accepted(quiz, "42.0")
    assert not is_accepted(quiz, "42.0000001")


def test_everything_that_is_no_answer_is_told_at_once() -> None:
    quiz = read_quiz(
        {
            "questions": [
                {"id": ONE, "kind": "true_false", "text": "Is it?", "is_true": True},
                {"id": TWO, "kind": "numeric", "text": "How much?", "answer": 1},
            ]
        }
    )

    assert refusals(quiz, {ONE: "yes", TWO: "many", THREE: True, "a/b~": 1, ONE.upper(): True}) == {
        f"/answers/{ONE}": "invalid",
        f"/answers/{TWO}": "invalid",
        f"/answers/{THREE}": "unknown_question",
        "/answers/a~1b~0": "unknown_question",
    }
    assert refusals(quiz, {ONE: True, ONE.upper(): True}) == {f"/answers/{ONE.upper()}": "duplicate"}
    assert refusals(quiz, {str(number): 1 for number in range(MAX_QUESTIONS + 1)}) == {
        "/answers": "max_length"
    }


def test_what_is_right_is_told_in_the_form_of_each_kind() -> None:
    def told(kind: str, **own: Any) -> CorrectAnswer:
        (only,) = asked(kind, **own).questions
        return correct_answer(only)

    single = told("single", choices=choices(TWO))
    assert [str(choice) for choice in single.choice_ids] == [TWO]
    assert told("true_false", is_true=False) == CorrectAnswer(is_true=False)
    assert told("short_text", accepted=["a", "b"]) == CorrectAnswer(accepted=("a", "b"))
    assert told("numeric", answer="1e3") == CorrectAnswer(number="1000", tolerance="0")


def right_answer(question: Question) -> object:
    correct = correct_answer(question)
    match question.kind:
        case QuestionKind.SINGLE:
            return str(correct.choice_ids[0])
        case QuestionKind.MULTIPLE:
            return [str(choice) for choice in correct.choice_ids]
        case QuestionKind.TRUE_FALSE:
            return correct.is_true
        case QuestionKind.SHORT_TEXT:
            return correct.accepted[-1]
        case QuestionKind.NUMERIC:
            return correct.number


@given(quizzes)
def test_whoever_answers_what_was_told_is_right(quiz: Quiz) -> None:
    given = {str(question.id): right_answer(question) for question in quiz.questions}

    answers = read_answers(quiz, given)

    assert all(is_right(question, answers.get(question.id)) for question in quiz.questions)
    assert read_answers(quiz, {str(name): answer for name, answer in answers.items()}) == answers


@given(quizzes, st.data())
def test_whatever_is_sent_is_answers_or_refused(quiz: Quiz, data: st.DataObject) -> None:
    ids = st.sampled_from([str(question.id) for question in quiz.questions]) | st.text()
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | ids
    given = data.draw(st.dictionaries(ids, st.recursive(leaves, st.lists, max_leaves=5), max_size=5))

    try:
        answers = read_answers(quiz, given)
    except AnswersRefusedError:
        return
    assert set(answers) <= {question.id for question in quiz.questions}
