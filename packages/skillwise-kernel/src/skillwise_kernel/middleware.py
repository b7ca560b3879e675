"""What every request passes first and every answer last."""

import re
import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from skillwise_kernel.ids import new_id

__all__ = ["AccessLogMiddleware", "RequestIdMiddleware"]

#: What a caller's own id may look like: long enough to be one, harmless in logs and headers.
_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")

_access_log = structlog.get_logger("skillwise.access")

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestIdMiddleware:
    """Names the request: `X-Request-ID` as sent when it is sane, a new UUIDv7 otherwise.

    The id stands on `request.request_id`, in every log line written meanwhile and in the answer's
    `X-Request-ID`. The outermost middleware: nothing may answer before it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        sent = request.headers.get("X-Request-ID", "")
        request_id = sent if _SANE.fullmatch(sent) else str(new_id())
        request.request_id = request_id  # type: ignore[attr-defined]  # this middleware is what defines it
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            response = self._get_response(request)
            response["X-Request-ID"] = request_id
            return response
        finally:
            structlog.contextvars.clear_contextvars()


class AccessLogMiddleware:
    """One line per request: method, path without query, status, milliseconds. After `RequestIdMiddleware`.

    The request's id and the actor's stand in it as in every line written during the request.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        response = self._get_response(request)
        _access_log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round((time.perf_counter() - started) * 1000, 1),
        )
        return response
