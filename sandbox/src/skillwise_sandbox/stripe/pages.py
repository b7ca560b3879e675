"""/stripe: what the stand-in holds, for people, who pay, refund and pass 3-D Secure here."""

import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ..pages import page, problem
from ..switches import Switches
from . import confirmation, deliveries, disputes, intents, refunds
from .deliverer import Deliverer
from .errors import CardError, StripeError, invalid
from .store import Body, Store
from .testcards import ACCOUNTS, CARDS
from .work import Call

_SHOWN = 50
_KINDS = (
    "payment_intent", "checkout.session", "refund", "dispute", "transfer", "payout", "account",
    "customer", "event", "webhook_endpoint",
)  # fmt: skip
_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
_NEVER = ("javascript", "data", "vbscript", "file", "blob")


class StripePages:
    """Intents, charges, refunds, customers, events and deliveries, newest first."""

    def __init__(self, store: Store, switches: Switches, deliverer: Deliverer) -> None:
        self._store = store
        self._switches = switches
        self._deliverer = deliverer

    def routes(self) -> list[Route]:
        """All addresses, relative to /stripe."""
        return [
            Route("/", self._overview),
            Route("/objects/{id}", self._object),
            Route("/intents/{id}", self._intent),
            Route("/intents/{id}/pay", self._pay, methods=["POST"]),
            Route("/intents/{id}/refund", self._refund, methods=["POST"]),
            Route("/intents/{id}/cancel", self._cancel, methods=["POST"]),
            Route("/intents/{id}/dispute", self._dispute, methods=["POST"]),
            Route("/disputes/{id}/resolve", self._resolve, methods=["POST"]),
            Route("/events/{id}/resend", self._resend, methods=["POST"]),
            Route("/3ds/{id}", self._challenge, methods=["GET"]),
            Route("/3ds/{id}", self._authenticate, methods=["POST"]),
        ]

    async def _overview(self, request: Request) -> Response:
        return page(
            "stripe.html",
            title="Payments",
            here="stripe",
            held={kind: [found.body for found in self._store.select(kind, limit=_SHOWN)] for kind in _KINDS},
            deliveries=deliveries.recent(self._store.database, limit=_SHOWN),
        )

    async def _object(self, request: Request) -> Response:
        row = self._store.database.execute(
            "SELECT body FROM objects WHERE id = ?", (request.path_params["id"],)
        ).fetchone()
        if row is None:
            return problem(404, "No such object")
        body = json.loads(row["body"])
        shown = json.dumps(body, indent=2, ensure_ascii=False)
        return page("object.html", title=body["id"], here="stripe", shown=shown)

    async def _intent(self, request: Request) -> Response:
        found = self._store.find("payment_intent", request.path_params["id"])
        return problem(404, "No such payment") if found is None else self._intent_page(found.body)

    def _intent_page(self, intent: Body, *, notice: str | None = None, status: int = 200) -> Response:
        charges = [
            found.body for found in self._store.select("charge", where={"payment_intent": intent["id"]})
        ]
        refunded = [
            found.body for found in self._store.select("refund", where={"payment_intent": intent["id"]})
        ]
        disputed = [
            found.body for found in self._store.select("dispute", where={"payment_intent": intent["id"]})
        ]
        paid = next((charge for charge in charges if charge["status"] == "succeeded"), None)
        return page(
            "intent.html",
            status=status,
            title=f"Payment {intent['id']}",
            here="stripe",
            intent=intent,
            charges=charges,
            refunds=refunded,
            disputes=disputed,
            reasons=disputes.REASONS,
            disputable=paid is not None and not paid["disputed"],
            left=paid["amount_captured"] - paid["amount_refunded"] if paid else 0,
            is_open=intent["status"] in _OPEN,
            cards=CARDS,
            accounts=ACCOUNTS if "us_bank_account" in intent["payment_method_types"] else (),
            challenge=_challenge_url(intent),
            notice=notice,
            body=json.dumps(intent, indent=2, ensure_ascii=False),
        )

    async def _pay(self, request: Request) -> Response:
        form = await request.form()
        here = str(request.base_url) + f"stripe/intents/{request.path_params['id']}"
        params = {"payment_method": str(form.get("payment_method", "")), "return_url": here}
        return self._act(request, confirmation.confirm, params)

    async def _cancel(self, request: Request) -> Response:
        return self._act(request, intents.cancel, {"cancellation_reason": "requested_by_customer"})

    async def _refund(self, request: Request) -> Response:
        form = await request.form()
        params: dict[str, Any] = {"payment_intent": request.path_params["id"]}
        amount = str(form.get("amount", "")).strip()
        if amount.isascii() and amount.isdigit():
            params["amount"] = int(amount)
        elif amount:
            found = self._store.find("payment_intent", request.path_params["id"])
            if found is not None:
                return self._intent_page(
                    found.body, notice="The amount is a whole number of minor units.", status=400
                )
        return self._act(request, refunds.create, params)

    async def _dispute(self, request: Request) -> Response:
        reason = str((await request.form()).get("reason", ""))

        def dispute(call: Call) -> Body:
            intent = call.addressed("payment_intent", "id").body
            if intent["status"] != "succeeded" or reason not in disputes.REASONS:
                raise invalid("Only a payment that has succeeded can be disputed, for a known reason.")
            charge = call.store.get("charge", intent["latest_charge"])
            return disputes.open_dispute(call, charge, reason=reason)

        return self._act(request, dispute, {})

    async def _resolve(self, request: Request) -> Response:
        outcome = str((await request.form()).get("outcome", ""))
        found = self._store.find("dispute", request.path_params["id"])
        if found is None or outcome not in disputes.OUTCOMES:
            return problem(404, "No such dispute or outcome")

        def resolve(call: Call) -> Body:
            return disputes.resolve(call, found.body, outcome)

        return self._act(request, resolve, {}, intent=found.body["payment_intent"])

    async def _resend(self, request: Request) -> Response:
        found = self._store.find("event", request.path_params["id"])
        if found is None:
            return problem(404, "No such event")
        with self._store.database.transaction():
            deliveries.resend(self._store, found.body)
        self._deliverer.wake()
        return RedirectResponse("/stripe/#deliveries", 303)

    async def _challenge(self, request: Request) -> Response:
        intent = self._challenged(request, request.query_params.get("client_secret", ""))
        if intent is None:
            return problem(404, "No payment awaits authentication here")
        return page("challenge.html", title="3-D Secure", here="stripe", intent=intent)

    async def _authenticate(self, request: Request) -> Response:
        form = await request.form()
        intent = self._challenged(request, str(form.get("client_secret", "")))
        if intent is None:
            return problem(404, "No payment awaits authentication here")
        action = intent["next_action"]
        call = self._call(request, {})
        with self._store.database.transaction():
            intent = confirmation.authenticate(call, intent, succeeds=form.get("outcome") == "complete")
        self._deliverer.wake()
        return_url = action.get("redirect_to_url", {}).get("return_url")
        if not return_url or urlsplit(return_url).scheme.lower() in _NEVER:
            return page("challenged.html", title="3-D Secure", here="stripe", intent=intent)
        outcome = {
            "payment_intent": intent["id"],
            "payment_intent_client_secret": intent["client_secret"],
            "redirect_status": "succeeded" if intent["status"] == "succeeded" else "failed",
        }
        joint = "&" if urlsplit(return_url).query else "?"
        return RedirectResponse(return_url + joint + urlencode(outcome), 303)

    def _challenged(self, request: Request, client_secret: str) -> Body | None:
        found = self._store.find("payment_intent", request.path_params["id"])
        if found is None or found.body["status"] != "requires_action":
            return None
        known = hmac.compare_digest(client_secret.encode(), found.body["client_secret"].encode())
        return found.body if known else None

    def _act(
        self,
        request: Request,
        run: Callable[[Call], Body],
        params: dict[str, Any],
        *,
        intent: str | None = None,
    ) -> Response:
        """Do what a form asks as the API would, and show the payment (`intent`, or the one that the address
        names) as it is afterwards.
        """
        identifier = intent or request.path_params["id"]
        notice, status = None, 303
        try:
            with self._store.database.transaction():
                try:
                    run(self._call(request, params))
                except CardError as refusal:
                    notice, status = refusal.message, 402
        except StripeError as error:
            notice, status = error.message, error.status
        self._deliverer.wake()
        found = self._store.find("payment_intent", identifier)
        if found is None:
            return problem(404, "No such payment")
        if notice is not None:
            return self._intent_page(found.body, notice=notice, status=status)
        return RedirectResponse(f"/stripe/intents/{identifier}", status)

    def _call(self, request: Request, params: dict[str, Any]) -> Call:
        return Call(
            store=self._store,
            now=int(time.time()),
            public_url=str(request.base_url).rstrip("/"),
            switches=self._switches,
            params=params,
            path={"id": request.path_params["id"]},
        )


def _challenge_url(intent: Body) -> str | None:
    """Where the cardholder of this payment is asked for 3-D Secure, if they are."""
    action = intent["next_action"] or {}
    details = action.get(action.get("type"), {})
    return details.get("url") or details.get("stripe_js")
