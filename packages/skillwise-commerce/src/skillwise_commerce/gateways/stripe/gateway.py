"""PaymentIntents, paid by the app with PaymentSheet, and what becomes of the money."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, Self
from uuid import UUID

import stripe
from django.conf import settings
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

from skillwise_commerce.domain.payments import (
    ProviderDispute,
    ProviderFee,
    ProviderPayment,
    ProviderRecord,
    ProviderRefund,
)
from skillwise_commerce.errors import (
    DisputeNotFoundError,
    PaymentNotAcceptedError,
    PaymentNotFoundError,
    ProviderFailedError,
    RefundNotFoundError,
    RefundRefusedError,
    WebhookSignatureInvalidError,
)
from skillwise_commerce.gateways.port import PaymentRequest, RefundRequest, WebhookForm, WebhookNotice
from skillwise_commerce.gateways.stripe.checkout import (
    expire_session,
    fetch_session,
    is_session,
    start_session,
)
from skillwise_commerce.gateways.stripe.client import client
from skillwise_commerce.gateways.stripe.notices import WEBHOOK_FORM, read_notice
from skillwise_commerce.gateways.stripe.objects import (
    PROVIDER,
    dispute_from,
    payment_from,
    refund_from,
    transfer_from,
)
from skillwise_commerce.gateways.stripe.refusals import our_errors

__all__ = ["StripeGateway"]

#: How old a webhook's signature may be, in seconds: Stripe's own recommendation.
SIGNATURE_TOLERANCE: Final = 300
#: The most that Stripe lists at once.
_PAGE: Final = 100


class StripeGateway:
    """Implements `PaymentGateway`."""

    provider: ClassVar[str] = PROVIDER
    webhook_form: ClassVar[WebhookForm] = WEBHOOK_FORM

    def __init__(self, client: stripe.StripeClient, *, publishable_key: str, webhook_secret: str) -> None:
        self._client = client
        self._publishable_key = publishable_key
        self._webhook_secret = webhook_secret

    @classmethod
    def from_settings(cls) -> Self:
        configured = settings.SKILLWISE_COMMERCE
        return cls(
            client(configured["STRIPE_SECRET_KEY"], configured["STRIPE_API_BASE"]),
            publishable_key=configured["STRIPE_PUBLISHABLE_KEY"],
            webhook_secret=configured["STRIPE_WEBHOOK_SECRET"],
        )

    def create_customer(self, *, user_id: UUID, replacing: str = "") -> str:
        key = f"skillwise:customer:{user_id}:{replacing}"
        try:
            return self._create_customer(user_id, key)
        except ProviderFailedError:  # repeated under this key for a day; a customer too many does no harm
            return self._create_customer(user_id, f"{key}:{new_id()}")

    def _create_customer(self, user_id: UUID, idempotency_key: str) -> str:
        with our_errors():
            customer = self._client.v1.customers.create(
                {"metadata": {"user_id": str(user_id)}}, {"idempotency_key": idempotency_key}
            )
        return customer.id

    def start(self, request: PaymentRequest) -> ProviderPayment:
        if request.on_web:
            return start_session(self._client, request)
        with our_errors():
            intent = self._client.v1.payment_intents.create(
                {
                    "amount": request.total.amount,
                    "currency": request.total.currency.lower(),
                    "customer": request.customer_id,
                    "automatic_payment_methods": {"enabled": True},
                    "metadata": {"order_id": str(request.order_id)},
                },
                {"idempotency_key": f"skillwise:order:{request.order_id}:{request.attempt}"},
            )
        return payment_from(intent)

    def fetch(self, payment_id: str) -> ProviderPayment:
        if is_session(payment_id):
            return fetch_session(self._client, payment_id)
        with our_errors():
            return payment_from(self._client.v1.payment_intents.retrieve(payment_id))

    def cancel(self, payment_id: str) -> ProviderPayment:
        if is_session(payment_id):
            return expire_session(self._client, payment_id)
        try:
            with our_errors():
                return payment_from(self._client.v1.payment_intents.cancel(payment_id))
        except PaymentNotAcceptedError:  # it is past canceling: paid, on its way, or canceled before
            return self.fetch(payment_id)

    def hand_over(self, payment: ProviderPayment, request: PaymentRequest) -> dict[str, str]:
        """What PaymentSheet asks for, or the page on the web. The ephemeral key shows the app the customer's
        cards for an hour.
        """
        if is_session(payment.id):
            return {
                "provider": self.provider,
                "payment_id": payment.id,
                "gateway_page_url": payment.secret,
            }
        with our_errors():
            key = self._client.v1.ephemeral_keys.create({"customer": request.customer_id})
        return {
            "provider": self.provider,
            "publishable_key": self._publishable_key,
            "payment_intent": payment.id,
            "client_secret": payment.secret,
            "customer": request.customer_id,
            "ephemeral_key": key["secret"],
        }

    def refund(self, request: RefundRequest) -> ProviderRefund:
        try:
            with our_errors():
                refund = self._client.v1.refunds.create(
                    {
                        "payment_intent": request.payment_id,
                        "amount": request.amount.amount,
                        "metadata": {"refund_id": str(request.refund_id), "reason": request.reason[:500]},
                    },
                    {"idempotency_key": f"skillwise:refund:{request.refund_id}:{request.attempt}"},
                )
        except PaymentNotAcceptedError as refusal:
            raise RefundRefusedError(extra=dict(refusal.extra)) from refusal
        return refund_from(refund)

    def fetch_refund(self, refund_id: str) -> ProviderRefund:
        try:
            with our_errors():
                return refund_from(self._client.v1.refunds.retrieve(refund_id))
        except PaymentNotFoundError as error:
            raise RefundNotFoundError from error

    def refunds_of(self, payment_id: str) -> list[ProviderRefund]:
        with our_errors():
            found = self._client.v1.refunds.list({"payment_intent": payment_id, "limit": _PAGE})
            return [refund_from(refund) for refund in found.auto_paging_iter()][::-1]

    def fetch_dispute(self, dispute_id: str) -> ProviderDispute:
        try:
            with our_errors():
                return dispute_from(self._client.v1.disputes.retrieve(dispute_id))
        except PaymentNotFoundError as error:
            raise DisputeNotFoundError from error

    def fee_of(self, payment_id: str) -> ProviderFee | None:
        with our_errors():
            intent = self._client.v1.payment_intents.retrieve(
                payment_id, {"expand": ["latest_charge.balance_transaction"]}
            )
        booked = getattr(intent.latest_charge, "balance_transaction", None)
        if not isinstance(booked, stripe.BalanceTransaction):
            return None
        return ProviderFee(
            provider=self.provider,
            payment_id=payment_id,
            reference=booked.id,
            fee=Money(booked.fee, booked.currency.upper()),
        )

    def list_since(self, since: datetime) -> Iterator[ProviderRecord]:
        made: Any = {"created": {"gte": int(since.timestamp())}, "limit": _PAGE}
        with our_errors():
            yield from map(payment_from, self._client.v1.payment_intents.list(made).auto_paging_iter())
            yield from map(refund_from, self._client.v1.refunds.list(made).auto_paging_iter())
            yield from map(dispute_from, self._client.v1.disputes.list(made).auto_paging_iter())
            yield from map(transfer_from, self._client.v1.transfers.list(made).auto_paging_iter())

    def parse_webhook(self, *, body: bytes, headers: Mapping[str, str]) -> WebhookNotice:
        try:
            text = body.decode("utf-8")
            stripe.WebhookSignature.verify_header(
                text, headers.get("Stripe-Signature"), self._webhook_secret, SIGNATURE_TOLERANCE
            )
        except (UnicodeDecodeError, stripe.SignatureVerificationError) as error:
            raise WebhookSignatureInvalidError from error
        return read_notice(text)
