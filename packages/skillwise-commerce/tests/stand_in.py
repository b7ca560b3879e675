"""Stripe's stand-in as a process of its own, and what buyers and Stripe do there, over HTTP."""

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import httpx
import stripe
from django.conf import settings

STARTS_WITHIN = 30


class StandIn:
    """Starts it in `folder`. Its calls and webhooks go wrong as told."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "skillwise_sandbox", "--data", str(folder), "--die-with-parent"]
        self._process = subprocess.Popen(command)
        self.addresses = self._wait_for(folder / "addresses.json")
        self._control = httpx.Client(base_url=f"{self.addresses['http']}/_control")
        self.client = stripe.StripeClient(
            self.addresses["stripe_secret_key"],
            base_addresses={"api": self.addresses["stripe_api_base"]},
            http_client=stripe.RequestsClient(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._control.close()
        self._process.terminate()
        self._process.wait(timeout=10)

    # What the buyer does in the app

    def pay(self, intent: str, method: str = "pm_card_visa") -> None:
        """Confirm the intent with a means of payment that may be declined, or may ask for more."""
        with contextlib.suppress(stripe.CardError):  # the app shows it; the webhook tells us
            self.client.v1.payment_intents.confirm(
                intent, {"payment_method": method, "return_url": "https://app.skillwise.example"}
            )

    def pay_on_page(self, url: str, method: str = "pm_card_visa") -> None:
        """Pay on the page of a Checkout Session."""
        httpx.post(url, data={"payment_method": method})

    def pay_without_us(self, amount: int, *, currency: str = "usd", **metadata: str) -> str:
        """A payment that was not begun by us; answers its intent."""
        intent = self.client.v1.payment_intents.create(
            {
                "amount": amount,
                "currency": currency,
                "metadata": metadata,
                "payment_method": "pm_card_visa",
                "payment_method_types": ["card"],
                "confirm": True,
            }
        )
        return intent.id

    def authenticate(self, intent: str, *, succeeds: bool = True) -> None:
        """Pass or fail 3-D Secure."""
        self._post(f"/payment_intents/{intent}/authenticate", {"succeeds": succeeds})

    # What the buyer's bank does

    def dispute(self, intent: str, **how: Any) -> str:
        """Let the cardholder dispute a payment (`amount`, `reason`, `inquiry`); answers the dispute's id."""
        charge = self.client.v1.payment_intents.retrieve(intent).latest_charge
        answer = self._control.post(f"/charges/{charge}/dispute", json=how).raise_for_status()
        return str(answer.json()["id"])

    def resolve(self, dispute: str, outcome: str) -> None:
        """`won`, `lost`, `withdrawn`, `funds_withdrawn` or `funds_reinstated`."""
        self._post(f"/disputes/{dispute}/resolve", {"outcome": outcome})

    # What Stripe says

    def events(self, intent: str) -> list[dict[str, Any]]:
        """Every event about this intent, oldest first."""
        found = self.client.v1.events.list({"limit": 100})
        events = [json.loads(str(event)) for event in found.data]
        return [event for event in reversed(events) if event["data"]["object"].get("id") == intent]

    def events_about(self, intent: str, *kinds: str) -> list[dict[str, Any]]:
        """Every event of these kinds about this intent, its charge, refunds and disputes, oldest first."""
        found = self.client.v1.events.list({"limit": 100})
        events = [json.loads(str(event)) for event in reversed(found.data)]
        subjects = [(event, event["data"]["object"]) for event in events if event["type"] in kinds]
        return [event for event, of in subjects if intent in (of.get("id"), of.get("payment_intent"))]

    def last_event(self, intent: str, kind: str) -> dict[str, Any]:
        return [event for event in self.events(intent) if event["type"] == kind][-1]

    # What a test makes go wrong

    def fail_calls(self, **switch: Any) -> None:
        """`mode`: status | before | after | slow; `method`, `path`, `times`, `status`, `seconds`."""
        self._post("/calls", switch)

    def calls(self, method: str, path: str) -> list[dict[str, Any]]:
        """The calls that it answered since the test began."""
        seen = self._control.get("/").raise_for_status().json()["seen"]
        return [call for call in seen if (call["method"], call["path"]) == (method, path)]

    def send_webhooks_to(self, url: str, secret: str) -> None:
        self._control.put("/webhook", json={"url": url, "secret": secret}).raise_for_status()

    def break_webhooks(self, **switch: Any) -> None:
        """`mode`: drop | delay | double | reorder | drift; `events`, `times`, `seconds`, `copies`."""
        self._post("/webhooks", switch)

    def behave(self) -> None:
        """Everything works, nothing is sent anywhere, no call has been seen."""
        self._control.delete("/webhook").raise_for_status()
        self._post("/clear", {})

    def forget(self) -> None:
        """Stripe has nothing of what other tests did there."""
        self._post("/reset", {})

    def _post(self, path: str, body: dict[str, Any]) -> None:
        self._control.post(path, json=body).raise_for_status()

    def _wait_for(self, file: Path) -> dict[str, Any]:
        deadline = time.monotonic() + STARTS_WITHIN
        while not file.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the stand-in did not start")
            time.sleep(0.02)
        addresses: dict[str, Any] = json.loads(file.read_text())
        return addresses


def sign(body: str, *, secret: str | None = None, age: int = 0) -> str:
    """The `Stripe-Signature` of a body, made `age` seconds ago."""
    return stripe.WebhookSignature.generate_signature_header(
        body,
        settings.SKILLWISE_COMMERCE["STRIPE_WEBHOOK_SECRET"] if secret is None else secret,
        timestamp=int(time.time()) - age,
    )
