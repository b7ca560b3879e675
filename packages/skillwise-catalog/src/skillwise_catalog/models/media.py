"""Uploaded files."""

from django.db import models
from django.db.models import Q
from skillwise_kernel.ids import new_id

__all__ = ["MediaFile"]


class MediaFile(models.Model):
    """A file that somebody uploaded. Its bytes are in Django's default storage, under a name that nobody can
    guess.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_id = models.UUIDField(db_index=True)
    name = models.CharField(max_length=150, help_text="As its owner called it; what it downloads as.")
    storage_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100, help_text="What its bytes are, whatever was claimed.")
    size = models.BigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["storage_name"], name="catalog_media_stored_once"),
            models.CheckConstraint(condition=Q(size__gt=0), name="catalog_media_not_empty"),
            models.CheckConstraint(condition=~Q(name=""), name="catalog_media_named"),
        ]

    def __str__(self) -> str:
        return self.name
