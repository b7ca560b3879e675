"""The statement of a payout: what it is made of."""

from uuid import UUID

from django.conf import settings
from django.db import transaction
from skillwise_identity.api import get_users, notify
from skillwise_kernel.money import Money

from skillwise_commerce.domain.payments import TransferStatus
from skillwise_commerce.models import Payout
from skillwise_commerce.selectors.earnings import earnings_between, payout_of_seller
from skillwise_commerce.services.documents.content import Party, Statement, StatementLine

__all__ = ["mail_payout", "print_statement", "statement_of"]


def print_statement(*, seller_id: UUID, payout_id: UUID) -> bytes:
    """A payout's statement as PDF. Raises `PayoutNotFoundError`, for another person's payout too."""
    from skillwise_commerce.services.documents.statements import statement_pdf  # as in `services.printing`

    return statement_pdf(statement_of(payout_of_seller(seller_id=seller_id, payout_id=payout_id)))


@transaction.atomic
def mail_payout(*, payout_id: UUID) -> None:
    """Tell an instructor that a payout is on its way to them; once, however often it is asked for."""
    payout = Payout.objects.get(id=payout_id)
    notify(
        user_id=payout.seller_id,
        template="skillwise_commerce/mail/payout",
        context={"amount": payout.total.format(), "payout_id": str(payout.id)},
        dedupe_key=f"commerce.payout:{payout.id}",
    )


def statement_of(payout: Payout) -> Statement:
    """What became payable between the payout before and this one, and what was left before."""
    configured = settings.SKILLWISE_COMMERCE
    before = (
        Payout.objects.filter(
            seller_id=payout.seller_id,
            currency=payout.currency,
            status=TransferStatus.PAID,
            earned_until__lt=payout.earned_until,
        )
        .order_by("earned_until")
        .last()
    )
    lines = tuple(
        StatementLine(
            earned_at=earning.earned_at,
            title=earning.line.title,
            buyer_country=earning.line.order.billing_country,
            amount=Money(earning.amount, earning.currency),
        )
        for earning in earnings_between(
            seller_id=payout.seller_id,
            currency=payout.currency,
            after=before.earned_until if before else None,
            until=payout.earned_until,
        )
    )
    payee = get_users(ids=[payout.seller_id]).get(payout.seller_id)
    return Statement(
        reference=str(payout.id),
        payer=Party(
            name=configured["LEGAL_ENTITY"],
            address=configured["LEGAL_ENTITY_ADDRESS"],
            tax_id=configured["LEGAL_ENTITY_TAX_ID"],
        ),
        payee=Party(name=payee.display_name if payee else str(payout.seller_id)),
        paid_at=payout.paid_at or payout.created_at,
        lines=lines,
        carried_over=payout.total - Money.total((line.amount for line in lines), payout.currency),
        total=payout.total,
    )
