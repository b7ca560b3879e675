"""What the tests of the contract know of each provider: how one pays, hears from it, and breaks it."""

import json
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

import httpx
import stripe as stripe_library
from django.conf import settings
from skillwise_commerce.domain.payments import ProviderPayment
from skillwise_commerce.gateways import PaymentGateway, get_gateway
from skillwise_commerce.gateways.sslcommerz.calls import Calls
from skillwise_commerce.gateways.sslcommerz.gateway import SslcommerzGateway
from skillwise_commerce.gateways.stripe import StripeGateway
from skillwise_kernel.money import Money
from sslcommerz import Sslcommerz
from stand_in import StandIn, sign

__all__ = ["Bench", "SslcommerzBench", "StripeBench"]

Webhook = tuple[bytes, dict[str, str]]
IMPATIENT = 0.4


class Bench(Protocol):
    """One provider's stand-in. `total` is what is asked, `fee` what it keeps of it."""

    total: Money
    fee: Money
    stand_in: StandIn

    def gateway(self) -> PaymentGateway:
        """Ours, as the settings have it."""

    def impatient_gateway(self, *, key: str = "") -> PaymentGateway:
        """Ours, that waits no longer than `IMPATIENT` and does nothing twice by itself; with another key or
        password than ours, if need be.
        """

    def pay(self, payment: ProviderPayment, *, succeeds: bool = True) -> None:
        """What the buyer does with what they were handed."""

    def begun(self, payment: ProviderPayment) -> int:
        """How many payments the provider has by this payment's order."""

    def notice(self, payment: ProviderPayment) -> Webhook:
        """The newest webhook about this payment."""

    def tampered(self, webhook: Webhook) -> list[Webhook]:
        """The same, changed, signed by another, half signed, and unsigned."""

    def behave(self) -> None:
        """Everything works again."""

    def close(self) -> None:
        """Let go of what was opened."""


class StripeBench:
    total = Money(4999, "USD")
    fee = Money(175, "USD")

    def __init__(self, stand_in: StandIn) -> None:
        self.stand_in = stand_in
        self._opened: list[stripe_library.RequestsClient] = []

    def gateway(self) -> PaymentGateway:
        return get_gateway("stripe")

    def impatient_gateway(self, *, key: str = "") -> PaymentGateway:
        configured = settings.SKILLWISE_COMMERCE
        self._opened.append(stripe_library.RequestsClient(timeout=IMPATIENT))
        client = stripe_library.StripeClient(
            key or configured["STRIPE_SECRET_KEY"],
            base_addresses={"api": configured["STRIPE_API_BASE"]},
            max_network_retries=0,
            http_client=self._opened[-1],
        )
        return StripeGateway(
            client, publishable_key="pk_test_sandbox", webhook_secret=configured["STRIPE_WEBHOOK_SECRET"]
        )

    def pay(self, payment: ProviderPayment, *, succeeds: bool = True) -> None:
        self.stand_in.pay(payment.id, "pm_card_visa" if succeeds else "pm_card_chargeDeclined")

    def begun(self, payment: ProviderPayment) -> int:
        found = self.stand_in.client.v1.payment_intents.list({"limit": 100}).data
        return sum(f"'{payment.order_id}'" in str(intent.metadata.to_dict()) for intent in found)

    def notice(self, payment: ProviderPayment) -> Webhook:
        body = json.dumps(self.stand_in.events(payment.id)[-1])
        return body.encode(), {"Stripe-Signature": sign(body)}

    def tampered(self, webhook: Webhook) -> list[Webhook]:
        body, headers = webhook
        text = body.decode()
        return [
            (body.replace(b"4999", b"1"), headers),
            (body, {"Stripe-Signature": sign(text, secret="whsec_of_somebody")}),
            (body, {"Stripe-Signature": sign(text, age=301)}),
            (body, {"Stripe-Signature": headers["Stripe-Signature"].partition(",")[0]}),
            (body, {}),
            (b"", headers),
            (b"\xff", headers),
        ]

    def behave(self) -> None:
        self.stand_in.behave()

    def close(self) -> None:
        for http in self._opened:
            http.close()


class SslcommerzBench:
    total = Money(499900, "BDT")
    fee = Money(12497, "BDT")

    def __init__(self, sslcommerz: Sslcommerz) -> None:
        self.sslcommerz = sslcommerz
        self.stand_in = sslcommerz.stand_in
        self._opened: list[httpx.Client] = []

    def gateway(self) -> PaymentGateway:
        return get_gateway("sslcommerz")

    def impatient_gateway(self, *, key: str = "") -> PaymentGateway:
        client = httpx.Client(base_url=self.sslcommerz.base, timeout=IMPATIENT)
        self._opened.append(client)
        password = settings.SKILLWISE_COMMERCE["SSLCOMMERZ_STORE_PASSWORD"]
        return SslcommerzGateway(
            Calls(client, store_id="sandbox", store_password=key or password, pauses=()),
            store_password=password,
            public_url=settings.PUBLIC_URL,
            shop_email="shop@skillwise.example",
        )

    def pay(self, payment: ProviderPayment, *, succeeds: bool = True) -> None:
        self.sslcommerz.pay(payment.id, "pay" if succeeds else "fail")

    def begun(self, payment: ProviderPayment) -> int:
        return len(self.sslcommerz.sessions(payment.id))

    def notice(self, payment: ProviderPayment) -> Webhook:
        return self.sslcommerz.ipns(payment.id)[0].encode(), {}

    def tampered(self, webhook: Webhook) -> list[Webhook]:
        body, headers = webhook
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
        unsigned = {name: value for name, value in fields.items() if not name.startswith("verify_sign")}
        changed: list[dict[str, Any]] = [
            fields | {"amount": "1.00"},
            fields | {"tran_id": "another"},
            fields | {"verify_sign": "0" * 32},
            fields | {"verify_sign_sha2": "0" * 64},
            unsigned | {"verify_sign": fields["verify_sign"]},
            unsigned | {"verify_sign_sha2": fields["verify_sign_sha2"]},
            unsigned,
            fields | {"verify_key": "amount"},
            fields | {"verify_key": fields["verify_key"] + ",more"},
        ]
        bodies = [urlencode(one).encode() for one in changed]
        return [(one, headers) for one in (*bodies, body + b"&tran_id=another", b"", b"\xff=%ff")]

    def behave(self) -> None:
        self.sslcommerz.behave()

    def close(self) -> None:
        for client in self._opened:
            client.close()
