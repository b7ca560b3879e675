from django.db import models
from skillwise_kernel.ids import new_id


class Book(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=100)
    shelf = models.CharField(max_length=20, null=True)
    rating = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    published_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["title", "id"], name="book_by_title")]


class Payment(models.Model):
    """One row for each time that the effect of a POST happened."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    amount = models.BigIntegerField()
