"""What authors write under a course: the working copy's modules and lessons, and what lies with a lesson."""

from django.db import models
from django.db.models import Q
from skillwise_kernel.ids import new_id

from skillwise_catalog.domain.lessons import MAX_DURATION
from skillwise_catalog.domain.text import (
    MAX_ARTICLE_LENGTH,
    MAX_LANGUAGE_LENGTH,
    MAX_TITLE_LENGTH,
    MAX_URL_LENGTH,
)
from skillwise_catalog.dto import LessonKind
from skillwise_catalog.models.authoring import Course
from skillwise_catalog.models.media import MediaFile

__all__ = ["Lesson", "LessonCaption", "LessonResource", "Module"]


class Module(models.Model):
    """A part of a course, which holds lessons."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="modules")
    title = models.CharField(max_length=MAX_TITLE_LENGTH)
    position = models.PositiveSmallIntegerField(help_text="From 1, without gaps.")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            # Deferred: reordering passes through duplicates.
            models.UniqueConstraint(
                fields=["course", "position"],
                name="catalog_module_position_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1), name="catalog_module_position_counts_from_1"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="catalog_module_titled"),
        ]

    def __str__(self) -> str:
        return self.title


class Lesson(models.Model):
    """A step of a module: a video to watch, an article to read, a file to work with, or a quiz to take."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="lessons")
    title = models.CharField(max_length=MAX_TITLE_LENGTH)
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in LessonKind])
    group = models.CharField(
        max_length=MAX_TITLE_LENGTH,
        blank=True,
        default="",
        help_text="The heading that it stands under in its module, with its neighbours of the same.",
    )
    position = models.PositiveSmallIntegerField(help_text="From 1, without gaps.")
    duration = models.PositiveIntegerField(default=0, help_text="Seconds; 0 where unknown.")
    is_preview = models.BooleanField(
        default=False, help_text="Anybody may take it, once the course is published."
    )

    is_downloadable = models.BooleanField(
        default=False, help_text="The app may keep it for when there is no network."
    )

    # Its content: of these, that of its kind; a video has an address or a file
    article = models.TextField(max_length=MAX_ARTICLE_LENGTH, blank=True, default="", help_text="Markdown.")
    video_url = models.CharField(max_length=MAX_URL_LENGTH, blank=True, default="")
    file = models.ForeignKey(
        MediaFile, null=True, blank=True, on_delete=models.PROTECT, related_name="lessons"
    )
    quiz = models.JSONField(
        null=True, blank=True, help_text="As `domain.quizzes` writes it, answers included."
    )

    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["module", "position"],
                name="catalog_lesson_position_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1), name="catalog_lesson_position_counts_from_1"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="catalog_lesson_titled"),
            models.CheckConstraint(
                condition=Q(duration__lte=MAX_DURATION), name="catalog_lesson_duration_within_a_day"
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind=LessonKind.ARTICLE.value, video_url="", file__isnull=True, quiz__isnull=True)
                    & ~Q(article="")
                )
                | (
                    Q(kind=LessonKind.VIDEO.value, article="", quiz__isnull=True)
                    & ((Q(file__isnull=True) & ~Q(video_url="")) | Q(file__isnull=False, video_url=""))
                )
                | Q(
                    kind=LessonKind.FILE.value,
                    article="",
                    video_url="",
                    file__isnull=False,
                    quiz__isnull=True,
                )
                | Q(
                    kind=LessonKind.QUIZ.value,
                    article="",
                    video_url="",
                    file__isnull=True,
                    quiz__isnull=False,
                ),
                name="catalog_lesson_has_the_content_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class LessonCaption(models.Model):
    """What is said in a video, in one language, as a WebVTT file."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="captions")
    language = models.CharField(max_length=MAX_LANGUAGE_LENGTH, help_text="BCP 47.")
    file = models.ForeignKey(MediaFile, on_delete=models.PROTECT, related_name="captioned_lessons")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "language"], name="catalog_lesson_caption_once_a_language"
            ),
            models.CheckConstraint(condition=~Q(language=""), name="catalog_lesson_caption_in_a_language"),
        ]

    def __str__(self) -> str:
        return self.language


class LessonResource(models.Model):
    """A file to take along from a lesson."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="resources")
    title = models.CharField(max_length=MAX_TITLE_LENGTH)
    position = models.PositiveSmallIntegerField(help_text="From 1, without gaps.")
    file = models.ForeignKey(MediaFile, on_delete=models.PROTECT, related_name="resource_of")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "position"],
                name="catalog_lesson_resource_position_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=~Q(title=""), name="catalog_lesson_resource_titled"),
        ]

    def __str__(self) -> str:
        return self.title
