"""What every format's reader makes lessons of: HTML as an article, questions as quizzes."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from skillwise_catalog.domain.documents import LessonDocument
from skillwise_catalog.domain.imports.markup import FindFile, Rendered, to_markdown
from skillwise_catalog.domain.imports.report import Reason
from skillwise_catalog.domain.imports.wording import prose_of
from skillwise_catalog.domain.quizzes import MAX_QUESTIONS, MAX_QUIZ_LENGTH, Question, Quiz
from skillwise_catalog.domain.text import MAX_ARTICLE_LENGTH
from skillwise_catalog.dto import LessonKind

__all__ = ["Lost", "UnmappableError", "choosing", "question_text", "quiz_lessons", "read_article"]

_MAX_TEXT: Final = 5_000

#: What an import could not keep: the reason, and what it is about.
Lost = tuple[Reason, str]


class UnmappableError(Exception):
    """A question that we have no kind for."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def read_article(html: str, *, find_file: FindFile) -> Rendered | Reason:
    """An article, and what it lost; or why there is none."""
    try:
        rendered = to_markdown(html, find_file=find_file)
    except RecursionError:
        return Reason.UNREADABLE
    text = prose_of(rendered.text, max_length=MAX_ARTICLE_LENGTH)
    if not text:
        return Reason.TOO_LONG if text is None else Reason.EMPTY
    return Rendered(text, rendered.lost)


def question_text(html: str, *, find_file: FindFile, lost: list[Lost]) -> str:
    """A question's, a choice's or an explanation's Markdown; what it could not keep is added to `lost`.
    Raises `UnmappableError`.
    """
    rendered = to_markdown(html, find_file=find_file)
    lost.extend(rendered.lost)
    text = prose_of(rendered.text, max_length=_MAX_TEXT)
    if text is None:
        raise UnmappableError(Reason.TOO_LONG, f"A text has more than {_MAX_TEXT:,} characters.")
    return text


def choosing(choices: Sequence[dict[str, Any]], *, kind: str = "single") -> dict[str, Any]:
    """A question of these choices (`text` and `is_correct`), as `read_quiz` takes it: of true and false it is
    one of its own.
    """
    truths = {choice["text"].strip().lower(): choice["is_correct"] for choice in choices}
    if set(truths) == {"true", "false"} and sum(truths.values()) == 1:
        return {"kind": "true_false", "is_true": truths["true"]}
    return {"kind": kind, "choices": list(choices)}


def quiz_lessons(questions: Sequence[Question], *, title: str, group: str) -> Iterator[LessonDocument]:
    """One quiz, or as many as their number and length need."""
    for together in _quizzes(questions):
        yield LessonDocument(
            title=title, kind=LessonKind.QUIZ, group=group, quiz=Quiz(questions=tuple(together))
        )


def _quizzes(questions: Iterable[Question]) -> Iterator[list[Question]]:
    together: list[Question] = []
    length = 0
    for question in questions:
        length += question.length
        if together and (len(together) == MAX_QUESTIONS or length > MAX_QUIZ_LENGTH):
            yield together
            together, length = [], question.length
        together.append(question)
    if together:
        yield together
