"""Courses bought for somebody else: from the wish to the code in the mail."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from skillwise_identity.api import get_users, notify_recipient, register_recipient

from skillwise_commerce.domain.gifts import GiftWish, new_code, printed_code
from skillwise_commerce.errors import (
    GiftCanceledError,
    GiftClaimedError,
    GiftExpiredError,
    GiftNotFoundError,
)
from skillwise_commerce.models import Gift, GiftIntent, Order, OrderLine

__all__ = [
    "cancel_gifts",
    "check_claimable",
    "mail_gifts",
    "make_gifts",
    "reopen_gifts",
    "resend_gift",
    "wish_gift",
]


def wish_gift(*, recipient_email: str, recipient_name: str, message: str) -> GiftWish:
    """Whom a purchase is to be for. The address goes to identity, which keeps it."""
    return GiftWish(
        recipient_id=register_recipient(email=recipient_email),
        recipient_name=recipient_name,
        message=message,
    )


def make_gifts(order: Order, lines: Collection[OrderLine], *, now: datetime) -> None:
    """A gift, with a code, of each line of a gift order that is being paid. The caller holds its row lock."""
    wish = GiftIntent.objects.get(order=order)
    expires_at = now + timedelta(days=settings.SKILLWISE_COMMERCE["GIFT_DAYS"])
    Gift.objects.bulk_create(
        Gift(
            line=line,
            buyer_id=order.buyer_id,
            code=new_code(),
            recipient_id=wish.recipient_id,
            recipient_name=wish.recipient_name,
            message=wish.message,
            created_at=now,
            expires_at=expires_at,
        )
        for line in lines
    )


@transaction.atomic
def mail_gifts(*, order_id: UUID) -> None:
    """Have the codes of a paid gift order mailed to its recipient; once, however often it is asked for."""
    for gift in Gift.objects.filter(line__order_id=order_id).select_related("line"):
        _mail(gift, dedupe_key=f"commerce.gift:{gift.id}")


@transaction.atomic
def resend_gift(*, buyer_id: UUID, gift_id: UUID, recipient_email: str | None = None, now: datetime) -> Gift:
    """Have a gift's code mailed again, to another address where one is given; once a day to any one.

    Raises `GiftNotFoundError`, for another person's too, and what `check_claimable` raises.
    """
    gift = Gift.objects.select_for_update(of=("self",)).filter(id=gift_id, buyer_id=buyer_id).first()
    if gift is None:
        raise GiftNotFoundError
    check_claimable(gift, now=now)
    if recipient_email is not None:
        gift.recipient_id = register_recipient(email=recipient_email)
        gift.save(update_fields=["recipient_id"])
    _mail(gift, dedupe_key=f"commerce.gift:{gift.id}:{gift.recipient_id}:{now.astimezone(UTC):%Y-%m-%d}")
    return gift


def check_claimable(gift: Gift, *, now: datetime) -> None:
    """Raises `GiftCanceledError`, `GiftClaimedError`, `GiftExpiredError`."""
    match gift.state(now=now):
        case Gift.State.CANCELED:
            raise GiftCanceledError
        case Gift.State.CLAIMED:
            raise GiftClaimedError
        case Gift.State.EXPIRED:
            raise GiftExpiredError


def cancel_gifts(lines: Collection[OrderLine], *, now: datetime) -> None:
    """Nobody may claim what was given with these lines any longer: their money went back. To end what was
    claimed is `end_entitlements`, which calls this first.
    """
    Gift.objects.filter(line__in=lines, canceled_at=None).update(canceled_at=now)


def reopen_gifts(lines: Collection[OrderLine]) -> None:
    """What was given with these lines and nobody had claimed may be claimed again: their money came back."""
    Gift.objects.filter(line__in=lines, claimed_at=None).update(canceled_at=None)


def _mail(gift: Gift, *, dedupe_key: str) -> None:
    giver = get_users(ids=[gift.buyer_id]).get(gift.buyer_id)
    expires_at = gift.expires_at.astimezone(UTC)
    notify_recipient(
        recipient_id=gift.recipient_id,
        template="skillwise_commerce/mail/gift",
        context={
            "display_name": gift.recipient_name,
            "giver": giver.display_name if giver else "",
            "course_title": gift.line.title,
            "message": gift.message,
            "code": printed_code(gift.code),
            "expires_on": f"{expires_at.day} {expires_at:%B %Y}",
        },
        dedupe_key=dedupe_key,
    )
