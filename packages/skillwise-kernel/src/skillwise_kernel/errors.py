"""The errors a use case may raise. Framework-free: `skillwise_kernel.rest` makes problem documents of them.

A context subclasses the kind that fits and sets `code` (`"catalog.course_not_found"`) and `title`; codes are
a promise to clients and never change meaning. Raise it with a `detail` for the person and `extra` members for
the program.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

__all__ = [
    "ConflictError",
    "FieldProblem",
    "ForbiddenError",
    "GoneError",
    "InvalidError",
    "NotFoundError",
    "PreconditionFailedError",
    "SkillWiseError",
    "TooLargeError",
    "UnauthenticatedError",
    "UnavailableError",
]


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one member of the input. `pointer` is a JSON pointer (RFC 6901): `/price/amount`."""

    pointer: str
    code: str
    detail: str


class SkillWiseError(Exception):
    """A use case was refused. Subclasses are the kinds; contexts subclass those."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    title: ClassVar[str] = "Something went wrong."

    def __init__(
        self,
        detail: str = "",
        *,
        fields: tuple[FieldProblem, ...] = (),
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.fields = fields
        self.extra = dict(extra or {})


class InvalidError(SkillWiseError):
    """The input is well-formed but breaks a rule."""

    status = 422
    code = "invalid"
    title = "The request breaks a rule."


class UnauthenticatedError(SkillWiseError):
    status = 401
    code = "not_authenticated"
    title = "Authentication is required."


class ForbiddenError(SkillWiseError):
    status = 403
    code = "permission_denied"
    title = "You may not do this."


class NotFoundError(SkillWiseError):
    """There is no such thing, or the actor may not know that there is."""

    status = 404
    code = "not_found"
    title = "There is no such thing."


class ConflictError(SkillWiseError):
    """The thing's present state does not allow it."""

    status = 409
    code = "conflict"
    title = "The present state does not allow this."


class GoneError(SkillWiseError):
    """It was there, or valid, and no longer is: an expired token."""

    status = 410
    code = "gone"
    title = "This is no longer available."


class PreconditionFailedError(SkillWiseError):
    """Somebody else changed it since the caller last read it."""

    status = 412
    code = "precondition_failed"
    title = "It has changed since you last read it."


class TooLargeError(SkillWiseError):
    status = 413
    code = "too_large"
    title = "This is larger than allowed."


class UnavailableError(SkillWiseError):
    """Something that this depends on does not answer at present; trying again later may work."""

    status = 503
    code = "unavailable"
    title = "This does not work at present; try again later."
