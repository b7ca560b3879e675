"""/sslcommerz: the gateway's page, where a buyer pays, and what the stand-in holds."""

import time

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ..pages import page, problem
from ..stripe.deliverer import Deliverer
from ..stripe.store import Body, Store
from ..switches import Switches
from . import attempts, refunds, sessions
from .work import Merchant, RefusedError, Work

_SHOWN = 50
# Where the buyer's browser is sent, with the signed outcome, by the transaction's status.
_RETURN = {"VALID": "success_url", "VALIDATED": "success_url", "CANCELLED": "cancel_url"}


class SslcommerzPages:
    """Sessions, their payments and refunds, newest first."""

    def __init__(self, store: Store, switches: Switches, deliverer: Deliverer, merchant: Merchant) -> None:
        self._store = store
        self._switches = switches
        self._deliverer = deliverer
        self._merchant = merchant

    def routes(self) -> list[Route]:
        """All addresses, relative to /sslcommerz."""
        return [
            Route("/", self._overview),
            Route("/gwprocess/v4/gw.php", self._gateway),
            Route("/sessions/{id}/end", self._end, methods=["POST"]),
        ]

    async def _overview(self, request: Request) -> Response:
        return page(
            "sslcommerz.html",
            title="SSLCOMMERZ",
            here="sslcommerz",
            sessions=[found.body for found in self._store.select(sessions.KIND, limit=_SHOWN)],
            refunds=[
                found.body | {"status": refunds.state(self._work(request), found.body)}
                for found in self._store.select(refunds.KIND, limit=_SHOWN)
            ],
        )

    async def _gateway(self, request: Request) -> Response:
        work = self._work(request)
        found = sessions.find(work, request.query_params.get("SESSIONKEY", ""))
        return problem(404, "No such session") if found is None else self._session_page(work, found.body)

    def _session_page(
        self, work: Work, session: Body, *, notice: str | None = None, status: int = 200
    ) -> Response:
        transaction = None
        if session["status"] != "PENDING":
            transaction = self._store.get(attempts.KIND, session["transaction"])
        return page(
            "sslcommerz_session.html",
            status=status,
            title=f"Payment {session['tran_id']}",
            here="sslcommerz",
            session=session,
            transaction=transaction,
            return_url=session[_RETURN.get(transaction["status"], "fail_url")] if transaction else "",
            told=attempts.notice(work, transaction) if transaction else {},
            notice=notice,
        )

    async def _end(self, request: Request) -> Response:
        form = await request.form()
        work = self._work(request)
        found = sessions.find(work, request.path_params["id"])
        if found is None:
            return problem(404, "No such session")
        outcome = str(form.get("outcome", ""))
        if outcome not in attempts.OUTCOMES:
            return self._session_page(work, found.body, notice="Choose what is to happen.", status=400)
        try:
            with self._store.database.transaction():
                attempts.end(work, found.body, outcome, risk_level=1 if form.get("risky") else 0)
        except RefusedError as error:
            return self._session_page(work, found.body, notice=str(error), status=409)
        self._deliverer.wake()
        return RedirectResponse(sessions.page_url(work, found.body["id"]), 303)

    def _work(self, request: Request) -> Work:
        return Work(
            store=self._store,
            switches=self._switches,
            merchant=self._merchant,
            public_url=f"{request.url.scheme}://{request.url.netloc}",
            now=time.time(),
        )
