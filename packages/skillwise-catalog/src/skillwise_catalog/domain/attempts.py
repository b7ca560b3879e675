"""Attempts at quizzes: which answers there can be to a quiz, and which are right. Pure."""

import unicodedata
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from skillwise_kernel.errors import FieldProblem

from skillwise_catalog.domain.quizzes import (
    MAX_ANSWER_LENGTH,
    MAX_QUESTIONS,
    Question,
    QuestionKind,
    Quiz,
    read_number,
)
from skillwise_catalog.domain.text import TextRefusedError, clean_line
from skillwise_catalog.dto import CorrectAnswer
from skillwise_catalog.errors import AnswersRefusedError

__all__ = ["Answer", "correct_answer", "is_right", "read_answers"]

#: A choice's id, a list of them, a boolean, text, or a number as text.
Answer = str | list[str] | bool

_MAX_CHOSEN: Final = 100


def read_answers(quiz: Quiz, given: Mapping[str, object]) -> dict[UUID, Answer]:
    """The answers that JSON gives to questions of the quiz, by the questions' ids, in one spelling: ids in
    small letters, chosen ones in the order of the choices, text clean, numbers as text. What is null or blank
    is no answer.

    Raises `AnswersRefusedError` with a pointer for each that is of another form than its question's, names
    what the quiz does not have, or comes twice.
    """
    if len(given) > MAX_QUESTIONS:
        message = f"A quiz has at most {MAX_QUESTIONS} questions."
        raise AnswersRefusedError(fields=(FieldProblem("/answers", "max_length", message),))
    questions = {question.id: question for question in quiz.questions}
    answers: dict[UUID, Answer] = {}
    problems: list[FieldProblem] = []
    for name, value in given.items():
        question_id = _id_of(name)
        try:
            if question_id is None or question_id not in questions:
                raise TextRefusedError("unknown_question", "The quiz has no such question.")
            if question_id in answers:
                raise TextRefusedError("duplicate", "This question is answered twice.")
            answer = _read(questions[question_id], value)
        except TextRefusedError as exc:
            problems.append(FieldProblem(f"/answers/{_escaped(name)}", exc.code, str(exc)))
            continue
        if answer is not None:
            answers[question_id] = answer
    if problems:
        raise AnswersRefusedError(fields=tuple(problems))
    return answers


def is_right(question: Question, answer: Answer | None) -> bool:
    """Whether an answer that `read_answers` gave is right, wholly; none is wrong. Text is compared without
    case, accents and surplus blanks.
    """
    match question.kind:
        case QuestionKind.SINGLE:
            return answer in _right_choices(question)
        case QuestionKind.MULTIPLE:
            return answer == _right_choices(question)
        case QuestionKind.TRUE_FALSE:
            return answer is question.is_true
        case QuestionKind.SHORT_TEXT:
            return isinstance(answer, str) and _folded(answer) in map(_folded, question.accepted)
        case QuestionKind.NUMERIC:
            number = read_number(answer)
            return (
                number is not None
                and question.answer is not None
                and abs(number - question.answer) <= question.tolerance
            )


def correct_answer(question: Question) -> CorrectAnswer:
    """What the question takes for right, for after the attempt."""
    is_number = question.answer is not None
    return CorrectAnswer(
        choice_ids=tuple(choice.id for choice in question.choices if choice.is_correct),
        is_true=question.is_true,
        accepted=question.accepted,
        number=f"{question.answer:f}" if is_number else None,
        tolerance=f"{question.tolerance:f}" if is_number else None,
    )


def _read(question: Question, value: object) -> Answer | None:
    """Raises `TextRefusedError` for what is no answer to this kind of question."""
    if value is None:
        return None
    match question.kind:
        case QuestionKind.SINGLE:
            return _chosen(question, value)
        case QuestionKind.MULTIPLE:
            return _all_chosen(question, value)
        case QuestionKind.TRUE_FALSE:
            if not isinstance(value, bool):
                raise TextRefusedError("invalid", "This is true or false.")
            return value
        case QuestionKind.SHORT_TEXT:
            return _line(value)
        case QuestionKind.NUMERIC:
            return _number(value)


def _all_chosen(question: Question, value: object) -> list[str] | None:
    if not isinstance(value, list) or len(value) > _MAX_CHOSEN:
        raise TextRefusedError("invalid", "This is a list of ids of choices.")
    chosen = {_chosen(question, choice) for choice in value}
    return [str(choice.id) for choice in question.choices if str(choice.id) in chosen] or None


def _chosen(question: Question, value: object) -> str:
    choice_id = _id_of(value)
    if choice_id is None or all(choice.id != choice_id for choice in question.choices):
        raise TextRefusedError("unknown_choice", "The question has no such choice.")
    return str(choice_id)


def _line(value: object) -> str | None:
    if not isinstance(value, str):
        raise TextRefusedError("invalid", "This is text.")
    return clean_line(value, max_length=MAX_ANSWER_LENGTH, required=False) or None


def _number(value: object) -> str | None:
    line = _line(value) if isinstance(value, str) else value
    if line is None:
        return None
    number = read_number(line)
    if number is None:
        raise TextRefusedError("invalid", 'This is a number, such as 2.5 or "2.5".')
    return f"{number:f}"


def _id_of(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _escaped(name: str) -> str:
    """As a JSON pointer has it (RFC 6901 §3)."""
    return name.replace("~", "~0").replace("/", "~1")


def _right_choices(question: Question) -> list[str]:
    return [str(choice.id) for choice in question.choices if choice.is_correct]


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", " ".join(text.split())).casefold()
    return "".join(character for character in decomposed if not unicodedata.combining(character))
