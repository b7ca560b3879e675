"""Identity's Dramatiq actors."""

from uuid import UUID

import dramatiq
from dramatiq_crontab import cron, interval
from skillwise_kernel.clock import now

from skillwise_identity.services import notifications, sessions

__all__ = ["forget_expired_sessions", "send_due_notifications", "send_notification"]


@dramatiq.actor(actor_name=notifications.SEND_ACTOR, queue_name=notifications.SEND_QUEUE, max_retries=0)
def send_notification(notification_id: str) -> None:
    """Woken for each mail. When it fails, or is lost, the sweep tries again: the row is the queue."""
    notifications.send(notification_id=UUID(notification_id), now=now())


@interval(seconds=30)
@dramatiq.actor(
    actor_name="identity.send_due_notifications",
    queue_name=notifications.SEND_QUEUE,
    max_retries=0,
    max_age=60_000,
)
def send_due_notifications() -> None:
    """Every half minute: the mails that are due again, or whose waking was lost."""
    notifications.send_due(now=now())


@cron("17 3 * * *")
@dramatiq.actor(actor_name="identity.forget_expired_sessions", max_retries=0)
def forget_expired_sessions() -> None:
    """Every night: what is remembered of refresh tokens past their time."""
    sessions.forget_expired(now=now())
