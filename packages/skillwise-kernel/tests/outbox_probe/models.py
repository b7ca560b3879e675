from django.db import models
from skillwise_kernel.ids import new_id


class Effect(models.Model):
    """What a handler did. Nothing but the outbox keeps it from being done twice."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event_id = models.UUIDField()
    subscriber = models.TextField()

    def __str__(self) -> str:
        return f"{self.subscriber} {self.event_id}"


class Pair(models.Model):
    """A row whose other half must be there when the transaction ends."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    other_half = models.ForeignKey("self", on_delete=models.CASCADE)

    def __str__(self) -> str:
        return str(self.id)
