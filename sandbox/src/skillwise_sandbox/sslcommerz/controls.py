"""/_control/sslcommerz: what a person would do on the page, and what a test looks at."""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from starlette.requests import Request

from ..stripe.store import Body, Store
from ..switches import Switches
from . import attempts, money, refunds, sessions
from .work import Merchant, RefusedError, Work

_MEMBERS = {"outcome", "risk_level", "charged"}


class SslcommerzControls:
    """Addresses are relative to /_control. What cannot be done raises `RefusedError`."""

    def __init__(self, store: Store, switches: Switches, merchant: Merchant) -> None:
        self._store = store
        self._switches = switches
        self._merchant = merchant

    def table(self) -> list[tuple[str, str, Callable[[Request, dict[str, Any]], Any]]]:
        return [
            ("POST", "/sslcommerz/sessions/{id}", self._end),
            ("GET", "/sslcommerz/sessions", self._sessions),
            ("GET", "/sslcommerz/ipns", self._ipns),
            ("POST", "/sslcommerz/ipns/{id}/resend", self._resend),
            ("POST", "/sslcommerz/refunds/{id}", self._settle),
        ]

    def _end(self, request: Request, body: dict[str, Any]) -> Any:
        """End a session, named by its key or, the newest open one, by its `tran_id`; answers its transaction.

        `outcome`: pay | fail | cancel | expire; `risk_level` 1; `charged`, another amount than was asked for.
        """
        outcome, risk_level, charged = body.get("outcome"), body.get("risk_level", 0), body.get("charged")
        if outcome not in attempts.OUTCOMES or risk_level not in (0, 1) or body.keys() - _MEMBERS:
            raise RefusedError(f"outcome is one of {', '.join(attempts.OUTCOMES)}, risk_level 0 or 1")
        amount: Decimal | None = None if charged is None else money.read(str(charged), "charged")
        work = self._work(request)
        session = self._open_session(work, request.path_params["id"])
        with self._store.database.transaction():
            return attempts.end(work, session, outcome, risk_level=risk_level, charged=amount)

    def _sessions(self, request: Request, body: dict[str, Any]) -> Any:
        """Sessions, newest first; of one transaction with `?tran_id=`."""
        return {"sessions": self._held(sessions.KIND, request)}

    def _ipns(self, request: Request, body: dict[str, Any]) -> Any:
        """What the store was told, or was to be told, newest first; of one transaction with `?tran_id=`."""
        return {"ipns": self._held(attempts.IPN_KIND, request)}

    def _resend(self, request: Request, body: dict[str, Any]) -> Any:
        """Send an IPN once more."""
        found = self._store.find(attempts.IPN_KIND, request.path_params["id"])
        if found is None:
            raise RefusedError("no such IPN")
        attempts.resend(self._work(request), found.body)
        return found.body

    def _settle(self, request: Request, body: dict[str, Any]) -> Any:
        """Let a refund end: `{"status": "refunded"}` or `cancelled`."""
        found = self._store.find(refunds.KIND, request.path_params["id"])
        if found is None or body.get("status") not in refunds.ENDINGS:
            raise RefusedError(f"no such refund, or status is not one of {', '.join(refunds.ENDINGS)}")
        return refunds.settle(self._work(request), found.body, body["status"])

    def _open_session(self, work: Work, name: str) -> Body:
        found = sessions.find(work, name)
        if found is not None:
            return found.body
        open_ones = [one for one in sessions.of_transaction(work, name) if one["status"] == "PENDING"]
        if not open_ones:
            raise RefusedError("no open session of this key or tran_id")
        return open_ones[-1]

    def _held(self, kind: str, request: Request) -> list[Body]:
        tran_id = request.query_params.get("tran_id")
        where = None if tran_id is None else {"tran_id": tran_id}
        return [found.body for found in self._store.select(kind, where=where)]

    def _work(self, request: Request) -> Work:
        return Work(
            store=self._store,
            switches=self._switches,
            merchant=self._merchant,
            public_url=f"{request.url.scheme}://{request.url.netloc}",
            now=time.time(),
        )
