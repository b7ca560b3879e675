"""Webhooks: verified, stored with a note to ourselves, acknowledged; and then, by a worker, acted on."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from skillwise_kernel.outbox import publish

from skillwise_commerce.errors import PaymentNotFoundError
from skillwise_commerce.events import ProviderEventStored
from skillwise_commerce.gateways import get_gateway
from skillwise_commerce.models import ProviderEvent
from skillwise_commerce.services.settlement import settle

__all__ = ["process_provider_event", "receive_webhook"]

logger = structlog.get_logger(__name__)


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
    """Act on a stored event. It only hints at a payment: what became of that is asked of the provider.

    Safe to run again, and in any order with others. Raises `ProviderUnavailableError`, after which it is to
    be run again.
    """
    event = ProviderEvent.objects.get(id=provider_event_id)
    event.outcome = _act_on(event, now=now)
    event.processed_at = now
    event.error = ""
    event.save(update_fields=["outcome", "processed_at", "error"])


def _act_on(event: ProviderEvent, *, now: datetime) -> ProviderEvent.Outcome:
    if event.subject != ProviderEvent.Subject.PAYMENT:
        return ProviderEvent.Outcome.IGNORED
    try:
        payment = get_gateway(event.provider).fetch(event.subject_id)
    except PaymentNotFoundError:
        logger.warning("webhook_for_unknown_payment", provider_event=event.provider_event_id)
        return ProviderEvent.Outcome.UNKNOWN_PAYMENT
    return ProviderEvent.Outcome(settle(payment, now=now).value)
