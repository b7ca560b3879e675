"""Which files the working copies' texts name, and hold on to by that."""

from django.db import models
from django.db.models import Q

from skillwise_catalog.models.authoring import Course
from skillwise_catalog.models.media import MediaFile
from skillwise_catalog.models.outline import Lesson

__all__ = ["NamedFile"]


class NamedFile(models.Model):
    """A file that a course's working copy names as `media:<id>`: in its description, or in a lesson's article
    or quiz. Triggers `course_names_files` and `lesson_names_files`, and their like for changes, write these
    with the text, whoever writes that.
    """

    id = models.BigAutoField(primary_key=True)
    course = models.ForeignKey(
        Course, null=True, on_delete=models.CASCADE, related_name="named_files", db_index=False
    )
    lesson = models.ForeignKey(
        Lesson, null=True, on_delete=models.CASCADE, related_name="named_files", db_index=False
    )
    file = models.ForeignKey(MediaFile, on_delete=models.PROTECT, related_name="named_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "file"], name="catalog_named_file_once_a_course"),
            models.UniqueConstraint(fields=["lesson", "file"], name="catalog_named_file_once_a_lesson"),
            models.CheckConstraint(
                condition=Q(course__isnull=True, lesson__isnull=False)
                | Q(course__isnull=False, lesson__isnull=True),
                name="catalog_named_file_in_one_text",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} in {self.lesson_id or self.course_id}"
