"""What a lesson of each kind consists of."""

from collections.abc import Collection
from typing import Final

from skillwise_kernel.errors import FieldProblem

from skillwise_catalog.dto import LessonKind
from skillwise_catalog.errors import LessonContentMismatchError

__all__ = ["CONTENT_FIELD", "MAX_DURATION", "MAX_LESSONS_PER_MODULE", "MAX_MODULES", "check_content"]

#: The one field that holds the content of a lesson of each kind.
CONTENT_FIELD: Final[dict[LessonKind, str]] = {
    LessonKind.ARTICLE: "article",
    LessonKind.VIDEO: "video_url",
    LessonKind.FILE: "upload_id",
}

#: Seconds: a lesson is taken within a day.
MAX_DURATION: Final = 24 * 60 * 60

# An outline is read and shown whole.
MAX_MODULES: Final = 100
MAX_LESSONS_PER_MODULE: Final = 200


def check_content(kind: LessonKind, *, given: Collection[str], has_content: bool = False) -> None:
    """Whether the content fields that the input gives fit a lesson of this kind.

    `has_content` tells that the lesson has its kind's content already. Raises `LessonContentMismatchError`.
    """
    own = CONTENT_FIELD[kind]
    problems = [
        FieldProblem(f"/{name}", "not_of_this_kind", f"A lesson of kind {kind.value} has no {name}.")
        for name in sorted(set(given) - {own})
    ]
    if own not in given and not has_content:
        problems.append(
            FieldProblem(f"/{own}", "required", f"A lesson of kind {kind.value} needs its {own}.")
        )
    if problems:
        raise LessonContentMismatchError(fields=tuple(problems))
