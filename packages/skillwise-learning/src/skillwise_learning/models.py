"""Learning's tables. People, courses, lessons and orders are other contexts' rows, referred to by id."""

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from skillwise_kernel.ids import new_id

from skillwise_learning.domain.reviews import MAX_RATING, MAX_TEXT_LENGTH, MIN_RATING
from skillwise_learning.dto import Access, LessonState


class Enrollment(models.Model):
    """A person may take a course. That there is one of each is the database's promise, not the services'.

    Once `access_ended_at` is set they may not any longer, while `access_suspended_at` is set not for the time
    being: as commerce has it. Whatever they did is kept, for when they come back.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user_id = models.UUIDField()
    course_id = models.UUIDField()
    order_id = models.UUIDField(null=True, blank=True, db_index=True)
    enrolled_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    access_ended_at = models.DateTimeField(null=True, blank=True)
    access_suspended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "course_id"], name="learning_enrollment_once"),
            models.CheckConstraint(
                condition=models.Q(access_ended_at=None) | models.Q(access_suspended_at=None),
                name="learning_enrollment_ended_or_suspended",
            ),
        ]
        indexes = [
            models.Index(fields=["user_id", "-enrolled_at", "-id"], name="learning_enrollment_of_user"),
            models.Index(fields=["course_id"], name="learning_enrollment_of_course"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.course_id}"

    @property
    def access(self) -> Access:
        if self.access_ended_at is not None:
            return Access.ENDED
        return Access.OPEN if self.access_suspended_at is None else Access.SUSPENDED


class LessonProgress(models.Model):
    """How far an enrolled person is in one lesson. The latest `played_at` tells where a course resumes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="lessons")
    lesson_id = models.UUIDField()
    position = models.PositiveIntegerField(help_text="seconds from the lesson's start")
    played_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "lesson progress"
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "lesson_id"], name="learning_lesson_progress_once"),
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id}: {self.position} s"

    @property
    def state(self) -> LessonState:
        return LessonState(
            lesson_id=self.lesson_id,
            position=self.position,
            played_at=self.played_at,
            completed_at=self.completed_at,
        )


class QuizAttempt(models.Model):
    """What an enrolled person answered to a quiz, as it was graded then. `attempt_id` is the app's: however
    often it repeats itself, there is one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="attempts")
    attempt_id = models.UUIDField(help_text="made by the app")
    lesson_id = models.UUIDField()
    version = models.PositiveIntegerField(help_text="of the course, which the answers are to")
    answers = models.JSONField(help_text="by the questions' ids, those that were answered")
    earned = models.PositiveIntegerField(help_text="points")
    points = models.PositiveIntegerField(help_text="that there were to earn")
    percent = models.PositiveSmallIntegerField()
    is_passed = models.BooleanField()
    occurred_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "attempt_id"], name="learning_attempt_once"),
            models.CheckConstraint(
                condition=models.Q(earned__lte=models.F("points"), points__gt=0),
                name="learning_attempt_earns_what_there_is",
            ),
            models.CheckConstraint(
                condition=models.Q(percent__lte=100), name="learning_attempt_percent_in_range"
            ),
        ]
        indexes = [
            models.Index(
                fields=["enrollment", "lesson_id", "-occurred_at", "-id"], name="learning_attempt_of_lesson"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id}: {self.percent} %"


class Review(models.Model):
    """What an enrolled person says of a course. `version` grows with every change, for `If-Match`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user_id = models.UUIDField()
    course_id = models.UUIDField()
    rating = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=MAX_TEXT_LENGTH, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "course_id"], name="learning_review_once"),
            models.CheckConstraint(
                condition=models.Q(rating__gte=MIN_RATING, rating__lte=MAX_RATING),
                name="learning_review_rating_in_range",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("text"), MAX_TEXT_LENGTH),
                name="learning_review_text_in_length",
            ),
        ]
        indexes = [
            models.Index(fields=["course_id", "-created_at", "-id"], name="learning_review_of_course"),
        ]

    def __str__(self) -> str:
        return f"{self.rating} stars for {self.course_id}"
