"""SSLCOMMERZ's stand-in: what is asked of it, and what buyers and SSLCOMMERZ do there, over HTTP."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
from django.conf import settings
from skillwise_commerce.gateways import PaymentRequest
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_sandbox.sslcommerz.signatures import signed
from stand_in import StandIn

#: The calls that our code makes there, by method and path.
SESSION = ("POST", "/gwprocess/v4/api.php")
VALIDATION = ("GET", "/validator/api/validationserverAPI.php")
TRANSACTION = ("GET", "/validator/api/merchantTransIDvalidationAPI.php")

PRICE = Money(499900, "BDT")
#: Of our store there.
PASSWORD = "sandbox@ssl"


class Sslcommerz:
    """The part of the running stand-in that is SSLCOMMERZ's. Its calls go wrong as `stand_in` is told."""

    def __init__(self, stand_in: StandIn) -> None:
        self.stand_in = stand_in
        self.base = str(stand_in.addresses["sslcommerz_api_base"])
        self._control = f"{stand_in.addresses['http']}/_control/sslcommerz"

    def behave(self) -> None:
        """Everything works, and no IPN is sent."""
        self.stand_in.behave()
        self.stand_in.break_webhooks(mode="drop", events=["sslcommerz.*"])

    def pay(self, session: str, outcome: str = "pay", **more: Any) -> dict[str, Any]:
        """End a session, by its key or the newest open one of its `tran_id`: `pay`, `fail`, `cancel` or
        `expire`, with `risk_level` and `charged`. Answers the transaction.
        """
        answer = httpx.post(f"{self._control}/sessions/{session}", json={"outcome": outcome, **more})
        assert answer.status_code == 200, answer.text
        transaction: dict[str, Any] = answer.json()
        return transaction

    def open_again(self, tran_id: str) -> None:
        """Another session for this `tran_id`, as if the first one's page had been forgotten."""
        first = self.sessions(tran_id)[0]
        own = {"id", "object", "status", "taka", "created", "expires", "transaction"}
        form = {name: value for name, value in first.items() if name not in own}
        store = {"store_id": "sandbox", "store_passwd": PASSWORD}
        answer = httpx.post(self.base + SESSION[1], data=form | store).json()
        assert answer["status"] == "SUCCESS", answer

    def sessions(self, tran_id: str) -> list[dict[str, Any]]:
        """The sessions of a `tran_id`, newest first."""
        return self._held("sessions", tran_id)

    def ipns(self, tran_id: str) -> list[str]:
        """The bodies of the IPNs about a `tran_id`, newest first."""
        return [ipn["body"] for ipn in self._held("ipns", tran_id)]

    def has_told(self, tran_id: str) -> bool:
        """Whether all IPNs about a `tran_id` have arrived, each as often as it was to be sent."""
        ipns = {ipn["id"] for ipn in self._held("ipns", tran_id)}
        deliveries = httpx.get(f"{self.stand_in.addresses['http']}/_control/deliveries").json()["deliveries"]
        states = [delivery["state"] for delivery in deliveries if delivery["event"] in ipns]
        return bool(states) and set(states) == {"delivered"}

    def _held(self, what: str, tran_id: str) -> list[dict[str, Any]]:
        found = httpx.get(f"{self._control}/{what}", params={"tran_id": tran_id}).raise_for_status()
        held: list[dict[str, Any]] = found.json()[what]
        return held


def ask(total: Money = PRICE, **more: Any) -> PaymentRequest:
    """What our gateway is asked to begin there."""
    return PaymentRequest(order_id=new_id(), attempt=0, total=total, customer_id="", **more)


def signed_ipn(fields: dict[str, str]) -> str:
    """The body of an IPN that says this, signed with the password of our store in these tests."""
    return urlencode(signed(fields, settings.SKILLWISE_COMMERCE["SSLCOMMERZ_STORE_PASSWORD"]))


def fields_of(body: str) -> dict[str, str]:
    return dict(parse_qsl(body, keep_blank_values=True))
