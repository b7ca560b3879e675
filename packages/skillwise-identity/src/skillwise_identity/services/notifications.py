"""Mail to users and recipients: written in the caller's transaction, sent by a worker until the server has
taken it.

The row is the queue. A worker that is killed lets go of its lock, and the row is still pending; a server that
is down makes the row due later; a message broker that lost everything is made good by the periodic sweep.
"""

import enum
import smtplib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.template import Context, Engine
from skillwise_kernel.broker import wake_worker

from skillwise_identity import selectors
from skillwise_identity.domain.people import normalise_email
from skillwise_identity.domain.sending import next_attempt
from skillwise_identity.errors import RecipientNotFoundError, UserNotFoundError
from skillwise_identity.models import MailToken, Notification, Recipient, User
from skillwise_identity.services import mail_tokens

__all__ = [
    "SEND_ACTOR",
    "SEND_QUEUE",
    "Outcome",
    "notify",
    "notify_recipient",
    "register_recipient",
    "render",
    "resend",
    "send",
    "send_due",
]

log = structlog.get_logger(__name__)

SEND_ACTOR = "identity.send_notification"
SEND_QUEUE = "mail"
"""The names under which `tasks` has the actor that is woken: services know no tasks."""


class Outcome(enum.Enum):
    """What became of an attempt."""

    SENT = "sent"
    NOTHING_TO_DO = "nothing_to_do"
    LATER = "later"
    DEAD = "dead"


def notify(
    *,
    user_id: UUID,
    template: str,
    context: Mapping[str, Any],
    dedupe_key: str,
    now: datetime,
    mail_token: MailToken | None = None,
) -> None:
    """Write the mail down, to be sent once the caller's transaction commits. A second one with the same key
    is none.

    Raises `UserNotFoundError`, and Django's `TemplateDoesNotExist` when one of the three templates is
    missing.
    """
    _check_templates(template)
    if not User.objects.filter(id=user_id).exists():
        raise UserNotFoundError
    _write_down(
        Notification(
            user_id=user_id,
            template=template,
            context=dict(context),
            dedupe_key=dedupe_key,
            mail_token=mail_token,
            due_at=now,
            created_at=now,
        )
    )


def register_recipient(*, email: str, now: datetime) -> UUID:
    """The id by which to write to this address: the same one each time, in whatever case it is written."""
    address = normalise_email(email)
    Recipient.objects.bulk_create([Recipient(email=address, created_at=now)], ignore_conflicts=True)
    recipients = Recipient.objects.alias(folded_email=Lower("email"))
    return recipients.values_list("id", flat=True).get(folded_email=Lower(Value(address)))


def notify_recipient(
    *, recipient_id: UUID, template: str, context: Mapping[str, Any], dedupe_key: str, now: datetime
) -> None:
    """As `notify`, to a registered recipient. Raises `RecipientNotFoundError`, `TemplateDoesNotExist`."""
    _check_templates(template)
    if not Recipient.objects.filter(id=recipient_id).exists():
        raise RecipientNotFoundError
    _write_down(
        Notification(
            recipient_id=recipient_id,
            template=template,
            context=dict(context),
            dedupe_key=dedupe_key,
            due_at=now,
            created_at=now,
        )
    )


def send_due(*, now: datetime, limit: int = 500) -> int:
    """Try every mail that is due, and answer how many were sent.

    Ends early when the mail server is not there.
    """
    sent = 0
    for notification_id in selectors.due_notification_ids(now=now, limit=limit):
        outcome = send(notification_id=notification_id, now=now)
        if outcome is Outcome.LATER:
            break
        sent += outcome is Outcome.SENT
    return sent


def send(*, notification_id: UUID, now: datetime) -> Outcome:
    """Try one mail, unless it is not pending or another worker holds it.

    The row stays locked while the server is spoken to. Between the server's "250 OK" and our commit lies the
    one moment in which a crash repeats a mail; it then carries the same Message-ID, by which mailboxes fold
    it.
    """
    with transaction.atomic():
        notification = (
            Notification.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("user", "recipient", "mail_token")
            .filter(id=notification_id, status=Notification.Status.PENDING)
            .first()
        )
        if notification is None:
            return Outcome.NOTHING_TO_DO
        outcome = _attempt(notification, now=now)
        notification.save()
        return outcome


def resend(*, notification_id: UUID, now: datetime) -> None:
    """Give a dead mail another life, its attempts counted afresh. Does nothing to one that is not dead."""
    with transaction.atomic():
        revived = Notification.objects.filter(id=notification_id, status=Notification.Status.DEAD).update(
            status=Notification.Status.PENDING, attempts=0, due_at=now
        )
        if revived:
            _wake_sender_after_commit(notification_id)


def render(notification: Notification) -> EmailMultiAlternatives:
    """The message: a subject of one line, a text, and the same as HTML. Only the HTML is escaped as HTML."""
    values = _template_values(notification)
    subject = _render(f"{notification.template}.subject.txt", values, autoescape=False)
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=_render(f"{notification.template}.txt", values, autoescape=False).strip() + "\n",
        to=[notification.address],
        headers={
            "Message-ID": f"<{notification.id}@{_sender_domain()}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(_render(f"{notification.template}.html", values, autoescape=True), "text/html")
    return message


def _check_templates(template: str) -> None:
    for part in ("subject.txt", "txt", "html"):
        Engine.get_default().get_template(f"{template}.{part}")


def _write_down(notification: Notification) -> None:
    Notification.objects.bulk_create([notification], ignore_conflicts=True)
    _wake_sender_after_commit(notification.id)


def _wake_sender_after_commit(notification_id: UUID) -> None:
    """A broker in whatever trouble is logged, and made good by the sweep."""
    transaction.on_commit(
        lambda: wake_worker(SEND_ACTOR, str(notification_id), queue=SEND_QUEUE), robust=True
    )


def _attempt(notification: Notification, *, now: datetime) -> Outcome:
    notification.attempts += 1
    try:
        message = render(notification)
    except Exception as error:  # noqa: BLE001 - a template may raise anything, and will again next time
        return _give_up(notification, error)
    try:
        message.send()
    except Exception as error:  # noqa: BLE001 - each mail backend has exceptions of its own
        return (
            _give_up(notification, error) if _is_permanent(error) else _postpone(notification, error, now=now)
        )
    notification.status = Notification.Status.SENT
    notification.sent_at = now
    notification.error = ""
    return Outcome.SENT


def _postpone(notification: Notification, error: Exception, *, now: datetime) -> Outcome:
    due_at = next_attempt(failed_attempts=notification.attempts, now=now)
    if due_at is None:
        return _give_up(notification, error)
    notification.due_at = due_at
    notification.error = repr(error)
    log.warning(
        "mail.postponed", notification_id=str(notification.id), until=due_at.isoformat(), exc_info=error
    )
    return Outcome.LATER


def _give_up(notification: Notification, error: Exception) -> Outcome:
    notification.status = Notification.Status.DEAD
    notification.error = repr(error)
    log.error("mail.given_up", notification_id=str(notification.id), exc_info=error)
    return Outcome.DEAD


def _is_permanent(error: Exception) -> bool:
    """Whether the server refused this mail for good: a 5yz reply to the recipient or to the content (RFC 5321
    §4.2.1).
    """
    match error:
        case smtplib.SMTPRecipientsRefused():
            return all(code >= 500 for code, _ in error.recipients.values())  # noqa: PLR2004 - RFC 5321's 5yz
        case smtplib.SMTPDataError():
            return error.smtp_code >= 500  # noqa: PLR2004 - RFC 5321's 5yz
    return False


def _template_values(notification: Notification) -> dict[str, Any]:
    values = {**notification.context, "app_url": settings.APP_URL.rstrip("/")}
    if notification.user is not None:
        values["display_name"] = notification.user.full_name
    if notification.mail_token is not None:
        values["token"] = mail_tokens.reveal(notification.mail_token)
    return values


def _render(name: str, values: dict[str, Any], *, autoescape: bool) -> str:
    return Engine.get_default().get_template(name).render(Context(values, autoescape=autoescape))


def _sender_domain() -> str:
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "localhost"
