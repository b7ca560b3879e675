"""/_control: what banks and cardholders would do at Stripe, done by a test."""

import time
from collections.abc import Callable
from typing import Any

from starlette.requests import Request

from ..switches import Switches
from . import accounts, balance, disputes, settlements
from .errors import invalid, missing_object
from .store import Body, Store
from .work import Work


class StripeControls:
    """Addresses are relative to /_control. What cannot be done raises `StripeError`."""

    def __init__(self, store: Store, switches: Switches) -> None:
        self._store = store
        self._switches = switches

    def table(self) -> list[tuple[str, str, Callable[[Request, dict[str, Any]], Any]]]:
        return [
            ("POST", "/charges/{id}/dispute", self._dispute),
            ("POST", "/disputes/{id}/resolve", self._resolve),
            ("POST", "/accounts/{id}", self._settle_account),
            ("POST", "/checkout/sessions/{id}/expire", self._expire),
            ("POST", "/balance/release", self._release),
        ]

    def _dispute(self, request: Request, body: dict[str, Any]) -> Any:
        """Let the cardholder dispute a charge; answers the dispute.

        `reason` (fraudulent), `amount` in minor units (all that is left), `inquiry` (false: money is taken).
        """
        reason, amount = body.get("reason", "fraudulent"), body.get("amount")
        whole = amount is None or (isinstance(amount, int) and not isinstance(amount, bool))
        if reason not in disputes.REASONS or not whole or body.keys() - {"reason", "amount", "inquiry"}:
            reasons = ", ".join(disputes.REASONS)
            raise invalid(f"amount is a whole number of minor units, reason one of {reasons}")
        charge = self._found("charge", request)
        inquiry = body.get("inquiry") is True
        with self._store.database.transaction():
            return disputes.open_dispute(
                self._work(request), charge, reason=reason, amount=amount, inquiry=inquiry
            )

    def _resolve(self, request: Request, body: dict[str, Any]) -> Any:
        """Let an open dispute go on: `{"outcome": "won"}` or another of `disputes.OUTCOMES`."""
        outcome = body.get("outcome")
        if outcome not in disputes.OUTCOMES:
            raise invalid(f"outcome is one of {', '.join(disputes.OUTCOMES)}")
        dispute = self._found("dispute", request)
        with self._store.database.transaction():
            return disputes.resolve(self._work(request), dispute, outcome)

    def _settle_account(self, request: Request, body: dict[str, Any]) -> Any:
        """Let Stripe be content with a connected account, or not: `{"state": "complete"}`, `restricted`."""
        state = body.get("state", "complete")
        if state not in accounts.STATES:
            raise invalid(f"state is one of {', '.join(accounts.STATES)}")
        account = self._found("account", request)
        with self._store.database.transaction():
            return accounts.settle(self._work(request), account, state)

    def _expire(self, request: Request, body: dict[str, Any]) -> Any:
        """Let a Checkout Session's time be up."""
        session = self._found("checkout.session", request)
        settlements.hasten(self._work(request), settlements.EXPIRY, session["id"])
        return {}

    def _release(self, request: Request, body: dict[str, Any]) -> Any:
        """Make all pending money available now."""
        with self._store.database.transaction():
            return {"released": balance.release_all(self._work(request))}

    def _found(self, kind: str, request: Request) -> Body:
        found = self._store.find(kind, request.path_params["id"])
        if found is None:
            raise missing_object(kind, request.path_params["id"], param="id", in_path=True)
        return found.body

    def _work(self, request: Request) -> Work:
        return Work(
            store=self._store,
            now=int(time.time()),
            public_url=f"{request.url.scheme}://{request.url.netloc}",
            switches=self._switches,
        )
