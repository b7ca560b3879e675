"""Quizzes: questions, how they are written down, and what learners see of them. `domain.attempts` grades.

Pure: the same functions serve authors, imports and whoever grades. What `Quiz.as_shown` leaves out — which
choice is right, what is accepted, the tolerance, the explanation — never leaves the server before an attempt.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from skillwise_kernel.errors import FieldProblem
from skillwise_kernel.ids import new_id

from skillwise_catalog.domain.text import MAX_ARTICLE_LENGTH, TextRefusedError, clean_line, clean_prose
from skillwise_catalog.dto import QuestionKind
from skillwise_catalog.errors import QuizRefusedError

__all__ = [
    "MAX_ANSWER_LENGTH",
    "MAX_POINTS",
    "MAX_QUESTIONS",
    "MAX_QUIZ_LENGTH",
    "Choice",
    "Question",
    "QuestionKind",
    "Quiz",
    "read_new_quiz",
    "read_number",
    "read_quiz",
]

MAX_QUESTIONS: Final = 100
MAX_POINTS: Final = 100
#: Characters of Markdown in all its texts together, so that a quiz takes no longer to render than three
#: articles, whatever it says.
MAX_QUIZ_LENGTH: Final = MAX_ARTICLE_LENGTH
_MIN_CHOICES: Final = 2
_MAX_CHOICES: Final = 20
_MAX_TEXT: Final = 5_000
MAX_ANSWER_LENGTH: Final = 200
_MAX_MAGNITUDE: Final = 30  # powers of ten, either way


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """`text` is Markdown."""

    id: UUID
    text: str
    is_correct: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`text` and `explanation` are Markdown. Of the fields below `points`, those of its kind are set:
    `choices` of single and multiple, `is_true` of true_false, `accepted` of short_text (compared without
    case, accents and surplus blanks), `answer` and `tolerance` (absolute, either way) of numeric.
    """

    id: UUID
    kind: QuestionKind
    text: str
    explanation: str = ""
    points: int = 1
    choices: tuple[Choice, ...] = ()
    is_true: bool | None = None
    accepted: tuple[str, ...] = ()
    answer: Decimal | None = None
    tolerance: Decimal = Decimal(0)

    @property
    def length(self) -> int:
        """Characters of Markdown."""
        return sum(map(len, (self.text, self.explanation, *(choice.text for choice in self.choices))))

    def as_written(self) -> dict[str, Any]:
        """As its author wrote it, answers included; JSON that `read_quiz` reads back."""
        written: dict[str, Any] = {
            "id": str(self.id),
            "kind": self.kind.value,
            "text": self.text,
            "explanation": self.explanation,
            "points": self.points,
        }
        if self.kind in _WITH_CHOICES:
            written["choices"] = [
                {"id": str(choice.id), "text": choice.text, "is_correct": choice.is_correct}
                for choice in self.choices
            ]
        elif self.kind is QuestionKind.TRUE_FALSE:
            written["is_true"] = self.is_true
        elif self.kind is QuestionKind.SHORT_TEXT:
            written["accepted"] = list(self.accepted)
        else:
            written |= {"answer": str(self.answer), "tolerance": str(self.tolerance)}
        return written

    def as_shown(self) -> dict[str, Any]:
        """As a learner sees it before the attempt: without anything that tells the answer."""
        shown: dict[str, Any] = {
            "id": str(self.id),
            "kind": self.kind.value,
            "text": self.text,
            "points": self.points,
        }
        if self.kind in _WITH_CHOICES:
            shown["choices"] = [{"id": str(choice.id), "text": choice.text} for choice in self.choices]
        return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiz:
    """`pass_percent` of the points make it passed; 0 passes every attempt."""

    questions: tuple[Question, ...]
    pass_percent: int = 0

    def as_written(self) -> dict[str, Any]:
        return {
            "pass_percent": self.pass_percent,
            "questions": [question.as_written() for question in self.questions],
        }

    def as_shown(self) -> dict[str, Any]:
        return {
            "pass_percent": self.pass_percent,
            "questions": [question.as_shown() for question in self.questions],
        }


_WITH_CHOICES: Final = frozenset({QuestionKind.SINGLE, QuestionKind.MULTIPLE})


def read_quiz(written: object) -> Quiz:
    """The quiz that JSON describes, as `Quiz.as_written` writes it; questions and choices without an id get
    one.

    Raises `QuizRefusedError` with a JSON pointer for each thing wrong.
    """
    reader = _Reader()
    quiz = reader.quiz(written)
    if reader.problems or quiz is None:
        raise QuizRefusedError(fields=tuple(reader.problems))
    return quiz


def read_new_quiz(written: object) -> Quiz:
    """The same of a quiz that is to be kept: as an author sends it, or a package has it. Raises
    `QuizRefusedError` also when its texts are more than `MAX_QUIZ_LENGTH` together.
    """
    quiz = read_quiz(written)
    if sum(question.length for question in quiz.questions) > MAX_QUIZ_LENGTH:
        message = f"The texts of a quiz are at most {MAX_QUIZ_LENGTH:,} characters together."
        raise QuizRefusedError(fields=(FieldProblem("/quiz/questions", "max_length", message),))
    return quiz


class _Reader:
    """Reads on where something is wrong, so that an author hears of everything at once."""

    def __init__(self) -> None:
        self.problems: list[FieldProblem] = []

    def quiz(self, written: object) -> Quiz | None:
        if not isinstance(written, Mapping):
            self._refuse("/quiz", "invalid", "A quiz is an object with questions.")
            return None
        self._only(written, "/quiz", {"pass_percent", "questions"})
        pass_percent = self._integer(written, "pass_percent", "/quiz", least=0, most=100, otherwise=0)
        questions = written.get("questions")
        if not isinstance(questions, Sequence) or isinstance(questions, str) or not questions:
            self._refuse("/quiz/questions", "required", "A quiz has a list of questions.")
            return None
        if len(questions) > MAX_QUESTIONS:
            self._refuse("/quiz/questions", "max_length", f"A quiz has at most {MAX_QUESTIONS} questions.")
            return None
        read = [
            self._question(question, f"/quiz/questions/{index}") for index, question in enumerate(questions)
        ]
        known = [question for question in read if question is not None]
        self._distinct([question.id for question in known], "/quiz/questions")
        return Quiz(questions=tuple(known), pass_percent=pass_percent)

    def _question(self, written: object, at: str) -> Question | None:
        if not isinstance(written, Mapping):
            self._refuse(at, "invalid", "A question is an object.")
            return None
        kind_name = written.get("kind")
        if kind_name not in [kind.value for kind in QuestionKind]:
            kinds = ", ".join(QuestionKind)
            self._refuse(f"{at}/kind", "invalid_choice", f"A question is one of: {kinds}.")
            return None
        kind = QuestionKind(kind_name)
        self._only(written, at, {"id", "kind", "text", "explanation", "points", *_OWN_FIELDS[kind]})
        tolerance = self._decimal(written, "tolerance", at, otherwise=Decimal(0)) or Decimal(0)
        if tolerance < 0:
            self._refuse(f"{at}/tolerance", "min_value", "A tolerance is not negative.")
        return Question(
            id=self._id(written, at),
            kind=kind,
            text=self._prose(written, "text", at, required=True),
            explanation=self._prose(written, "explanation", at, required=False),
            points=self._integer(written, "points", at, least=1, most=MAX_POINTS, otherwise=1),
            choices=self._choices(written, kind, at) if kind in _WITH_CHOICES else (),
            is_true=self._boolean(written, "is_true", at) if kind is QuestionKind.TRUE_FALSE else None,
            accepted=self._accepted(written, at) if kind is QuestionKind.SHORT_TEXT else (),
            answer=self._decimal(written, "answer", at) if kind is QuestionKind.NUMERIC else None,
            tolerance=tolerance,
        )

    def _choices(self, written: Mapping[str, Any], kind: QuestionKind, at: str) -> tuple[Choice, ...]:
        at = f"{at}/choices"
        choices = written.get("choices")
        if not isinstance(choices, Sequence) or isinstance(choices, str) or len(choices) < _MIN_CHOICES:
            self._refuse(at, "min_length", f"There are at least {_MIN_CHOICES} choices.")
            return ()
        if len(choices) > _MAX_CHOICES:
            self._refuse(at, "max_length", f"There are at most {_MAX_CHOICES} choices.")
            return ()
        read = []
        for index, choice in enumerate(choices):
            if not isinstance(choice, Mapping):
                self._refuse(f"{at}/{index}", "invalid", "A choice is an object.")
                continue
            self._only(choice, f"{at}/{index}", {"id", "text", "is_correct"})
            read.append(
                Choice(
                    id=self._id(choice, f"{at}/{index}"),
                    text=self._prose(choice, "text", f"{at}/{index}", required=True),
                    is_correct=self._boolean(choice, "is_correct", f"{at}/{index}", otherwise=False),
                )
            )
        self._distinct([choice.id for choice in read], at)
        right = sum(choice.is_correct for choice in read)
        if (kind is QuestionKind.SINGLE and right != 1) or right == 0:
            wanted = "exactly one" if kind is QuestionKind.SINGLE else "at least one"
            self._refuse(at, "invalid", f"Of these choices {wanted} is correct.")
        return tuple(read)

    def _accepted(self, written: Mapping[str, Any], at: str) -> tuple[str, ...]:
        at = f"{at}/accepted"
        texts = written.get("accepted")
        if not isinstance(texts, Sequence) or isinstance(texts, str) or not 1 <= len(texts) <= _MAX_CHOICES:
            self._refuse(at, "required", f"There are 1 to {_MAX_CHOICES} accepted answers.")
            return ()
        return tuple(
            self._clean(text, f"{at}/{index}", clean_line, MAX_ANSWER_LENGTH)
            for index, text in enumerate(texts)
        )

    def _prose(self, written: Mapping[str, Any], name: str, at: str, *, required: bool) -> str:
        text = written.get(name, "")
        if text == "" and not required:
            return ""
        return self._clean(text, f"{at}/{name}", clean_prose, _MAX_TEXT)

    def _clean(self, text: object, at: str, clean: Any, max_length: int) -> str:
        if not isinstance(text, str):
            self._refuse(at, "invalid", "This is text.")
            return ""
        try:
            cleaned: str = clean(text, max_length=max_length)
        except TextRefusedError as exc:
            self._refuse(at, exc.code, str(exc))
            return ""
        return cleaned

    def _id(self, written: Mapping[str, Any], at: str) -> UUID:
        given = written.get("id")
        if given is None:
            return new_id()
        try:
            return UUID(given)
        except (ValueError, TypeError, AttributeError):
            self._refuse(f"{at}/id", "invalid", "This is not a UUID.")
            return new_id()

    def _integer(
        self, written: Mapping[str, Any], name: str, at: str, *, least: int, most: int, otherwise: int
    ) -> int:
        number = written.get(name, otherwise)
        if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
            self._refuse(f"{at}/{name}", "invalid", f"This is a whole number from {least} to {most}.")
            return otherwise
        return number

    def _boolean(
        self, written: Mapping[str, Any], name: str, at: str, *, otherwise: bool | None = None
    ) -> bool:
        value = written.get(name, otherwise)
        if not isinstance(value, bool):
            self._refuse(f"{at}/{name}", "required", "This is true or false.")
            return False
        return value

    def _decimal(
        self, written: Mapping[str, Any], name: str, at: str, *, otherwise: Decimal | None = None
    ) -> Decimal | None:
        if name not in written and otherwise is not None:
            return otherwise
        number = read_number(written.get(name))
        if number is None:
            self._refuse(f"{at}/{name}", "invalid", 'This is a number, such as 2.5 or "2.5".')
        return number

    def _only(self, written: Mapping[str, Any], at: str, known: Collection[str]) -> None:
        for name in sorted(set(map(str, written)) - set(known)):
            self._refuse(f"{at}/{name}", "unknown", "There is no such member here.")

    def _distinct(self, ids: Sequence[UUID], at: str) -> None:
        if len(set(ids)) != len(ids):
            self._refuse(at, "duplicate", "Two of these have the same id.")

    def _refuse(self, at: str, code: str, message: str) -> None:
        self.problems.append(FieldProblem(at, code, message))


_OWN_FIELDS: Final[dict[QuestionKind, frozenset[str]]] = {
    QuestionKind.SINGLE: frozenset({"choices"}),
    QuestionKind.MULTIPLE: frozenset({"choices"}),
    QuestionKind.TRUE_FALSE: frozenset({"is_true"}),
    QuestionKind.SHORT_TEXT: frozenset({"accepted"}),
    QuestionKind.NUMERIC: frozenset({"answer", "tolerance"}),
}


def read_number(value: object) -> Decimal | None:
    """A finite number of a sane size; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= _MAX_MAGNITUDE else None
