"""What a webhook of Stripe's is about."""

import json
from typing import Final

from skillwise_commerce.errors import WebhookInvalidError
from skillwise_commerce.gateways.port import Subject, WebhookForm, WebhookNotice

__all__ = ["WEBHOOK_FORM", "read_notice"]

WEBHOOK_FORM: Final = WebhookForm(
    sender="Stripe",
    media_type="application/json",
    header="Stripe-Signature",
    header_description="`t=…,v1=…`, at most five minutes old.",
    example={
        "id": "evt_3QK1x2EgjMY5vZhN0rTuVwXy",
        "object": "event",
        "type": "payment_intent.succeeded",
        "data": {"object": {"id": "pi_3QK1x2EgjMY5vZhN0a1B2c3D", "object": "payment_intent"}},
    },
)

#: Stripe's `object` of what an event holds, and what it is to us.
_SUBJECTS: Final[dict[str, Subject]] = {
    "checkout.session": "payment",
    "payment_intent": "payment",
    "refund": "refund",
    "dispute": "dispute",
    "account": "account",
    "transfer": "transfer",
}


def read_notice(text: str) -> WebhookNotice:
    """Reads only what we act on, so that an event of another API version, or of a kind not yet invented, is
    read as well. Raises `WebhookInvalidError`.
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
    subject, subject_id = _subject(event)
    return WebhookNotice(event_id=event_id, kind=kind, subject=subject, subject_id=subject_id)


def _subject(event: dict[str, object]) -> tuple[Subject, str]:
    match event:
        case {"data": {"object": {"object": str(kind), "id": str(subject_id)}}} if kind in _SUBJECTS:
            return _SUBJECTS[kind], subject_id
        case {"data": {"object": {"object": "charge", "payment_intent": str(payment_id)}}}:
            return "payment", payment_id
        case _:
            return "", ""
