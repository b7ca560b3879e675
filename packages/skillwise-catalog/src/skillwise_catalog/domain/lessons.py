"""What a lesson of each kind consists of."""

from collections.abc import Collection
from typing import Final

from skillwise_kernel.errors import FieldProblem

from skillwise_catalog.dto import LessonKind
from skillwise_catalog.errors import LessonContentMismatchError

__all__ = ["CONTENT_FIELDS", "MAX_DURATION", "MAX_LESSONS_PER_MODULE", "MAX_MODULES", "check_content"]

#: The fields that may hold the content of a lesson of each kind: one of them does.
CONTENT_FIELDS: Final[dict[LessonKind, tuple[str, ...]]] = {
    LessonKind.ARTICLE: ("article",),
    LessonKind.VIDEO: ("video_url", "upload_id"),
    LessonKind.FILE: ("upload_id",),
    LessonKind.QUIZ: ("quiz",),
}

#: What may go with the content of a lesson of some kinds alone.
_BESIDE: Final[dict[LessonKind, tuple[str, ...]]] = {LessonKind.VIDEO: ("captions",)}

#: Seconds: a lesson is taken within a day.
MAX_DURATION: Final = 24 * 60 * 60

# An outline is read and shown whole.
MAX_MODULES: Final = 100
MAX_LESSONS_PER_MODULE: Final = 200


def check_content(kind: LessonKind, *, given: Collection[str], has_content: bool = False) -> None:
    """Whether the content fields that the input gives, and `captions`, fit a lesson of this kind.

    `has_content` tells that the lesson has its kind's content already. Raises `LessonContentMismatchError`.
    """
    own = CONTENT_FIELDS[kind]
    problems = [
        FieldProblem(f"/{name}", "not_of_this_kind", f"A lesson of kind {kind.value} has no {name}.")
        for name in sorted(set(given).difference(own, _BESIDE.get(kind, ())))
    ]
    held = [name for name in own if name in given]
    if len(held) > 1:
        problems.append(
            FieldProblem(f"/{held[1]}", "one_content", f"A lesson has either {' or '.join(held)}.")
        )
    if not held and not has_content:
        problems.append(
            FieldProblem(
                f"/{own[0]}", "required", f"A lesson of kind {kind.value} needs its {' or '.join(own)}."
            )
        )
    if problems:
        raise LessonContentMismatchError(fields=tuple(problems))
