"""What was published, and how far each subscriber is with it."""

from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Now

from skillwise_kernel.ids import new_id

POSITION_SEQUENCE = "skillwise_kernel_outbox_position"


class OutboxEvent(models.Model):
    """A fact, as it was published. Rows are inserted and kept: they are the log that projections are rebuilt
    from.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    position = models.BigIntegerField(
        unique=True,
        editable=False,
        db_default=Func(Value(POSITION_SEQUENCE), function="nextval", output_field=models.BigIntegerField()),
    )
    name = models.CharField(max_length=200)
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    request_id = models.CharField(max_length=200, null=True)

    class Meta:
        verbose_name = "event"
        indexes = [models.Index(fields=["name", "position"], name="outbox_event_by_name")]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="outbox_event_has_a_name")]

    def __str__(self) -> str:
        return f"{self.name} {self.id}"


class Delivery(models.Model):
    """One event on its way to one subscriber."""

    class Status(models.TextChoices):
        PENDING = "pending"
        DONE = "done"
        DEAD = "dead", "dead letter"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(
        OutboxEvent, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    subscriber = models.CharField(max_length=200)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    #: Not before this.
    next_attempt_at = models.DateTimeField()
    #: A message that tells a worker of it is taken to be under way until then.
    announced_until = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True, default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="outbox_delivery_once"),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "done", "dead"]), name="outbox_delivery_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="done", done_at__isnull=False)
                | (~Q(status="done") & Q(done_at__isnull=True)),
                name="outbox_delivery_done_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="dead") | Q(attempts__gt=0), name="outbox_delivery_dies_of_attempts"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                condition=Q(status="pending"),
                name="outbox_delivery_pending",
            ),
            models.Index(
                fields=["subscriber", "status"], condition=~Q(status="done"), name="outbox_delivery_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} of {self.event_id}"
