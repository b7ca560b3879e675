"""One sandbox per test session (per worker), emptied before each test; the official library as its client."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import stripe
from sandbox_process import Sandbox, eventually
from stripe_document import DOCUMENT, Contract

SECRET = "whsec_of_the_tests"


@pytest.fixture(scope="session")
def contract() -> Contract | None:
    """Stripe's document, or None where it is missing."""
    return Contract() if DOCUMENT.exists() else None


@pytest.fixture(scope="session")
def _process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    process = Sandbox(tmp_path_factory.mktemp("sandbox")).start()
    yield process
    assert process.stop() == 0
    assert "Traceback" not in process.log()


@pytest.fixture
def sandbox(_process: Sandbox) -> Sandbox:
    """A running sandbox that holds nothing."""
    _process.control("POST", "/reset")
    _process.control("DELETE", "/webhook")
    return _process


@pytest.fixture
def new_sandbox(tmp_path: Any) -> Iterator[Sandbox]:
    """A sandbox of the test's own, to be started, killed and started again."""
    process = Sandbox(tmp_path / "data")
    yield process
    if process.process is not None:
        process.stop()


class CheckedHttp(stripe.RequestsClient):
    """The library's own transport, which holds every answer against Stripe's document."""

    def __init__(self, contract: Contract | None) -> None:
        super().__init__(timeout=15)
        self._contract = contract

    def request(self, method: str, url: str, *arguments: Any, **options: Any) -> Any:
        text, status, headers = super().request(method, url, *arguments, **options)
        if self._contract is not None:
            path = urlsplit(url).path.removeprefix("/stripe")
            self._contract.check_answer(method.upper(), path, status, json.loads(text))
        return text, status, headers


@pytest.fixture
def connect(contract: Contract | None) -> Callable[..., stripe.StripeClient]:
    """Makes clients of the official library: `connect(sandbox, key=…, retries=…)`."""

    def connected(
        sandbox: Sandbox,
        *,
        key: str = "sk_test_sandbox",
        retries: int = 0,
        version: str = "2026-08-26.dahlia",
    ) -> stripe.StripeClient:
        return stripe.StripeClient(
            key,
            base_addresses={"api": sandbox.api},
            stripe_version=version,
            max_network_retries=retries,
            http_client=CheckedHttp(contract),
        )

    return connected


@pytest.fixture
def client(sandbox: Sandbox, connect: Callable[..., stripe.StripeClient]) -> stripe.StripeClient:
    """A server's client: secret key, no retries of its own."""
    return connect(sandbox)


@dataclass
class App:
    """Talks to Stripe as the mobile app does: publishable key, client secret, form-encoded."""

    sandbox: Sandbox
    contract: Contract | None

    def call(
        self, method: str, path: str, data: dict[str, str] | None = None, *, key: str | None = None
    ) -> Any:
        """Any call, with an API key (the publishable one unless another is given)."""
        body = {"params" if method == "GET" else "data": data or {}}
        headers = {"Authorization": f"Bearer {key or 'pk_test_sandbox'}"}
        answer = httpx.request(method, self.sandbox.api + path, headers=headers, timeout=15, **body)
        if self.contract is not None:
            self.contract.check_answer(method, path, answer.status_code, answer.json())
        return answer

    def confirm(self, intent: Any, payment_method: str = "pm_card_visa", **data: str) -> Any:
        """Confirm an intent with a test card."""
        form = {
            "client_secret": intent.client_secret,
            "payment_method": payment_method,
            "return_url": "skillwise://paid",
        }
        return self.call("POST", f"/v1/payment_intents/{intent.id}/confirm", form | data)


@pytest.fixture
def app(sandbox: Sandbox, contract: Contract | None) -> App:
    """The mobile app."""
    return App(sandbox, contract)


@dataclass
class Receiver:
    """A web server that takes webhooks.

    `answers` are its next status codes (200 when it is empty); a body with `slow_for` in it has to wait.
    """

    url: str = ""
    answers: list[int] = field(default_factory=list)
    slow_for: str = "nothing is slow"
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    contract: Contract | None = None
    patience: threading.Event = field(default_factory=threading.Event)

    def events(self, secret: str = SECRET) -> list[stripe.Event]:
        """What has come, each verified by the official library."""
        return [
            stripe.Webhook.construct_event(body, headers["stripe-signature"], secret)
            for headers, body in list(self.received)
        ]

    def types(self) -> list[str]:
        return [event.type for event in self.events()]

    def wait_for(self, event_type: str, times: int = 1) -> stripe.Event:
        """The last of so many events of a type."""
        eventually(lambda: self.types().count(event_type) >= times, what=f"{times} {event_type}")
        return [event for event in self.events() if event.type == event_type][-1]


@pytest.fixture
def receiver(contract: Contract | None) -> Iterator[Receiver]:
    """A web server that takes webhooks, not yet known to the sandbox."""
    taken = Receiver(contract=contract)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            taken.received.append((headers, body))
            if taken.slow_for.encode() in body:
                taken.patience.wait(20)
            self.send_response(taken.answers.pop(0) if taken.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    taken.url = f"http://127.0.0.1:{server.server_port}/webhooks"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield taken
    taken.patience.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def webhooks(sandbox: Sandbox, receiver: Receiver) -> Receiver:
    """A web server to which the sandbox sends all events."""
    sandbox.control("PUT", "/webhook", {"url": receiver.url, "secret": SECRET})
    return receiver


@pytest.fixture
def new_intent(client: stripe.StripeClient) -> Callable[..., stripe.PaymentIntent]:
    """Makes an intent over 49.99 USD as the product does."""

    def intent(**params: Any) -> stripe.PaymentIntent:
        base = {"amount": 4999, "currency": "usd", "automatic_payment_methods": {"enabled": True}}
        return client.v1.payment_intents.create(base | params)

    return intent


@pytest.fixture
def paid(client: stripe.StripeClient, app: App, new_intent: Any) -> Callable[..., stripe.Charge]:
    """Pays 49.99 USD with a card and answers the charge."""

    def charge(card: str = "pm_card_visa") -> stripe.Charge:
        intent = new_intent()
        app.confirm(intent, card)
        return client.v1.charges.list({"payment_intent": intent.id}).data[0]

    return charge


@pytest.fixture
def new_account(sandbox: Sandbox, client: stripe.StripeClient) -> Callable[..., stripe.Account]:
    """Makes a connected account; unless `onboarded` is false, one that can receive transfers."""

    def account(*, onboarded: bool = True, **params: Any) -> stripe.Account:
        base = {"type": "express", "country": "US", "capabilities": {"transfers": {"requested": True}}}
        made = client.v1.accounts.create(base | params)
        if onboarded:
            sandbox.control("POST", f"/accounts/{made.id}", {"state": "complete"})
        return client.v1.accounts.retrieve(made.id)

    return account
