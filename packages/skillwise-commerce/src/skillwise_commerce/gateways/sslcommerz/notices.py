"""What an IPN of SSLCOMMERZ's is about, once it has proved to be genuine."""

from typing import Final
from urllib.parse import parse_qsl

from skillwise_commerce.errors import WebhookInvalidError, WebhookSignatureInvalidError
from skillwise_commerce.gateways.port import WebhookForm, WebhookNotice
from skillwise_commerce.gateways.sslcommerz.signatures import is_genuine

__all__ = ["WEBHOOK_FORM", "read_notice"]

WEBHOOK_FORM: Final = WebhookForm(
    sender="SSLCOMMERZ",
    media_type="application/x-www-form-urlencoded",
    example={
        "tran_id": "AGM4JVIHVJ6UDHCSF5XQU67BAE-0",
        "status": "VALID",
        "val_id": "200105225826116qFnATY9sHIwo",
        "amount": "4999.00",
        "verify_sign": "d42fab70ae0bcbda5280e7baffef60b0",
        "verify_key": "amount,status,tran_id,val_id",
        "verify_sign_sha2": "02c0417ff467c109006382d56eedccecd68382e47245266e7b47abbb3d43976e",
    },
)

_MOST_FIELDS: Final = 200
_LONGEST: Final = 250


def read_notice(body: bytes, *, store_password: str) -> WebhookNotice:
    """An IPN has no id and is as old as it likes: its signature names it, so that one told twice is one
    event, and what it says is asked again. Raises `WebhookSignatureInvalidError`, `WebhookInvalidError`.
    """
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except ValueError as error:
        raise WebhookSignatureInvalidError from error
    fields = dict(pairs)
    if len(fields) < len(pairs) or not is_genuine(fields, password=store_password):
        raise WebhookSignatureInvalidError
    tran_id, status = fields["tran_id"], fields["status"]
    if not 0 < len(tran_id) <= _LONGEST or not 0 < len(status) <= _LONGEST:
        raise WebhookInvalidError("The body has no `tran_id` and `status`.")
    return WebhookNotice(
        event_id=f"ipn_{fields['verify_sign_sha2']}",
        kind=f"ipn.{status.lower()}",
        subject="payment",
        subject_id=tran_id,
    )
