"""Checkout Sessions: a page of Stripe's on which a buyer on the web pays.

A session stands for its payment until that has succeeded; the PaymentIntent behind it does from then on,
since refunds, disputes and fees are of that. The intent says in its metadata that a session began it, and is
canceled when the session expires.
"""

import dataclasses
from typing import Any, Final

import stripe
from skillwise_kernel.money import Money

from skillwise_commerce.domain.payments import PaymentStatus, ProviderPayment
from skillwise_commerce.errors import PaymentNotAcceptedError
from skillwise_commerce.gateways.port import PaymentRequest
from skillwise_commerce.gateways.stripe.objects import BEGUN_BY_CHECKOUT, PROVIDER, payment_from, uuid_in
from skillwise_commerce.gateways.stripe.refusals import our_errors

__all__ = ["expire_session", "fetch_session", "is_session", "start_session"]

_PREFIX: Final = "cs_"
_EXPANDED: Final[Any] = {"expand": ["payment_intent"]}


def is_session(payment_id: str) -> bool:
    """Whether this is a session's id, and not an intent's."""
    return payment_id.startswith(_PREFIX)


def start_session(client: stripe.StripeClient, request: PaymentRequest) -> ProviderPayment:
    """Open a page for an order, or find the one that the same request opened. It is open for a day."""
    told = {"order_id": str(request.order_id)}
    params: Any = {
        "mode": "payment",
        "customer": request.customer_id,
        "client_reference_id": str(request.order_id),
        "line_items": [_item(title, total) for title, total in request.lines],
        "metadata": told,
        "payment_intent_data": {"metadata": told | BEGUN_BY_CHECKOUT},
        "success_url": request.return_url,
        "cancel_url": request.return_url,
    }
    with our_errors():
        session = client.v1.checkout.sessions.create(
            params, {"idempotency_key": f"skillwise:order:{request.order_id}:{request.attempt}:web"}
        )
    return _payment_from(session)


def fetch_session(client: stripe.StripeClient, session_id: str) -> ProviderPayment:
    with our_errors():
        return _payment_from(client.v1.checkout.sessions.retrieve(session_id, _EXPANDED))


def expire_session(client: stripe.StripeClient, session_id: str) -> ProviderPayment:
    try:
        with our_errors():
            return _payment_from(client.v1.checkout.sessions.expire(session_id, _EXPANDED))
    except PaymentNotAcceptedError:  # it is past expiring: paid, or expired before
        return fetch_session(client, session_id)


def _item(title: str, total: Money) -> dict[str, Any]:
    price = {
        "currency": total.currency.lower(),
        "unit_amount": total.amount,
        "product_data": {"name": title},
    }
    return {"quantity": 1, "price_data": price}


def _payment_from(session: Any) -> ProviderPayment:
    intent = session.payment_intent
    if isinstance(intent, stripe.PaymentIntent):
        payment = payment_from(intent)
        if payment.status is PaymentStatus.SUCCEEDED:
            return payment
        return dataclasses.replace(payment, id=session.id, secret=session.url or "")
    return ProviderPayment(
        provider=PROVIDER,
        id=session.id,
        status=PaymentStatus.CANCELED if session.status == "expired" else PaymentStatus.OPEN,
        received=0,
        currency=session.currency.upper(),
        order_id=uuid_in(session.metadata, "order_id"),
        secret=session.url or "",
        is_hosted=True,
    )
