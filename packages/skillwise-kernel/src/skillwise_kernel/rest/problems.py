"""Problem details (RFC 9457): the one shape of every error, wherever in the request's path it arises.

    {"type": "urn:skillwise:problem:invalid_input", "title": "The input is not valid.", "status": 400,
     "detail": "...", "instance": "/api/v1/courses/", "code": "invalid_input", "request_id": "...",
     "errors": [{"pointer": "/price/amount", "code": "min_value", "detail": "..."}]}

`code` is the promise to programs, `detail` the sentence for people. `errors` stands there when members of the
input are to blame; `pointer` is a JSON pointer (RFC 6901) into the body, or `/name` for a query parameter.

Only errors with a meaning are translated. Anything else (an `IntegrityError` among them) is a defect: it
passes on to Django, which logs it with its traceback and answers `server_error`.
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from django.core import exceptions as django_exceptions
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views import defaults
from rest_framework import exceptions
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from skillwise_kernel.errors import FieldProblem, SkillWiseError, UnavailableError

__all__ = [
    "CONTENT_TYPE",
    "TITLES",
    "ProblemResponse",
    "bad_request",
    "exception_handler",
    "field_problems",
    "page_not_found",
    "permission_denied",
    "problem_type",
    "server_error",
]

CONTENT_TYPE = "application/problem+json"

#: Titles of the errors that belong to no context. A context's errors bring their own.
TITLES: dict[int, str] = {
    400: "The request is not valid.",
    401: "Authentication is required.",
    402: "Payment is required.",
    403: "You may not do this.",
    404: "There is no such thing.",
    405: "This resource does not support the method.",
    406: "None of the accepted media types can be produced.",
    409: "The present state does not allow this.",
    410: "This is no longer available.",
    412: "It has changed since you last read it.",
    413: "This is larger than allowed.",
    415: "The media type of the body is not supported.",
    422: "The request breaks a rule.",
    429: "Too many requests.",
    500: "Something went wrong.",
    503: "This does not work at present; try again later.",
}

#: What is not the API answers people with Django's own pages.
_API_PREFIX = "/api/"
#: Seconds after which an unavailable dependency is worth another try.
_RETRY_AFTER_SECONDS = 5

_log = logging.getLogger(__name__)

#: Django's own refusals, the more particular before the more general.
_DJANGO: tuple[tuple[type[Exception], int, str], ...] = (
    (Http404, 404, "not_found"),
    (django_exceptions.PermissionDenied, 403, "permission_denied"),
    (django_exceptions.RequestDataTooBig, 413, "too_large"),
    (django_exceptions.SuspiciousOperation, 400, "malformed_request"),
    (django_exceptions.BadRequest, 400, "malformed_request"),
    (UnreadablePostError, 400, "malformed_request"),
)


class ProblemResponse(HttpResponse):
    """One problem document; `data` is what it says. Sent whatever the client accepts (RFC 9110 §15.5.7)."""

    def __init__(
        self,
        request: HttpRequest | None,
        *,
        status: int,
        code: str,
        title: str = "",
        detail: str = "",
        fields: tuple[FieldProblem, ...] = (),
        extra: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.data: dict[str, Any] = {
            **(extra or {}),
            "type": problem_type(code),
            "title": title or TITLES.get(status, TITLES[400 if status < 500 else 500]),  # noqa: PLR2004 - HTTP's classes
            "status": status,
            "detail": detail,
            "instance": getattr(request, "path", None),
            "code": code,
            "request_id": getattr(request, "request_id", None),
        }
        if fields:
            self.data["errors"] = [
                {"pointer": field.pointer, "code": field.code, "detail": field.detail} for field in fields
            ]
        super().__init__(
            orjson.dumps(self.data, default=str),
            status=status,
            content_type=CONTENT_TYPE,
            headers={"Cache-Control": "no-store", **(headers or {})},
        )


def problem_type(code: str) -> str:
    """The URI that names a problem of this `code`."""
    return f"urn:skillwise:problem:{code}"


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> ProblemResponse | None:
    """DRF's `EXCEPTION_HANDLER`: the problem that `exc` means, or None when it means a defect."""
    request = context.get("request")
    django_request: HttpRequest | None = getattr(request, "_request", request)
    problem = _problem(exc, django_request)
    if problem is not None:
        set_rollback()
    return problem


def _problem(exc: Exception, request: HttpRequest | None) -> ProblemResponse | None:
    match exc:
        case SkillWiseError():
            return _use_case_problem(exc, request)
        case exceptions.ValidationError():
            return ProblemResponse(
                request,
                status=400,
                code="invalid_input",
                title="The input is not valid.",
                detail="Some members of the input are missing or not valid; `errors` names each.",
                fields=tuple(field_problems(exc.detail)),
            )
        case exceptions.APIException():
            return _framework_problem(exc, request)
        case OperationalError():
            # Lost connections, deadlocks, timeouts: what PostgreSQL says when trying again is the remedy.
            _log.error("The database did not answer.", exc_info=exc)
            return _use_case_problem(UnavailableError(), request)
    for kind, status, code in _DJANGO:
        if isinstance(exc, kind):
            _log.info("A request was refused because of %s.", type(exc).__name__)
            return ProblemResponse(request, status=status, code=code)
    return None


def _use_case_problem(exc: SkillWiseError, request: HttpRequest | None) -> ProblemResponse:
    seconds = exc.extra.get(
        "retry_after", _RETRY_AFTER_SECONDS if isinstance(exc, UnavailableError) else None
    )
    return ProblemResponse(
        request,
        status=exc.status,
        code=exc.code,
        title=exc.title,
        detail=exc.detail,
        fields=exc.fields,
        extra=exc.extra,
        headers=None if seconds is None else {"Retry-After": str(seconds)},
    )


def _framework_problem(exc: exceptions.APIException, request: HttpRequest | None) -> ProblemResponse:
    headers: dict[str, str] = {}
    if auth_header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    extra: dict[str, object] = {}
    if (seconds := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(seconds)
        extra["retry_after"] = seconds
    if isinstance(exc.detail, dict):  # simplejwt says {"detail": ..., "code": ..., "messages": [...]}
        detail, code = str(exc.detail.get("detail", "")), str(exc.detail.get("code", exc.default_code))
    elif isinstance(exc.detail, list):
        detail, code = " ".join(map(str, exc.detail)), exc.default_code
    else:
        detail, code = str(exc.detail), exc.detail.code or exc.default_code
    return ProblemResponse(
        request, status=exc.status_code, code=code, detail=detail, headers=headers, extra=extra
    )


def field_problems(detail: Any, pointer: str = "") -> Iterator[FieldProblem]:
    """DRF's nested error structure as one flat sequence: each bad member by its JSON pointer.

    What a serializer says of itself as a whole (`non_field_errors`) stands at its own pointer, the root's is
    `""`.
    """
    match detail:
        case dict():
            for name, inner in detail.items():
                own = name == api_settings.NON_FIELD_ERRORS_KEY
                yield from field_problems(inner, pointer if own else f"{pointer}/{_token(name)}")
        case list() | tuple():
            for index, inner in enumerate(detail):
                nested = isinstance(inner, (dict, list, tuple))
                yield from field_problems(inner, f"{pointer}/{index}" if nested else pointer)
        case _:
            yield FieldProblem(pointer, getattr(detail, "code", None) or "invalid", str(detail))


def _token(name: object) -> str:
    """One reference token of a JSON pointer, escaped (RFC 6901 §3)."""
    return str(name).replace("~", "~0").replace("/", "~1")


# Django's own handlers, for what never reaches a view: `handler404 =
# "skillwise_kernel.rest.problems.page_not_found"`.


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler400`."""
    if not _is_api(request):
        return defaults.bad_request(request, exception)
    return _problem(exception, request) or ProblemResponse(request, status=400, code="malformed_request")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler403`."""
    if not _is_api(request):
        return defaults.permission_denied(request, exception)
    return ProblemResponse(request, status=403, code="permission_denied")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler404`."""
    if not _is_api(request):
        return defaults.page_not_found(request, exception)
    return ProblemResponse(request, status=404, code="not_found", detail="There is nothing at this address.")


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`. Django has logged the exception; the answer tells nothing but the request's id."""
    if not _is_api(request):
        return defaults.server_error(request)
    return ProblemResponse(request, status=500, code="internal_error")


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith(_API_PREFIX)
