"""Stripe, through its official library: PaymentIntents, paid by the app with PaymentSheet."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import ClassVar, Final, Self
from uuid import UUID

import stripe
import structlog
from django.conf import settings
from skillwise_kernel.ids import new_id

from skillwise_commerce.domain.payments import PaymentStatus, ProviderPayment
from skillwise_commerce.errors import (
    CustomerNotFoundError,
    PaymentDeclinedError,
    PaymentNotAcceptedError,
    PaymentNotFoundError,
    ProviderFailedError,
    ProviderUnavailableError,
    WebhookInvalidError,
    WebhookSignatureInvalidError,
)
from skillwise_commerce.gateways.port import PaymentRequest, WebhookNotice

__all__ = ["StripeGateway"]

#: The API version that this code was written and tested for. Raising it means changing the tests as well.
API_VERSION: Final = "2026-08-26.dahlia"
#: How old a webhook's signature may be, in seconds: Stripe's own recommendation.
SIGNATURE_TOLERANCE: Final = 300
_CONNECT_AND_READ_SECONDS: Final = (2.0, 5.0)
_NETWORK_RETRIES: Final = 2
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409

logger = structlog.get_logger(__name__)


class StripeGateway:
    """Implements `PaymentGateway`."""

    provider: ClassVar[str] = "stripe"

    def __init__(self, client: stripe.StripeClient, *, publishable_key: str, webhook_secret: str) -> None:
        self._client = client
        self._publishable_key = publishable_key
        self._webhook_secret = webhook_secret

    @classmethod
    def from_settings(cls) -> Self:
        configured = settings.SKILLWISE_COMMERCE
        return cls(
            _client(configured["STRIPE_SECRET_KEY"], configured["STRIPE_API_BASE"]),
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
        with _our_errors():
            customer = self._client.v1.customers.create(
                {"metadata": {"user_id": str(user_id)}}, {"idempotency_key": idempotency_key}
            )
        return customer.id

    def start(self, request: PaymentRequest) -> ProviderPayment:
        with _our_errors():
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
        return _payment(intent)

    def fetch(self, payment_id: str) -> ProviderPayment:
        with _our_errors():
            return _payment(self._client.v1.payment_intents.retrieve(payment_id))

    def cancel(self, payment_id: str) -> ProviderPayment:
        try:
            with _our_errors():
                return _payment(self._client.v1.payment_intents.cancel(payment_id))
        except PaymentNotAcceptedError:  # it is past canceling: paid, on its way, or canceled before
            return self.fetch(payment_id)

    def hand_over(self, payment: ProviderPayment, *, customer_id: str) -> dict[str, str]:
        """What PaymentSheet asks for. The ephemeral key shows the app the customer's cards for an hour."""
        with _our_errors():
            key = self._client.v1.ephemeral_keys.create({"customer": customer_id})
        return {
            "provider": self.provider,
            "publishable_key": self._publishable_key,
            "payment_intent": payment.id,
            "client_secret": payment.secret,
            "customer": customer_id,
            "ephemeral_key": key["secret"],
        }

    def parse_webhook(self, *, body: bytes, headers: Mapping[str, str]) -> WebhookNotice:
        try:
            text = body.decode("utf-8")
            stripe.WebhookSignature.verify_header(
                text, headers.get("Stripe-Signature"), self._webhook_secret, SIGNATURE_TOLERANCE
            )
        except (UnicodeDecodeError, stripe.SignatureVerificationError) as error:
            raise WebhookSignatureInvalidError from error
        return _notice(text)


def _notice(text: str) -> WebhookNotice:
    """Reads only what we act on, so that an event of another API version, or of a kind not yet invented, is
    read as well.
    """
    try:
        event = json.loads(text)
    except ValueError as error:
        raise WebhookInvalidError("The body is not JSON.") from error
    match event:
        case {"id": str(event_id), "type": str(kind)} if event_id and kind:
            pass
        case _:
            raise WebhookInvalidError("The body has no `id` and `type`.")
    match event:
        case {"data": {"object": {"object": "payment_intent", "id": str(payment_id)}}}:
            return WebhookNotice(event_id=event_id, kind=kind, payment_id=payment_id)
        case _:
            return WebhookNotice(event_id=event_id, kind=kind, payment_id="")


def _payment(intent: stripe.PaymentIntent) -> ProviderPayment:
    refusal = intent.last_payment_error
    return ProviderPayment(
        provider=StripeGateway.provider,
        id=intent.id,
        status=_status(intent.status, refused=refusal is not None),
        received=intent.amount_received,
        currency=intent.currency.upper(),
        order_id=_order_id(intent),
        error_code=(refusal.decline_code or refusal.code or "") if refusal else "",
        secret=intent.client_secret or "",
    )


def _status(status: str, *, refused: bool) -> PaymentStatus:
    """https://docs.stripe.com/payments/paymentintents/lifecycle"""
    match status:
        case "succeeded":
            return PaymentStatus.SUCCEEDED
        case "canceled":
            return PaymentStatus.CANCELED
        case "processing":
            return PaymentStatus.PROCESSING
        case "requires_action":
            return PaymentStatus.REQUIRES_ACTION
        case "requires_payment_method" if refused:
            return PaymentStatus.FAILED
        case _:
            return PaymentStatus.OPEN


def _order_id(intent: stripe.PaymentIntent) -> UUID | None:
    """None for an intent that somebody made otherwise, in Stripe's dashboard say."""
    try:
        return UUID(intent.metadata["order_id"])
    except (KeyError, ValueError):
        return None


@contextmanager
def _our_errors() -> Iterator[None]:
    """Stripe's error classes as ours: the buyer's means of payment, our request, or Stripe itself."""
    try:
        yield
    except stripe.CardError as error:
        raise PaymentDeclinedError(extra={"provider_code": error.code or ""}) from error
    except stripe.InvalidRequestError as error:
        if error.http_status == _NOT_FOUND:  # what the address names; a missing parameter's object is a 400
            raise PaymentNotFoundError from error
        if (error.code, error.param) == ("resource_missing", "customer"):
            raise CustomerNotFoundError from error
        logger.warning(
            "stripe_refused_request", code=error.code, param=error.param, stripe_request=error.request_id
        )
        raise PaymentNotAcceptedError(extra={"provider_code": error.code or ""}) from error
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        logger.warning("stripe_unreachable", error=type(error).__name__)
        raise ProviderUnavailableError from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        logger.error("stripe_refused_our_key", error=type(error).__name__, stripe_request=error.request_id)
        raise ProviderUnavailableError from error
    except stripe.StripeError as error:
        logger.warning("stripe_failed", status=error.http_status, stripe_request=error.request_id)
        if error.http_status in (None, _CONFLICT):  # nothing is remembered: the same request may be in flight
            raise ProviderUnavailableError from error
        raise ProviderFailedError from error


@lru_cache(maxsize=4)
def _client(secret_key: str, api_base: str | None) -> stripe.StripeClient:
    """One client per process: it keeps its connections, one per thread."""
    return stripe.StripeClient(
        secret_key,
        stripe_version=API_VERSION,
        base_addresses={"api": api_base} if api_base else None,
        max_network_retries=_NETWORK_RETRIES,
        http_client=stripe.RequestsClient(timeout=_CONNECT_AND_READ_SECONDS),
    )
