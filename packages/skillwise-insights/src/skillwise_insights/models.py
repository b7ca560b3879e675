"""Insights' read models: counters that events add to, registers that the latest event sets, and a journal.

All of it comes from the outbox's log alone and can be made anew from it (`rebuild_insights`). Events arrive
in any order, which does not matter: sums commute, and a register keeps the value of the event with the
greatest (time, event id). Days are UTC days of the time at which a thing happened, not of its delivery.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from skillwise_kernel.ids import new_id


class AppliedEvent(models.Model):
    """The journal: an event is in it if, and only if, the other tables have it in them."""

    event_id = models.UUIDField(primary_key=True, editable=False)

    def __str__(self) -> str:
        return str(self.event_id)


class CourseFigures(models.Model):
    """What is known and counted of a course that was published at some time.

    `revenue_units` is what it brought in, in whole units of whatever currency, taken at par. Nobody sees it:
    it only settles which of two courses with as many learners stands first.
    """

    course_id = models.UUIDField(primary_key=True, editable=False)

    title = models.TextField(blank=True)
    owner_id = models.UUIDField(null=True, blank=True)
    described_at = models.DateTimeField(null=True, blank=True)
    described_by = models.UUIDField(null=True, blank=True)

    is_published = models.BooleanField(default=False)
    listed_at = models.DateTimeField(null=True, blank=True)
    listed_by = models.UUIDField(null=True, blank=True)

    enrollments = models.BigIntegerField(default=0)
    completions = models.BigIntegerField(default=0)
    rating_sum = models.BigIntegerField(default=0)
    rating_count = models.BigIntegerField(default=0)
    revenue_units = models.DecimalField(max_digits=24, decimal_places=3, default=0)

    class Meta:
        verbose_name_plural = "course figures"
        indexes = [
            models.Index(fields=["owner_id"], name="insights_course_of_owner"),
            models.Index(
                fields=["-enrollments", "-revenue_units", "course_id"], name="insights_course_by_learners"
            ),
            models.Index(
                fields=["course_id"], condition=models.Q(is_published=True), name="insights_course_published"
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.course_id)


class CourseEarnings(models.Model):
    """What a course brought in, in one currency's minor units, tax and what went back taken off.

    `revenue` is what buyers paid while this person sold it (0 for those who teach it with them), `earnings`
    what of it is theirs.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    course_id = models.UUIDField()
    seller_id = models.UUIDField()
    currency = models.CharField(max_length=3)
    revenue = models.BigIntegerField(default=0)
    earnings = models.BigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "course earnings"
        constraints = [
            models.UniqueConstraint(
                fields=["course_id", "seller_id", "currency"], name="insights_earnings_once"
            ),
        ]
        indexes = [
            models.Index(fields=["seller_id", "currency"], name="insights_earnings_of_seller"),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} in {self.currency}"


class CourseDay(models.Model):
    """How many people enrolled in a course on a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    course_id = models.UUIDField()
    day = models.DateField()
    enrollments = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course_id", "day"], name="insights_course_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} on {self.day}"


class ReviewState(models.Model):
    """What a review says by the latest event of it; once removed, it stays removed."""

    review_id = models.UUIDField(primary_key=True, editable=False)
    course_id = models.UUIDField()
    rating = models.SmallIntegerField(null=True, blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)
    rated_by = models.UUIDField(null=True, blank=True)
    is_removed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.review_id}: {'removed' if self.is_removed else self.rating}"


class UserFigures(models.Model):
    """What a person is and did. `actions` counts enrolments, lessons completed, reviews and orders."""

    user_id = models.UUIDField(primary_key=True, editable=False)

    roles = ArrayField(models.CharField(max_length=32), default=list, blank=True)
    roles_at = models.DateTimeField(null=True, blank=True)
    roles_by = models.UUIDField(null=True, blank=True)

    actions = models.BigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "user figures"
        indexes = [
            models.Index(fields=["-actions", "-user_id"], name="insights_user_by_actions"),
        ]

    def __str__(self) -> str:
        return str(self.user_id)


class DayFigures(models.Model):
    """What happened everywhere on a day."""

    day = models.DateField(primary_key=True, editable=False)
    registrations = models.BigIntegerField(default=0)
    enrollments = models.BigIntegerField(default=0)
    lessons_completed = models.BigIntegerField(default=0)
    courses_completed = models.BigIntegerField(default=0)
    reviews = models.BigIntegerField(default=0)
    orders = models.BigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "day figures"

    def __str__(self) -> str:
        return str(self.day)


class DayEarnings(models.Model):
    """What came in everywhere on a day, in one currency's minor units, less tax and what went back on it: all
    of it, and the instructors' share.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.DateField()
    currency = models.CharField(max_length=3)
    gross = models.BigIntegerField(default=0)
    instructors = models.BigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "day earnings"
        constraints = [
            models.UniqueConstraint(fields=["day", "currency"], name="insights_day_earnings_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day} in {self.currency}"
