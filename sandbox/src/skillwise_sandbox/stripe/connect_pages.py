"""/stripe/connect: the page on which the owner of a connected account is onboarded."""

import time

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ..pages import page, problem
from ..switches import Switches
from . import account_links, accounts
from .deliverer import Deliverer
from .store import Found, Store
from .work import Work


class ConnectPages:
    """The page that an account link leads to; one that is used up or too old leads to its `refresh_url`."""

    def __init__(self, store: Store, switches: Switches, deliverer: Deliverer) -> None:
        self._store = store
        self._switches = switches
        self._deliverer = deliverer

    def routes(self) -> list[Route]:
        """All addresses, relative to /stripe."""
        path = "/connect/{account}/{secret}"
        return [Route(path, self._show, methods=["GET"]), Route(path, self._finish, methods=["POST"])]

    async def _show(self, request: Request) -> Response:
        link = self._link(request)
        if link is None:
            return problem(404, "No such onboarding")
        if not account_links.is_good(link, int(time.time())):
            return RedirectResponse(link.private["refresh_url"], 303)
        account = self._store.get("account", link.private["account"])
        return page(
            "onboarding.html", title="Onboarding", here="stripe", account=account, action=request.url.path
        )

    async def _finish(self, request: Request) -> Response:
        link, form = self._link(request), await request.form()
        if link is None:
            return problem(404, "No such onboarding")
        now = int(time.time())
        if not account_links.is_good(link, now):
            return RedirectResponse(link.private["refresh_url"], 303)
        with self._store.database.transaction():
            account_links.use_up(self._store, link)
            if form.get("outcome") == "complete":
                public_url = f"{request.url.scheme}://{request.url.netloc}"
                work = Work(store=self._store, now=now, public_url=public_url, switches=self._switches)
                accounts.settle(work, self._store.get("account", link.private["account"]), "complete")
        self._deliverer.wake()
        return RedirectResponse(link.private["return_url"], 303)

    def _link(self, request: Request) -> Found | None:
        return account_links.find(self._store, request.path_params["account"], request.path_params["secret"])
