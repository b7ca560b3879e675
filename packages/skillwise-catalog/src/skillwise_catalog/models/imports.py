"""Courses that people hand in as packages, and what became of each."""

from django.db import models
from django.db.models import Q
from skillwise_kernel.ids import new_id

from skillwise_catalog.domain.imports.formats import LessonsFrom, PackageFormat
from skillwise_catalog.domain.uploads.kinds import MAX_NAME_LENGTH
from skillwise_catalog.models.authoring import Category, Course
from skillwise_catalog.models.media import MediaFile

__all__ = ["CourseImport", "ImportState"]


class ImportState(models.TextChoices):
    """How far an import is. `done` and `failed` are for good."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class CourseImport(models.Model):
    """A package that becomes a course, once, or leaves nothing. It holds on to the uploaded package until it
    is through; `upload_id` and `file_name` tell which one it was.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_id = models.UUIDField()
    upload_id = models.UUIDField()
    file_name = models.CharField(max_length=MAX_NAME_LENGTH)
    package = models.ForeignKey(MediaFile, null=True, on_delete=models.PROTECT, related_name="imports")
    format = models.CharField(max_length=12, choices=[(known.value, known.value) for known in PackageFormat])
    lessons_from = models.CharField(
        max_length=12,
        choices=[(known.value, known.value) for known in LessonsFrom],
        default=LessonsFrom.BLOCKS.value,
        help_text="Of Open edX: what makes a lesson.",
    )
    category = models.ForeignKey(
        Category, null=True, on_delete=models.SET_NULL, related_name="+", help_text="For the course."
    )

    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often a worker took it on.")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, help_text="When a worker took it on last.")
    finished_at = models.DateTimeField(null=True)

    course = models.OneToOneField(
        Course,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Null again when the course is deleted.",
    )
    report = models.JSONField(null=True, help_text="What was imported, left out and kept out, and why.")
    problem = models.JSONField(null=True, help_text="Why it failed: code, title, detail, and what it names.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "running"], package__isnull=False, finished_at__isnull=True)
                | Q(state__in=["done", "failed"], package__isnull=True, finished_at__isnull=False),
                name="catalog_import_holds_its_package",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(started_at__isnull=False),
                name="catalog_import_runs_since",
            ),
            models.CheckConstraint(
                condition=Q(state="done", report__isnull=False)
                | (~Q(state="done") & Q(course__isnull=True, report__isnull=True)),
                name="catalog_import_reports_when_done",
            ),
            models.CheckConstraint(
                condition=Q(state="failed", problem__isnull=False)
                | (~Q(state="failed") & Q(problem__isnull=True)),
                name="catalog_import_says_why_it_failed",
            ),
        ]
        indexes = [
            models.Index(fields=["owner_id", "-created_at", "-id"], name="catalog_import_by_owner"),
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=["pending", "running"]),
                name="catalog_import_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name
