"""/mail: received mail for people (pages) and for programs (JSON)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from ..pages import page, problem
from .mailbox import Mail, Mailbox

_MOST_LISTED = 200
_LONGEST_SHOWN = 200_000
# A mail's HTML may show its styles and inline images; it may run, load and submit nothing, and its links
# open outside the frame.
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'"
)


class MailPages:
    """What the mailbox holds, newest first."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def routes(self) -> list[Route]:
        """All addresses, relative to /mail."""
        return [
            Route("/", self._list),
            Route("/clear", self._clear, methods=["POST"]),
            Route("/api/messages", self._messages, methods=["GET", "DELETE"]),
            Route("/api/messages/{number:int}", self._message),
            Route("/{number:int}", self._show),
            Route("/{number:int}/html", self._html),
            Route("/{number:int}/raw", self._raw),
        ]

    async def _list(self, request: Request) -> Response:
        to = request.query_params.get("to") or None
        mails = self._mailbox.newest(to=to, limit=_MOST_LISTED)
        return page("mails.html", title="Mail", here="mail", mails=mails, to=to or "")

    async def _show(self, request: Request) -> Response:
        mail = self._find(request)
        if mail is None:
            return problem(404, "No such mail")
        text, html = mail.body("plain"), mail.body("html")
        attachments = [
            f"{part.get_filename() or 'unnamed'} ({part.get_content_type()})"
            for part in mail.parsed().iter_attachments()
        ]
        return page(
            "mail.html",
            title=mail.subject or "(no subject)",
            here="mail",
            mail=mail,
            text=None if text is None else text[:_LONGEST_SHOWN],
            cut=text is not None and len(text) > _LONGEST_SHOWN,
            has_html=html is not None,
            attachments=attachments,
        )

    async def _html(self, request: Request) -> Response:
        mail = self._find(request)
        html = None if mail is None else mail.body("html")
        if html is None:
            return problem(404, "No such mail, or it has no HTML")
        headers = {"Content-Security-Policy": _MAIL_POLICY, "X-Content-Type-Options": "nosniff"}
        framed = '<base target="_blank">' + html[:_LONGEST_SHOWN]
        return Response(framed, headers=headers, media_type="text/html; charset=utf-8")

    async def _raw(self, request: Request) -> Response:
        mail = self._find(request)
        if mail is None:
            return problem(404, "No such mail")
        return Response(mail.raw, headers={"X-Content-Type-Options": "nosniff"}, media_type="text/plain")

    async def _clear(self, request: Request) -> Response:
        self._mailbox.clear()
        return RedirectResponse("/mail/", 303)

    async def _messages(self, request: Request) -> Response:
        if request.method == "DELETE":
            return JSONResponse({"deleted": self._mailbox.clear()})
        try:
            limit = int(request.query_params.get("limit", "100"))
        except ValueError:
            return PlainTextResponse("limit is a number", 400)
        to = request.query_params.get("to") or None
        mails = self._mailbox.newest(to=to, limit=min(max(limit, 1), _MOST_LISTED))
        return JSONResponse([mail.as_json() for mail in mails])

    async def _message(self, request: Request) -> Response:
        mail = self._find(request)
        return JSONResponse({"error": "no such mail"}, 404) if mail is None else JSONResponse(mail.as_json())

    def _find(self, request: Request) -> Mail | None:
        return self._mailbox.find(request.path_params["number"])
