"""Stripe's errors: what it answers when a call cannot be done, in its own shape and words."""

from collections.abc import Mapping
from typing import Any

_DOCS = "https://stripe.com/docs/error-codes/"


class StripeError(Exception):
    """An answer other than 200. `details` are further members of the answer's `error` object."""

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message
        self.code = code
        self.param = param
        self.details = dict(details or {})

    def body(self) -> dict[str, Any]:
        """The answer's JSON document."""
        error: dict[str, Any] = {}
        if self.code is not None:
            error["code"] = self.code
            error["doc_url"] = _DOCS + self.code.replace("_", "-")
        error["message"] = self.message
        if self.param is not None:
            error["param"] = self.param
        error["type"] = self.kind
        return {"error": error | self.details}


class RejectedError(StripeError):
    """A call refused before any work was done: Stripe saves no idempotent answer for it."""


class CardError(StripeError):
    """The payment was tried and refused. Unlike every other error, what was written stays written."""

    def __init__(self, message: str, *, code: str, details: Mapping[str, Any]) -> None:
        super().__init__(402, "card_error", message, code=code, details=details)


def invalid(
    message: str, *, param: str | None = None, code: str | None = None, **details: Any
) -> StripeError:
    """400: the call makes no sense as it stands, or not in the object's present state."""
    return StripeError(400, "invalid_request_error", message, code=code, param=param, details=details)


def malformed(message: str, *, param: str | None = None, code: str | None = None) -> RejectedError:
    """400: the parameters do not have the shape that the operation takes."""
    return RejectedError(400, "invalid_request_error", message, code=code, param=param)


def unauthorized(message: str, *, code: str | None = None) -> RejectedError:
    """401: no key, an unknown one, or one of the wrong sort."""
    return RejectedError(401, "invalid_request_error", message, code=code)


def missing_object(noun: str, identifier: str, *, param: str, in_path: bool) -> StripeError:
    """No such object: 404 when the address names it, 400 when a parameter does."""
    status = 404 if in_path else 400
    message = f"No such {noun}: '{identifier}'"
    return StripeError(status, "invalid_request_error", message, code="resource_missing", param=param)
