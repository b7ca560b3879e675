"""Webhooks: verified, stored with a note to ourselves, acknowledged; and then, by a worker, acted on."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

import structlog
from django.db import transaction
from skillwise_kernel.outbox import publish

from skillwise_commerce.domain.payments import ProviderPayment
from skillwise_commerce.errors import (
    DisputeNotFoundError,
    OrderNotFoundError,
    PaymentNotFoundError,
    RefundNotFoundError,
    TransferNotFoundError,
)
from skillwise_commerce.events import ProviderEventStored
from skillwise_commerce.gateways import PaymentGateway, get_gateway
from skillwise_commerce.gateways.payouts import get_payout_gateway
from skillwise_commerce.models import Payment, ProviderEvent
from skillwise_commerce.services.disputes import record_provider_dispute
from skillwise_commerce.services.payouts.accounts import refresh_account
from skillwise_commerce.services.payouts.paying import record_transfer
from skillwise_commerce.services.refunds.booking import record_provider_refund
from skillwise_commerce.services.settlement import Settlement, settle

__all__ = ["process_provider_event", "receive_webhook"]

logger = structlog.get_logger(__name__)

#: After this, an order that a payment names will not come any more: it is another system's.
_COMMITTED_WITHIN: Final = timedelta(hours=1)


class _Act(Protocol):
    def __call__(
        self, event: ProviderEvent, gateway: PaymentGateway, *, now: datetime
    ) -> ProviderEvent.Outcome: ...


def receive_webhook(*, provider: str, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """Store what the provider says. When this returns it is committed, once, together with the order to
    process it.

    A repeated event, in parallel or later, changes nothing. Raises `WebhookSignatureInvalidError`,
    `WebhookInvalidError`.
    """
    notice = get_gateway(provider).parse_webhook(body=body, headers=headers)
    with transaction.atomic(durable=True):
        event, is_new = ProviderEvent.objects.get_or_create(
            provider=provider,
            provider_event_id=notice.event_id,
            defaults={
                "kind": notice.kind,
                "subject": notice.subject,
                "subject_id": notice.subject_id,
                "payload": body.decode("utf-8"),
                "received_at": now,
            },
        )
        if is_new:
            publish(ProviderEventStored(provider_event_id=event.id, provider=provider, stored_at=now))
    logger.info("webhook_stored", kind=notice.kind, provider_event=notice.event_id, is_new=is_new)


@transaction.atomic
def process_provider_event(*, provider_event_id: UUID, now: datetime) -> None:
    """Act on a stored event. It only hints at a payment, a refund, a dispute, a transfer or an account: what
    became of that is asked of the provider.

    Safe to run again, and in any order with others. Raises `ProviderUnavailableError`, and
    `OrderNotFoundError` while the order may not be committed yet: after both it is to be run again.
    """
    event = ProviderEvent.objects.get(id=provider_event_id)
    event.outcome = _act_on(event, now=now)
    event.processed_at = now
    event.error = ""
    event.save(update_fields=["outcome", "processed_at", "error"])


def _act_on(event: ProviderEvent, *, now: datetime) -> ProviderEvent.Outcome:
    act = _BY_SUBJECT.get(ProviderEvent.Subject(event.subject))
    if act is None:
        return ProviderEvent.Outcome.IGNORED
    try:
        return act(event, get_gateway(event.provider), now=now)
    except (
        PaymentNotFoundError,
        RefundNotFoundError,
        DisputeNotFoundError,
        TransferNotFoundError,
    ) as error:
        logger.warning("webhook_about_unknown", provider_event=event.provider_event_id, code=error.code)
        return ProviderEvent.Outcome.UNKNOWN_PAYMENT


def _on_payment(event: ProviderEvent, gateway: PaymentGateway, *, now: datetime) -> ProviderEvent.Outcome:
    """A charge that was refunded may be all that the provider tells of a refund."""
    payment = gateway.fetch(event.subject_id)
    refunds = gateway.refunds_of(event.subject_id) if "refund" in event.kind else []
    outcome = _settle(event, payment, now=now)
    if _is_ours(event.provider, event.subject_id):
        outcomes = [record_provider_refund(refund, now=now) for refund in refunds]
        outcome = next((one for one in outcomes if one is not Settlement.REPEATED), outcome)
    return ProviderEvent.Outcome(outcome.value)


def _on_refund(event: ProviderEvent, gateway: PaymentGateway, *, now: datetime) -> ProviderEvent.Outcome:
    refund = gateway.fetch_refund(event.subject_id)
    if not _is_paid_first(event, gateway, refund.payment_id, now=now):
        return ProviderEvent.Outcome.UNKNOWN_ORDER
    return ProviderEvent.Outcome(record_provider_refund(refund, now=now).value)


def _on_dispute(event: ProviderEvent, gateway: PaymentGateway, *, now: datetime) -> ProviderEvent.Outcome:
    dispute = gateway.fetch_dispute(event.subject_id)
    if not _is_paid_first(event, gateway, dispute.payment_id, now=now):
        return ProviderEvent.Outcome.UNKNOWN_ORDER
    return ProviderEvent.Outcome(record_provider_dispute(dispute, now=now).value)


def _on_account(event: ProviderEvent, gateway: PaymentGateway, *, now: datetime) -> ProviderEvent.Outcome:
    changed = refresh_account(provider=event.provider, provider_account_id=event.subject_id, now=now)
    return ProviderEvent.Outcome.APPLIED if changed else ProviderEvent.Outcome.REPEATED


def _on_transfer(event: ProviderEvent, gateway: PaymentGateway, *, now: datetime) -> ProviderEvent.Outcome:
    transfer = get_payout_gateway(event.provider).fetch_transfer(event.subject_id)
    return ProviderEvent.Outcome(record_transfer(transfer, now=now).value)


#: What is done about an event, by what it is about. Each asks the provider first and takes locks after.
_BY_SUBJECT: Final[dict[ProviderEvent.Subject, _Act]] = {
    ProviderEvent.Subject.PAYMENT: _on_payment,
    ProviderEvent.Subject.REFUND: _on_refund,
    ProviderEvent.Subject.DISPUTE: _on_dispute,
    ProviderEvent.Subject.ACCOUNT: _on_account,
    ProviderEvent.Subject.TRANSFER: _on_transfer,
}


def _is_paid_first(event: ProviderEvent, gateway: PaymentGateway, payment_id: str, *, now: datetime) -> bool:
    """We may hear that money went back before we hear that it came: then it is booked now. False when the
    payment is for no order of ours.
    """
    if not payment_id:
        return False
    if _is_ours(event.provider, payment_id):
        return True
    return _settle(event, gateway.fetch(payment_id), now=now) is not Settlement.UNKNOWN_ORDER


def _is_ours(provider: str, payment_id: str) -> bool:
    return Payment.objects.filter(provider=provider, provider_payment_id=payment_id).exists()


def _settle(event: ProviderEvent, payment: ProviderPayment, *, now: datetime) -> Settlement:
    """An order that the provider was told of, and that we do not see yet, may be committed any moment."""
    settled = settle(payment, now=now)
    is_young = now - event.received_at < _COMMITTED_WITHIN
    if settled is Settlement.UNKNOWN_ORDER and payment.order_id is not None and is_young:
        raise OrderNotFoundError
    return settled
