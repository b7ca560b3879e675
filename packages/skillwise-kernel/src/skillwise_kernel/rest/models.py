"""What `Idempotency-Key` remembers."""

from django.db import models

from skillwise_kernel.ids import new_id

__all__ = ["IdempotencyRecord"]


class IdempotencyRecord(models.Model):
    """One key of one actor: claimed while its request runs, then the answer that repeats of it get."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    actor_id = models.UUIDField()
    key = models.CharField(max_length=255)

    method = models.CharField(max_length=8)
    path = models.TextField(help_text="With the query string.")
    body_hash = models.CharField(max_length=64, help_text="SHA-256 of the body, in hexadecimal.")

    claim = models.UUIDField(help_text="Which attempt holds the key; only that one may store its answer.")
    locked_until = models.DateTimeField(
        help_text="Until when the attempt that holds the key is believed to be alive."
    )

    status = models.PositiveSmallIntegerField(null=True, help_text="Null while the request runs.")
    headers = models.JSONField(default=dict)
    body = models.BinaryField(null=True)

    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor_id", "key"], name="kernel_idempotency_key_per_actor"),
            models.CheckConstraint(
                condition=models.Q(status__isnull=True, body__isnull=True)
                | models.Q(status__isnull=False, body__isnull=False),
                name="kernel_idempotency_answer_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} ({self.key})"
