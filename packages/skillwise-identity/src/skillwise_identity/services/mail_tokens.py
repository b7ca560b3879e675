"""Tokens that are mailed: signed, expiring, for one use, and of no use to a reader of the database."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer

from skillwise_identity.errors import (
    AccountSuspendedError,
    MailTokenExpiredError,
    MailTokenInvalidError,
    MailTokenSpentError,
)
from skillwise_identity.models import MailToken, User

__all__ = ["check_usable", "issue", "lock_owner", "reveal", "spend_all"]


def issue(*, user: User, purpose: MailToken.Purpose, now: datetime) -> MailToken:
    """A new token for the user's present address. Older ones stay good, since mails overtake each other."""
    lifetime: timedelta = settings.SKILLWISE_IDENTITY[f"{purpose.name}_LIFETIME"]
    return MailToken.objects.create(
        user=user, purpose=purpose, email=user.email, created_at=now, expires_at=now + lifetime
    )


def reveal(token: MailToken) -> str:
    """What stands in the mail: the row's id and our signature over it and the purpose."""
    return _signer(token.purpose).sign(token.id.hex)


def lock_owner(*, raw: str, purpose: MailToken.Purpose) -> tuple[MailToken, User]:
    """The token and whose it is, the user's row locked until the transaction ends.

    Every change of a user's tokens happens under that lock. Raises `MailTokenInvalidError`,
    `AccountSuspendedError`.
    """
    try:
        token_id = UUID(hex=_signer(purpose).unsign(raw))
    except (BadSignature, ValueError):
        raise MailTokenInvalidError from None
    user = User.objects.select_for_update(no_key=True, of=("self",)).filter(mail_tokens=token_id).first()
    token = MailToken.objects.filter(id=token_id).first()
    if user is None or token is None or token.email != user.email:
        raise MailTokenInvalidError
    if user.is_suspended:
        raise AccountSuspendedError
    return token, user


def check_usable(token: MailToken, *, now: datetime) -> None:
    """Raises `MailTokenSpentError`, `MailTokenExpiredError`."""
    if token.spent_at is not None:
        raise MailTokenSpentError
    if token.expires_at <= now:
        raise MailTokenExpiredError


def spend_all(*, user: User, purpose: MailToken.Purpose, now: datetime) -> None:
    """Make every token of the user for this purpose unusable."""
    MailToken.objects.filter(user=user, purpose=purpose, spent_at__isnull=True).update(spent_at=now)


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"skillwise_identity.mail_token.{purpose}", sep=".")
