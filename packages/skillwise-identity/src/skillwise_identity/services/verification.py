"""Proving that one reads one's e-mail address."""

from datetime import datetime

from django.db import transaction
from skillwise_kernel.outbox import publish

from skillwise_identity.events import EmailVerified
from skillwise_identity.models import MailToken, User
from skillwise_identity.services import mail_tokens
from skillwise_identity.services.bearers import forget_bearers

__all__ = ["mark_verified", "verify_email"]


def verify_email(*, token: str, now: datetime) -> User:
    """The user, whose address is now verified. Doing it twice, or with an older mail, is harmless.

    Raises `MailTokenInvalidError`, `MailTokenExpiredError`, `MailTokenSpentError`, `AccountSuspendedError`.
    """
    with transaction.atomic():
        mail_token, user = mail_tokens.lock_owner(raw=token, purpose=MailToken.Purpose.VERIFY_EMAIL)
        if not user.is_email_verified:
            mail_tokens.check_usable(mail_token, now=now)
            mark_verified(user, now=now)
        return user


def mark_verified(user: User, *, now: datetime) -> None:
    """Record that the user, whose row the caller has locked, has read a mail to their address."""
    user.email_verified_at = now
    user.version += 1
    user.save(update_fields=["email_verified_at", "version"])
    forget_bearers()
    mail_tokens.spend_all(user=user, purpose=MailToken.Purpose.VERIFY_EMAIL, now=now)
    publish(EmailVerified(user_id=user.id, verified_at=now))
