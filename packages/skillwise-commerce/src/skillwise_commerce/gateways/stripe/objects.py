"""Stripe's objects in words that are no provider's."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import stripe
from skillwise_kernel.money import Money

from skillwise_commerce.domain.payments import (
    DisputeStatus,
    PaymentStatus,
    ProviderDispute,
    ProviderPayment,
    ProviderRefund,
    ProviderTransfer,
    RefundStatus,
    TransferStatus,
)

__all__ = [
    "BEGUN_BY_CHECKOUT",
    "PROVIDER",
    "dispute_from",
    "id_of",
    "payment_from",
    "refund_from",
    "transfer_from",
    "uuid_in",
]

PROVIDER: Final = "stripe"

#: What an intent's metadata says that was begun by a Checkout Session.
BEGUN_BY_CHECKOUT: Final = {"begun_by": "checkout"}


def payment_from(intent: stripe.PaymentIntent) -> ProviderPayment:
    refusal = intent.last_payment_error
    return ProviderPayment(
        provider=PROVIDER,
        id=intent.id,
        status=_status(intent.status, refused=refusal is not None),
        received=intent.amount_received,
        currency=intent.currency.upper(),
        order_id=uuid_in(intent.metadata, "order_id"),
        error_code=(refusal.decline_code or refusal.code or "") if refusal else "",
        secret=intent.client_secret or "",
        is_hosted=BEGUN_BY_CHECKOUT.items() <= _told(intent.metadata).items(),
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


def refund_from(refund: stripe.Refund) -> ProviderRefund:
    return ProviderRefund(
        provider=PROVIDER,
        id=refund.id,
        payment_id=id_of(refund.payment_intent),
        status=_refund_status(refund.status),
        amount=Money(refund.amount, refund.currency.upper()),
        refund_id=uuid_in(refund.metadata, "refund_id"),
        created_at=_moment(refund.created),
        error_code=getattr(refund, "failure_reason", None) or "",  # Stripe leaves it out until it fails
    )


def _refund_status(status: str | None) -> RefundStatus:
    """https://docs.stripe.com/refunds: `requires_action` waits for the buyer, as `pending` for the bank."""
    match status:
        case "succeeded":
            return RefundStatus.SUCCEEDED
        case "failed":
            return RefundStatus.FAILED
        case "canceled":
            return RefundStatus.CANCELED
        case _:
            return RefundStatus.PENDING


def dispute_from(dispute: stripe.Dispute) -> ProviderDispute:
    """The money is taken when the dispute's balance transactions sum to less than nothing."""
    moved = dispute.balance_transactions
    fee = sum(item.fee for item in moved)
    return ProviderDispute(
        provider=PROVIDER,
        id=dispute.id,
        payment_id=id_of(dispute.payment_intent),
        status=_dispute_status(dispute.status),
        amount=Money(dispute.amount, dispute.currency.upper()),
        reason=dispute.reason,
        is_withdrawn=sum(item.amount for item in moved) < 0,
        created_at=_moment(dispute.created),
        fee=Money(fee, moved[0].currency.upper()) if moved and fee > 0 else None,
    )


def _dispute_status(status: str) -> DisputeStatus:
    """https://docs.stripe.com/api/disputes/object#dispute_object-status"""
    match status:
        case "won":
            return DisputeStatus.WON
        case "lost":
            return DisputeStatus.LOST
        case "warning_closed" | "prevented":
            return DisputeStatus.WITHDRAWN
        case "warning_needs_response" | "warning_under_review":
            return DisputeStatus.INQUIRY
        case _:
            return DisputeStatus.OPEN


def transfer_from(transfer: stripe.Transfer) -> ProviderTransfer:
    return ProviderTransfer(
        provider=PROVIDER,
        id=transfer.id,
        account_id=id_of(transfer.destination),
        status=TransferStatus.REVERSED if transfer.reversed else TransferStatus.PAID,
        amount=Money(transfer.amount, transfer.currency.upper()),
        payout_id=uuid_in(transfer.metadata, "payout_id"),
        created_at=_moment(transfer.created),
    )


def id_of(reference: object) -> str:
    """The id of what Stripe names by its id, or shows whole, or not at all (then empty)."""
    return reference if isinstance(reference, str) else str(getattr(reference, "id", ""))


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def uuid_in(metadata: Any, key: str) -> UUID | None:
    """None for an object that somebody made otherwise, in Stripe's dashboard say."""
    try:
        return UUID(metadata[key])
    except (KeyError, TypeError, ValueError):
        return None


def _told(metadata: Any) -> dict[str, str]:
    return metadata.to_dict() if metadata is not None else {}
