"""The OpenAPI document says of every operation what the kernel makes it do.

A view describes what is its own with `@extend_schema`: tags, summary, serializers, examples. Its mechanisms
are read off it: its permissions (tried on a guest, on someone unverified and on someone without a role),
`@idempotent`, `pagination_class`, `has_versions`, its throttles. The errors of its use case are named with
`@problem_codes`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.http import HttpRequest
from drf_spectacular.openapi import AutoSchema as SpectacularSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from rest_framework.request import Request

from skillwise_kernel.actor import Actor
from skillwise_kernel.errors import SkillWiseError
from skillwise_kernel.ids import new_id
from skillwise_kernel.rest.conditional import ConditionalReadMixin
from skillwise_kernel.rest.problems import CONTENT_TYPE, TITLES, problem_type

__all__ = ["AutoSchema", "problem_codes"]

F = TypeVar("F", bound=Callable[..., Any])
Schema = dict[str, Any]


def problem_codes(*errors: type[SkillWiseError]) -> Callable[[F], F]:
    """Decorates a view's method: the errors that its use case may raise, each shown with its code under its
    status.
    """

    def decorate(method: F) -> F:
        method.problem_errors = errors  # type: ignore[attr-defined]  # read by AutoSchema
        return method

    return decorate


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """One code that a status may come with, and what its document looks like."""

    status: int
    code: str
    detail: str = ""
    title: str = ""
    members: Mapping[str, Any] = field(default_factory=dict)

    def example(self) -> Schema:
        return {
            "summary": self.title or TITLES[self.status],
            "value": {
                "type": problem_type(self.code),
                "title": self.title or TITLES[self.status],
                "status": self.status,
                "detail": self.detail,
                "instance": "/api/v1/…",
                "code": self.code,
                "request_id": "01a207f9-eb07-7ec5-9277-d6fcd190b5fb",
                **self.members,
            },
        }


_INVALID_INPUT = _Problem(
    400,
    "invalid_input",
    "Some members of the input are missing or not valid; `errors` names each.",
    "The input is not valid.",
    {
        "errors": [
            {"pointer": "/price/amount", "code": "min_value", "detail": "Ensure this value is at least 0."}
        ]
    },
)
_MALFORMED_REQUEST = _Problem(400, "malformed_request", "The address holds a NUL character.")
_MALFORMED_JSON = _Problem(400, "malformed_json", "The body is not JSON: unexpected end at line 1, column 9.")
_INVALID_CURSOR = _Problem(
    400, "invalid_cursor", "This cursor does not belong to this list. Start again without one."
)
_KEY_REQUIRED = _Problem(
    400, "idempotency_key_required", "Send an Idempotency-Key: a new UUID for each intent."
)
_KEY_INVALID = _Problem(
    400, "idempotency_key_invalid", "An Idempotency-Key is 1 to 255 visible ASCII characters."
)
_NOT_AUTHENTICATED = _Problem(401, "not_authenticated", "Authentication credentials were not provided.")
_NOT_VERIFIED = _Problem(403, "email_not_verified", "Verify your e-mail address first.")
_NOT_PERMITTED = _Problem(403, "permission_denied", "This takes the role instructor.")
_NOT_FOUND = _Problem(404, "not_found")
_NOT_ACCEPTABLE = _Problem(406, "not_acceptable", "Could not satisfy the request Accept header.")
_IN_FLIGHT = _Problem(
    409,
    "idempotency_key_in_flight",
    "Repeat the request shortly.",
    "The first request with this Idempotency-Key is still running.",
    {"retry_after": 1},
)
_STALE = _Problem(
    412, "precondition_failed", "If-Match names no version of this; read it again and use its ETag."
)
_TOO_LARGE = _Problem(413, "too_large")
_UNSUPPORTED = _Problem(415, "unsupported_media_type", 'Unsupported media type "text/xml" in request.')
_KEY_REUSED = _Problem(
    422,
    "idempotency_key_reused",
    "Use a new key for a new request.",
    "This Idempotency-Key belongs to another request.",
)
_THROTTLED = _Problem(
    429, "throttled", "Request was throttled. Expected available in 12 seconds.", members={"retry_after": 12}
)
_DEFECT = _Problem(500, "internal_error")
_UNAVAILABLE = _Problem(503, "unavailable")

#: What a status means of itself: operations that say no more of it share one component.
_SHARED: dict[tuple[_Problem, ...], str] = {
    (_INVALID_INPUT, _MALFORMED_REQUEST): "BadRequest",
    (_INVALID_INPUT, _MALFORMED_REQUEST, _MALFORMED_JSON): "BadBody",
    (_INVALID_INPUT, _MALFORMED_REQUEST, _INVALID_CURSOR): "BadListRequest",
    (_NOT_AUTHENTICATED,): "Unauthorized",
    (_NOT_VERIFIED,): "NotVerified",
    (_NOT_VERIFIED, _NOT_PERMITTED): "Forbidden",
    (_NOT_FOUND,): "NotFound",
    (_NOT_ACCEPTABLE,): "NotAcceptable",
    (_IN_FLIGHT,): "KeyInFlight",
    (_STALE,): "PreconditionFailed",
    (_TOO_LARGE,): "ContentTooLarge",
    (_UNSUPPORTED,): "UnsupportedMediaType",
    (_KEY_REUSED,): "KeyReused",
    (_THROTTLED,): "TooManyRequests",
    (_DEFECT,): "InternalServerError",
    (_UNAVAILABLE,): "ServiceUnavailable",
}

_PROBLEM_DETAILS: Schema = {
    "type": "object",
    "description": "Every error (RFC 9457). Programs go by `code`, people by `detail`. "
    "Codes may bring members of their own.",
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri", "example": "urn:skillwise:problem:not_found"},
        "title": {"type": "string", "description": "The kind of problem, for people."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "What went wrong this time, for people; may be empty."},
        "instance": {"type": "string", "format": "uri-reference", "description": "The path asked for."},
        "code": {"type": "string", "description": "What went wrong, for programs. Never changes meaning."},
        "request_id": {"type": "string", "description": "Quote it when asking for help."},
        "errors": {
            "type": "array",
            "description": "The members of the input that are to blame.",
            "items": {"$ref": "#/components/schemas/FieldProblem"},
        },
        "retry_after": {"type": "integer", "description": "Seconds, as in the header `Retry-After`."},
    },
    "additionalProperties": True,
}
_FIELD_PROBLEM: Schema = {
    "type": "object",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {
            "type": "string",
            "description": "JSON pointer (RFC 6901) into the body, `/name` for a query parameter, "
            "empty for the whole.",
            "example": "/price/amount",
        },
        "code": {"type": "string", "example": "min_value"},
        "detail": {"type": "string"},
    },
}

_HEADERS: dict[str, Schema] = {
    "X-Request-ID": {
        "description": "The request's id: the one sent, or a new one.",
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": "Strong entity tag; send it back in `If-None-Match`, or in `If-Match` with an edit.",
        "schema": {"type": "string", "example": '"v7-0cc175b9c0f1b6a831c399e269772661"'},
    },
    "Cache-Control": {
        "description": "How long the answer may be kept, and by whom.",
        "schema": {"type": "string"},
    },
    "Retry-After": {"description": "Seconds to wait before trying again.", "schema": {"type": "integer"}},
    "WWW-Authenticate": {"description": "How to authenticate.", "schema": {"type": "string"}},
    "Idempotent-Replayed": {
        "description": "`true` when this is the stored answer to an earlier request with this key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
}
_PROBLEM_HEADERS: dict[int, str] = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}

_IF_NONE_MATCH: Schema = {
    "name": "If-None-Match",
    "in": "header",
    "description": "ETags already held; 304 when one of them is current.",
    "schema": {"type": "string"},
}
_IF_MATCH: Schema = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag last read; 412 when it has been edited since.",
    "schema": {"type": "string"},
}


class AutoSchema(SpectacularSchema):
    """Adds to what a view declares: its problems, conditions, keys and headers."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Schema | None:
        operation: Schema | None = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation is None:
            return None
        self._handler = getattr(self.view, method.lower())
        self._register("ProblemDetails", ResolvedComponent.SCHEMA, _PROBLEM_DETAILS)
        self._register("FieldProblem", ResolvedComponent.SCHEMA, _FIELD_PROBLEM)
        self._add_conditions(operation)
        self._add_key(operation)
        self._add_problems(operation)
        for response in operation["responses"].values():
            if "$ref" not in response:
                self._add_header(response, "X-Request-ID")
        return operation

    def get_auth(self) -> list[Schema]:
        schemes: list[Schema] = super().get_auth()
        if self._admits(None) and {} not in schemes:
            schemes.append({})
        return schemes

    def _get_serializer_name(self, serializer: Any, direction: Any, *args: Any, **kwargs: Any) -> str:
        """`CourseInput` says already that it is a request."""
        name: str = super()._get_serializer_name(serializer, direction, *args, **kwargs)
        return name.removesuffix("Request") if name.endswith("InputRequest") else name

    # Conditional requests

    @property
    def _reads(self) -> bool:
        return self.method == "GET" and isinstance(self.view, ConditionalReadMixin)

    @property
    def _edits_versions(self) -> bool:
        return self.method != "GET" and getattr(self.view, "has_versions", False)

    def _add_conditions(self, operation: Schema) -> None:
        if self._reads and (found := operation["responses"].get("200")):
            self._add_parameter(operation, _IF_NONE_MATCH)
            for name in ("ETag", "Cache-Control"):
                self._add_header(found, name)
            unmodified: Schema = {"description": "What the caller holds is current."}
            for name in ("ETag", "Cache-Control"):
                self._add_header(unmodified, name)
            operation["responses"]["304"] = unmodified
        if self._edits_versions:
            self._add_parameter(operation, _IF_MATCH)
            if edited := operation["responses"].get("200"):
                self._add_header(edited, "ETag")

    # Idempotency keys

    @property
    def _key(self) -> str | None:
        """`required`, `optional`, or None for no idempotency."""
        key: str | None = getattr(self._handler, "idempotency_key", None)
        return key

    def _add_key(self, operation: Schema) -> None:
        if self._key is None:
            return
        parameter: Schema = {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "A new one (a UUID, say) for each intent, the same one for every repeat of its "
            "request: the effect happens once, and repeats within 24 hours get the same answer.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
            "example": "4fa282fe-6f28-4f94-88c0-3a2b1a1c1d70",
        }
        if self._key == "required":
            parameter["required"] = True
        self._add_parameter(operation, parameter)
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                self._add_header(response, "Idempotent-Replayed")

    # Problems

    def _add_problems(self, operation: Schema) -> None:
        by_status: dict[int, list[_Problem]] = {}
        for problem in (*self._mechanical_problems(operation), *self._declared_problems()):
            problems = by_status.setdefault(problem.status, [])
            if problem.code not in {known.code for known in problems}:
                problems.append(problem)
        responses = operation["responses"]
        for status in responses:
            if status[0] in "45":
                by_status.setdefault(int(status), [])
        for status, problems in by_status.items():
            own_words = responses.get(str(status), {}).get("description", "")
            responses[str(status)] = self._problem_response(status, tuple(problems), own_words)
        operation["responses"] = dict(sorted(responses.items()))

    def _mechanical_problems(self, operation: Schema) -> Iterator[_Problem]:
        """What the kernel itself may answer instead of the view."""
        yield from (_INVALID_INPUT, _MALFORMED_REQUEST)
        if "requestBody" in operation:
            yield from (_MALFORMED_JSON, _TOO_LARGE, _UNSUPPORTED)
        if any(parameter["name"] == "cursor" for parameter in operation.get("parameters", ())):
            yield _INVALID_CURSOR
        if self._key is not None:
            if self._key == "required":
                yield _KEY_REQUIRED
            yield from (_KEY_INVALID, _IN_FLIGHT, _KEY_REUSED, _NOT_AUTHENTICATED)
        if self.view.get_authenticators() or not self._admits(None):
            yield _NOT_AUTHENTICATED
        if not self._admits(_someone(is_verified=False)):
            yield _NOT_VERIFIED
        if not self._admits(_someone(is_verified=True)):
            yield _NOT_PERMITTED
        if "{" in self.path:
            yield _NOT_FOUND
        yield _NOT_ACCEPTABLE
        if self._edits_versions:
            yield _STALE
        if self.view.get_throttles():
            yield _THROTTLED
        yield from (_DEFECT, _UNAVAILABLE)

    def _declared_problems(self) -> Iterator[_Problem]:
        for error in getattr(self._handler, "problem_errors", ()):
            yield _Problem(error.status, error.code, title=error.title)

    def _problem_response(self, status: int, problems: tuple[_Problem, ...], own_words: str) -> Schema:
        shared = None if own_words else _SHARED.get(problems)
        response: Schema = {
            "description": own_words or TITLES.get(status, problems[0].title if problems else ""),
            "content": {
                CONTENT_TYPE: {
                    "schema": {"$ref": "#/components/schemas/ProblemDetails"},
                    "examples": {problem.code: problem.example() for problem in problems},
                }
            },
        }
        if not problems:
            del response["content"][CONTENT_TYPE]["examples"]
        self._add_header(response, "X-Request-ID")
        if status in _PROBLEM_HEADERS:
            self._add_header(response, _PROBLEM_HEADERS[status])
        if shared is None:
            return response
        return self._register(shared, ResolvedComponent.RESPONSE, response)

    def _admits(self, actor: Actor | None) -> bool:
        """Whether the view's permissions let `actor` (None: a guest) call this method."""
        asked = HttpRequest()
        asked.method = self.method
        request = Request(asked)
        request.user = actor  # type: ignore[assignment]  # our actors are no models
        return all(
            permission.has_permission(request, self.view) for permission in self.view.get_permissions()
        )

    # Parts

    def _add_parameter(self, operation: Schema, parameter: Schema) -> None:
        parameters = operation.setdefault("parameters", [])
        if not any(
            (known["name"], known["in"]) == (parameter["name"], parameter["in"]) for known in parameters
        ):
            parameters.append(parameter)

    def _add_header(self, response: Schema, name: str) -> None:
        reference = self._register(name, ResolvedComponent.HEADER, _HEADERS[name])
        response.setdefault("headers", {}).setdefault(name, reference)

    def _register(self, name: str, kind: str, schema: Schema) -> Schema:
        component = ResolvedComponent(name=name, type=kind, schema=schema, object=name)
        self.registry.register_on_missing(component)
        reference: Schema = component.ref
        return reference


def _someone(*, is_verified: bool) -> Actor:
    return Actor(id=new_id(), roles=frozenset(), is_verified=is_verified)
