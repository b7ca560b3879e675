"""Mailing a token to whoever asks, and telling nobody whether the address has an account."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from skillwise_kernel.outbox import publish

from skillwise_identity.domain.people import normalise_email
from skillwise_identity.events import MailTokenRequested
from skillwise_identity.models import MailRequest, MailToken, User
from skillwise_identity.services import mail_tokens
from skillwise_identity.services.notifications import notify

__all__ = ["answer_request", "mail_token_to", "request_mail_token"]


def request_mail_token(*, email: str, purpose: MailToken.Purpose, now: datetime) -> None:
    """Note that somebody asked. Costs and answers the same whether or not the address has an account."""
    with transaction.atomic():
        request = MailRequest.objects.create(purpose=purpose, email=normalise_email(email), created_at=now)
        publish(MailTokenRequested(request_id=request.id))


def answer_request(*, request_id: UUID, now: datetime) -> None:
    """Mail a token when the address has an account that can use it. The request is forgotten either way."""
    with transaction.atomic():
        request = MailRequest.objects.select_for_update().filter(id=request_id).first()
        if request is None:
            return
        purpose = MailToken.Purpose(request.purpose)
        user = User.objects.with_email(request.email).first()
        if user is not None and _is_of_use(purpose, to=user):
            mail_token_to(user, purpose=purpose, now=now)
        request.delete()


def mail_token_to(user: User, *, purpose: MailToken.Purpose, now: datetime) -> None:
    """Issue a token and mail it."""
    token = mail_tokens.issue(user=user, purpose=purpose, now=now)
    notify(
        user_id=user.id,
        template=f"skillwise_identity/mail/{purpose.value}",
        context={},
        mail_token=token,
        dedupe_key=f"identity.{purpose.value}:{token.id}",
        now=now,
    )


def _is_of_use(purpose: MailToken.Purpose, *, to: User) -> bool:
    if to.is_suspended:
        return False
    return purpose is MailToken.Purpose.RESET_PASSWORD or not to.is_email_verified
