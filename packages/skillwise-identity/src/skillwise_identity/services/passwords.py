"""Passwords: how strong one must be, and replacing a forgotten one."""

from datetime import datetime
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from skillwise_kernel.errors import FieldProblem

from skillwise_identity.errors import WeakPasswordError
from skillwise_identity.models import MailToken, User
from skillwise_identity.services import mail_tokens
from skillwise_identity.services.bearers import forget_bearers
from skillwise_identity.services.notifications import notify
from skillwise_identity.services.verification import mark_verified

__all__ = ["MAX_PASSWORD_LENGTH", "check_reset_token", "check_strength", "reset_password"]

MAX_PASSWORD_LENGTH: Final = 256
"""Characters. Beyond what people and password managers use; hashing more would be work for nothing."""


def reset_password(*, token: str, password: str, now: datetime) -> User:
    """Give the account a new password and end all of its sessions. Whoever reads the mail has also proved the
    address.

    Raises `MailTokenInvalidError`, `MailTokenExpiredError`, `MailTokenSpentError`, `AccountSuspendedError`,
    `WeakPasswordError`.
    """
    with transaction.atomic():
        mail_token, user = mail_tokens.lock_owner(raw=token, purpose=MailToken.Purpose.RESET_PASSWORD)
        mail_tokens.check_usable(mail_token, now=now)
        check_strength(password, user=user)
        user.set_password(password)
        user.session_generation += 1
        user.save(update_fields=["password", "session_generation"])
        forget_bearers()
        mail_tokens.spend_all(user=user, purpose=MailToken.Purpose.RESET_PASSWORD, now=now)
        if not user.is_email_verified:
            mark_verified(user, now=now)
        notify(
            user_id=user.id,
            template="skillwise_identity/mail/password_changed",
            context={"changed_at": f"{now:%-d %B %Y, %H:%M} UTC"},
            dedupe_key=f"identity.password_changed:{mail_token.id}",
            now=now,
        )
        return user


def check_reset_token(*, token: str, now: datetime) -> None:
    """Whether `reset_password` would take this token.

    Changes nothing; raises what `reset_password` raises of tokens.
    """
    with transaction.atomic():
        mail_token, _ = mail_tokens.lock_owner(raw=token, purpose=MailToken.Purpose.RESET_PASSWORD)
        mail_tokens.check_usable(mail_token, now=now)


def check_strength(password: str, *, user: User) -> None:
    """Raises `WeakPasswordError`, with a problem for each of AUTH_PASSWORD_VALIDATORS that it fails."""
    if len(password) > MAX_PASSWORD_LENGTH:
        detail = f"A password has at most {MAX_PASSWORD_LENGTH} characters."
        raise WeakPasswordError(
            fields=(FieldProblem(pointer="/password", code="password_too_long", detail=detail),)
        )
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPasswordError(
            fields=tuple(
                FieldProblem(
                    pointer="/password", code=problem.code or "weak", detail=" ".join(problem.messages)
                )
                for problem in error.error_list
            )
        ) from None
