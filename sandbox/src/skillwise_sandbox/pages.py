"""The pages' frame: templates, the stylesheet, and the checks that keep other sites out of the forms."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import jinja2
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from .amounts import display

_PRIVATE = "no-store"
# The pages load nothing but their stylesheet and, for a mail, that mail in a frame of its own.
_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("skillwise_sandbox"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["money"] = display


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


_templates.filters["moment"] = _moment


def page(name: str, *, status: int = 200, **context: Any) -> Response:
    """The page that a template and what it shows make."""
    text = _templates.get_template(name).render(**context)
    headers = {
        "Cache-Control": _PRIVATE,
        "Content-Security-Policy": _POLICY,
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(text, status, headers)


def problem(status: int, message: str) -> Response:
    """A page that says what is wrong."""
    return page("problem.html", status=status, title=message, here="")


class SameOrigin:
    """Refuses a form or script of another site: 403. Programs, which name no origin, may pass."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in _SAFE_METHODS:
            headers = Headers(scope=scope)
            origin = headers.get("origin")
            foreign = origin is not None and urlsplit(origin).netloc != headers.get("host")
            if foreign or headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
                refusal = PlainTextResponse("This request comes from another site.", 403)
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)
