"""/stripe/checkout: the page on which a person pays a Checkout Session, or goes back to the shop."""

import time
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ..pages import page, problem
from ..switches import Switches
from . import checkout
from .deliverer import Deliverer
from .errors import CardError, StripeError
from .store import Found, Store
from .testcards import CARDS
from .work import Call

_NEVER = ("javascript", "data", "vbscript", "file", "blob")


class CheckoutPages:
    """A session's page while it is open; afterwards it leads to `success_url`, or says that it expired."""

    def __init__(self, store: Store, switches: Switches, deliverer: Deliverer) -> None:
        self._store = store
        self._switches = switches
        self._deliverer = deliverer

    def routes(self) -> list[Route]:
        """All addresses, relative to /stripe."""
        return [
            Route("/checkout/{id}", self._show, methods=["GET"]),
            Route("/checkout/{id}", self._pay, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        return self._page(request)

    async def _pay(self, request: Request) -> Response:
        found, form = self._found(request), await request.form()
        if found is None:
            return problem(404, "No such checkout")
        notice, status, challenge = None, 200, None
        try:
            with self._store.database.transaction():
                try:
                    intent = checkout.pay(
                        self._call(request), found.body, str(form.get("payment_method", ""))
                    )
                    challenge = intent["next_action"]
                except CardError as refusal:
                    notice, status = refusal.message, 402
        except StripeError as error:
            notice, status = error.message, error.status
        self._deliverer.wake()
        if challenge is not None:
            return RedirectResponse(challenge["redirect_to_url"]["url"], 303)
        return self._page(request, notice=notice, status=status)

    def _page(self, request: Request, *, notice: str | None = None, status: int = 200) -> Response:
        found = self._found(request)
        if found is None:
            return problem(404, "No such checkout")
        session = found.body
        if session["status"] == "complete":
            address = session["success_url"].replace("{CHECKOUT_SESSION_ID}", quote(session["id"]))
            if _is_safe(address):
                return RedirectResponse(address, 303)
        if notice is None and session["payment_intent"] and session["status"] == "open":
            error = self._store.get("payment_intent", session["payment_intent"])["last_payment_error"]
            notice = error["message"] if error else None
        back = session["cancel_url"]
        return page(
            "checkout.html",
            status=status,
            title="Checkout",
            here="stripe",
            session=session,
            items=found.private["line_items"],
            cards=CARDS,
            back=back if back and _is_safe(back) else None,
            notice=notice,
        )

    def _found(self, request: Request) -> Found | None:
        return self._store.find("checkout.session", request.path_params["id"])

    def _call(self, request: Request) -> Call:
        return Call(
            store=self._store,
            now=int(time.time()),
            public_url=f"{request.url.scheme}://{request.url.netloc}",
            switches=self._switches,
        )


def _is_safe(address: str) -> bool:
    return urlsplit(address).scheme.lower() not in _NEVER
