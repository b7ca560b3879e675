"""Paying instructors what they can have. The payout is written down before the provider hears of it, its id
is the provider's idempotency key, and no transaction is open while the provider is spoken to.
"""

from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from skillwise_kernel.money import Money
from skillwise_kernel.outbox import publish

from skillwise_commerce.domain.payments import ProviderTransfer, TransferStatus
from skillwise_commerce.errors import PayoutRefusedError, ProviderFailedError, ProviderUnavailableError
from skillwise_commerce.events import PayoutPaid
from skillwise_commerce.gateways import KEYS_LAST
from skillwise_commerce.gateways.payout_port import TransferRequest
from skillwise_commerce.gateways.payouts import PAYOUT_PROVIDER, get_payout_gateway
from skillwise_commerce.models import Discrepancy, LedgerTransaction, Payout, SellerAccount
from skillwise_commerce.selectors.earnings import available_earnings, earnings_in_currencies
from skillwise_commerce.services.discrepancies import note_discrepancy
from skillwise_commerce.services.ledger import book_payout, book_reversal
from skillwise_commerce.services.settlement import Settlement

__all__ = ["open_payout", "pay_instructors", "record_transfer", "send_payout"]

logger = structlog.get_logger(__name__)


def pay_instructors(*, now: datetime) -> list[Payout]:
    """Pay everybody who can be paid what they have available, from `PAYOUT_MINIMUM` on, and go on with what
    an earlier run left unfinished. Answers what was tried, each as it stands now.

    Two runs at once pay once. An instructor without an account waits; what is below zero is carried over.
    """
    unfinished = Payout.objects.filter(status=TransferStatus.PENDING).order_by("created_at")
    tried = [
        send_payout(payout_id=payout_id, now=now) for payout_id in unfinished.values_list("id", flat=True)
    ]
    payable = SellerAccount.objects.filter(provider=PAYOUT_PROVIDER, can_be_paid=True)
    accounts = {account.seller_id: account for account in payable}
    for seller_id, available in available_earnings(now=now):
        if seller_id not in accounts or not _is_enough(available):
            continue
        payout = open_payout(account=accounts[seller_id], currency=available.currency, now=now)
        if payout is not None:
            tried.append(send_payout(payout_id=payout.id, now=now))
    return tried


def open_payout(*, account: SellerAccount, currency: str, now: datetime) -> Payout | None:
    """Write down the payout of all that is available in this currency; None when that is too little, or a
    payout is under way.
    """
    with transaction.atomic(durable=True):
        _lock_seller(account.seller_id)
        if Payout.objects.filter(
            seller_id=account.seller_id, currency=currency, status=TransferStatus.PENDING
        ).exists():
            return None
        by_currency = earnings_in_currencies(seller_id=account.seller_id, now=now)
        available = next((one.available for one in by_currency if one.available.currency == currency), None)
        if available is None or not _is_enough(available):
            return None
        return Payout.objects.create(
            seller_id=account.seller_id,
            provider=account.provider,
            provider_account_id=account.provider_account_id,
            amount=available.amount,
            currency=currency,
            earned_until=now,
            created_at=now,
            updated_at=now,
        )


def send_payout(*, payout_id: UUID, now: datetime) -> Payout:
    """Have the provider send a pending payout, and book it. When the provider does not answer, it stays
    pending, and is sent again by the next run; when the provider refuses, it has failed, and the money is
    available again.
    """
    payout = Payout.objects.get(id=payout_id)
    if payout.status != TransferStatus.PENDING:
        return payout
    gateway = get_payout_gateway(payout.provider)
    request = TransferRequest(
        payout_id=payout.id,
        attempt=payout.attempt,
        account_id=payout.provider_account_id,
        amount=payout.total,
    )
    try:
        # an attempt that failed may have sent the money all the same, and a key is forgotten in time
        is_certain = payout.attempt == 0 and now - payout.created_at < KEYS_LAST
        made = [] if is_certain else gateway.transfers_of(payout.id)
        transfer = made[0] if made else gateway.transfer(request)
    except PayoutRefusedError as refusal:
        _fail(payout, str(refusal.extra.get("provider_code", "")) or refusal.code, now=now)
    except ProviderFailedError:  # it repeats that answer to the same key
        Payout.objects.filter(id=payout.id, attempt=payout.attempt).update(attempt=F("attempt") + 1)
    except ProviderUnavailableError:
        logger.warning("payout_waits", payout_id=str(payout.id))
    else:
        record_transfer(transfer, now=now)
    payout.refresh_from_db()
    return payout


@transaction.atomic
def record_transfer(transfer: ProviderTransfer, *, now: datetime) -> Settlement:
    """Bring our books to what the provider says of a transfer; once, however often it is told. One that is no
    payout of ours becomes a `Discrepancy`.
    """
    payout = _find(transfer)
    if payout is None:
        return _note(Discrepancy.Kind.UNKNOWN_TRANSFER, transfer, now=now)
    if payout.total != transfer.amount or payout.provider_transfer_id not in (None, transfer.id):
        return _note(Discrepancy.Kind.TRANSFER_MISMATCH, transfer, now=now)
    before = TransferStatus(payout.status)
    if before in (TransferStatus.FAILED, TransferStatus.REVERSED):
        return (
            Settlement.REPEATED
            if before is transfer.status
            else _note(Discrepancy.Kind.TRANSFER_MISMATCH, transfer, now=now)
        )
    if before is TransferStatus.PENDING:
        _book_paid(payout, transfer, now=now)
    if transfer.status is TransferStatus.REVERSED:
        _book_reversed(payout, now=now)
    elif before is TransferStatus.PAID:
        return Settlement.REPEATED
    return Settlement.APPLIED


def _find(transfer: ProviderTransfer) -> Payout | None:
    payouts = Payout.objects.select_for_update().filter(provider=transfer.provider)
    found = payouts.filter(provider_transfer_id=transfer.id).first()
    if found is None and transfer.payout_id is not None:
        found = payouts.filter(id=transfer.payout_id).first()
    return found


def _book_paid(payout: Payout, transfer: ProviderTransfer, *, now: datetime) -> None:
    payout.provider_transfer_id = transfer.id
    payout.status = TransferStatus.PAID
    payout.paid_at = payout.updated_at = now
    payout.save(update_fields=["provider_transfer_id", "status", "paid_at", "updated_at"])
    book_payout(payout, now=now)
    publish(PayoutPaid(payout_id=payout.id, seller_id=payout.seller_id, amount=payout.total, paid_at=now))
    logger.info("payout_paid", payout_id=str(payout.id), transfer=transfer.id)


def _book_reversed(payout: Payout, *, now: datetime) -> None:
    payout.status = TransferStatus.REVERSED
    payout.updated_at = now
    payout.save(update_fields=["status", "updated_at"])
    book_reversal(
        LedgerTransaction.Kind.PAYOUT_REVERSED,
        of=LedgerTransaction.Kind.PAYOUT,
        reference=f"payout:{payout.id}",
        now=now,
    )
    logger.warning("payout_reversed", payout_id=str(payout.id))


@transaction.atomic
def _fail(payout: Payout, code: str, *, now: datetime) -> None:
    locked = Payout.objects.select_for_update().get(id=payout.id)
    if locked.status == TransferStatus.PENDING:
        locked.status = TransferStatus.FAILED
        locked.failure_code = code
        locked.updated_at = now
        locked.save(update_fields=["status", "failure_code", "updated_at"])
        logger.error("payout_refused", payout_id=str(payout.id), code=code)


def _is_enough(available: Money) -> bool:
    least = settings.SKILLWISE_COMMERCE["PAYOUT_MINIMUM"] * 10**available.decimals
    return available.amount >= max(least, 1)


def _lock_seller(seller_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"commerce.payout:{seller_id}"]
        )


def _note(kind: Discrepancy.Kind, transfer: ProviderTransfer, *, now: datetime) -> Settlement:
    note_discrepancy(
        kind,
        order=None,
        provider=transfer.provider,
        subject_id=transfer.id,
        amount=transfer.amount,
        now=now,
    )
    return Settlement.DISCREPANCY
