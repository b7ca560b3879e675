"""Files: announced (`Upload`), then kept (`MediaFile`), never both, listed together (`AnyUpload`); what their
owners fill (`MediaUsage`).
"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from skillwise_kernel.ids import new_id

from skillwise_catalog.domain.uploads.kinds import MAX_NAME_LENGTH

__all__ = ["AnyUpload", "MediaFile", "MediaUsage", "ProbeState", "RenderState", "Rendition", "Upload"]

models.CharField.register_lookup(Length)


class ProbeState(models.TextChoices):
    """How far we are in finding out about a video; blank for what is none."""

    PENDING = "pending"
    PROBED = "probed"
    #: there is no ffprobe here
    UNPROBED = "unprobed"
    #: ffprobe cannot read it
    UNREADABLE = "unreadable"


class RenderState(models.TextChoices):
    """How far a video is in being made ready for streaming; blank where it is not to be."""

    PENDING = "pending"
    RENDERED = "rendered"
    FAILED = "failed"


class Upload(models.Model):
    """A file that somebody announced and whose bytes are on their way to the storage. Completing it puts a
    `MediaFile` of the same id in its place.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_id = models.UUIDField()
    name = models.CharField(max_length=MAX_NAME_LENGTH)
    content_type = models.CharField(max_length=100, help_text="By its name.")
    size = models.BigIntegerField(help_text="Bytes, as announced.")
    sha256 = models.CharField(max_length=64, help_text="As announced, in hexadecimal digits.")
    part_size = models.BigIntegerField(
        null=True, help_text="Bytes of each part but the last; null: sent whole."
    )
    multipart_id = models.CharField(
        max_length=1024, blank=True, default="", help_text="What the storage calls the upload in parts."
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True, help_text="When it is swept, unless it was completed.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="catalog_upload_not_empty"),
            models.CheckConstraint(condition=~Q(name=""), name="catalog_upload_named"),
            models.CheckConstraint(condition=Q(sha256__length=64), name="catalog_upload_has_its_checksum"),
            models.CheckConstraint(
                condition=Q(part_size__isnull=True) | Q(part_size__gt=0),
                name="catalog_upload_parts_have_a_size",
            ),
        ]
        indexes = [models.Index(fields=["owner_id", "-id"], name="catalog_upload_by_owner")]

    def __str__(self) -> str:
        return self.name

    @property
    def arrival_prefix(self) -> str:
        """Below which its bytes arrive, in parts or whole."""
        return f"uploads/{self.id.hex}/"

    @property
    def key(self) -> str:
        """Where its bytes arrive."""
        return f"{self.arrival_prefix}whole"

    @property
    def kept_prefix(self) -> str:
        """Below which each attempt to complete it keeps a copy, until one of them is the file."""
        return f"files/{self.id.hex}/"


class MediaFile(models.Model):
    """A file that was verified. Its bytes are in the storage, under a name that nobody can guess."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_id = models.UUIDField()
    name = models.CharField(
        max_length=MAX_NAME_LENGTH, help_text="As its owner called it; what it downloads as."
    )
    storage_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100, help_text="What its bytes are, whatever was claimed.")
    size = models.BigIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    probe = models.CharField(max_length=12, choices=ProbeState.choices, blank=True, default="")
    width = models.PositiveIntegerField(null=True, help_text="Pixels, of a picture or a video.")
    height = models.PositiveIntegerField(null=True)
    duration = models.PositiveIntegerField(null=True, help_text="Of a video: seconds, rounded.")
    video_codec = models.CharField(max_length=40, blank=True, default="", help_text="As ffprobe names it.")
    audio_codec = models.CharField(max_length=40, blank=True, default="")
    rendering = models.CharField(max_length=12, choices=RenderState.choices, blank=True, default="")
    rendering_since = models.DateTimeField(null=True, help_text="When a worker took it on.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["storage_name"], name="catalog_media_stored_once"),
            models.CheckConstraint(condition=Q(size__gt=0), name="catalog_media_not_empty"),
            models.CheckConstraint(condition=~Q(name=""), name="catalog_media_named"),
        ]
        indexes = [
            models.Index(fields=["owner_id", "-id"], name="catalog_media_by_owner"),
            models.Index(fields=["created_at"], condition=Q(probe="pending"), name="catalog_media_to_probe"),
            models.Index(
                fields=["created_at"], condition=Q(rendering="pending"), name="catalog_media_to_render"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AnyUpload(models.Model):
    """An upload that goes on, or the file in its place: one list of both, as a view. Ids keep the order in
    which they were announced, whenever which of them is completed.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    owner_id = models.UUIDField()
    is_completed = models.BooleanField()

    class Meta:
        managed = False

    def __str__(self) -> str:
        return str(self.id)


class Rendition(models.Model):
    """A video once more, in a size that streams well: one file of segments and the HLS playlist that says
    where each is in it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file = models.ForeignKey(MediaFile, on_delete=models.CASCADE, related_name="renditions")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bandwidth = models.PositiveIntegerField(help_text="Bits a second, at its peak.")
    playlist = models.TextField(help_text="RFC 8216, with the name `segments` where the file's address goes.")
    storage_name = models.CharField(max_length=200)
    size = models.BigIntegerField(help_text="Bytes.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "height"], name="catalog_rendition_once_a_height"),
            models.CheckConstraint(
                condition=Q(size__gt=0, bandwidth__gt=0), name="catalog_rendition_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.height}p"


class MediaUsage(models.Model):
    """How many bytes an owner's files take, those announced included."""

    owner_id = models.UUIDField(primary_key=True)
    used_bytes = models.BigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "media usage"
        constraints = [
            models.CheckConstraint(condition=Q(used_bytes__gte=0), name="catalog_media_usage_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.used_bytes:,} bytes"
