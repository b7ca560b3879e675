"""What authors write: the working copy of every course; its outline is `models.outline`. Readers see the
edition that was last made of it (`models.editions`).
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import CURRENCIES, Money

from skillwise_catalog.domain.publishing import CourseFacts
from skillwise_catalog.domain.text import (
    MAX_DESCRIPTION_LENGTH,
    MAX_LANGUAGE_LENGTH,
    MAX_POINT_LENGTH,
    MAX_SUBTITLE_LENGTH,
    MAX_TAG_LENGTH,
    MAX_TITLE_LENGTH,
    MAX_URL_LENGTH,
)
from skillwise_catalog.dto import CourseStatus
from skillwise_catalog.models.media import MediaFile

__all__ = [
    "Category",
    "Course",
    "CourseEditor",
    "Level",
]


class Level(models.TextChoices):
    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"
    ALL = "all"


class Category(models.Model):
    """A shelf of the storefront, within another or at the top."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=80, db_index=False, help_text="Stands in addresses and never changes.")
    lineage = ArrayField(
        models.SlugField(max_length=80, db_index=False),
        help_text="Slugs from the top of the tree down to this one: a subtree in one condition.",
    )

    class Meta:
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="catalog_category_slug_unique"),
            models.UniqueConstraint(fields=["lineage"], name="catalog_category_lineage_unique"),
            models.CheckConstraint(condition=~Q(name=""), name="catalog_category_named"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="catalog_category_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True, lineage__len=1)
                | Q(parent__isnull=False, lineage__len__gt=1),
                name="catalog_category_lineage_as_deep",
            ),
        ]
        indexes = [GinIndex(fields=["lineage"], name="catalog_category_subtree")]

    def __str__(self) -> str:
        return " / ".join(self.lineage)


class Course(models.Model):
    """The working copy of a course, from the first idea on: only its title is certain. What of it is
    published, and how it is rated there, is its `Edition`'s.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_id = models.UUIDField()
    slug = models.SlugField(
        max_length=120, db_index=False, help_text="Stands in addresses and never changes."
    )
    title = models.CharField(max_length=MAX_TITLE_LENGTH)
    subtitle = models.CharField(max_length=MAX_SUBTITLE_LENGTH, blank=True, default="")
    description = models.TextField(
        max_length=MAX_DESCRIPTION_LENGTH, blank=True, default="", help_text="Markdown."
    )
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.PROTECT, related_name="courses"
    )
    language = models.CharField(
        max_length=MAX_LANGUAGE_LENGTH, blank=True, default="", db_collation="C", help_text="BCP 47."
    )
    level = models.CharField(max_length=12, choices=Level.choices, blank=True, default="")
    price_amount = models.BigIntegerField(null=True, blank=True, help_text="Minor units; 0 is free.")
    price_currency = models.CharField(max_length=3, null=True, blank=True, help_text="ISO 4217.")
    tags = ArrayField(models.CharField(max_length=MAX_TAG_LENGTH), default=list, blank=True)
    outcomes = ArrayField(
        models.CharField(max_length=MAX_POINT_LENGTH), default=list, blank=True, help_text="What one learns."
    )
    requirements = ArrayField(
        models.CharField(max_length=MAX_POINT_LENGTH), default=list, blank=True, help_text="What one needs."
    )
    audience = ArrayField(
        models.CharField(max_length=MAX_POINT_LENGTH), default=list, blank=True, help_text="Whom it is for."
    )
    cover = models.ForeignKey(
        MediaFile, null=True, blank=True, on_delete=models.PROTECT, related_name="covered_courses"
    )
    promo_video = models.ForeignKey(
        MediaFile, null=True, blank=True, on_delete=models.PROTECT, related_name="promoted_courses"
    )
    promo_video_url = models.CharField(max_length=MAX_URL_LENGTH, blank=True, default="")

    status = models.CharField(
        max_length=12,
        choices=[(status.value, status.value) for status in CourseStatus],
        default=CourseStatus.DRAFT.value,
    )
    published_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was published first; kept ever after."
    )

    # The review, and what has happened since
    approved_at = models.DateTimeField(
        null=True, blank=True, help_text="Since then its owner may publish it without another review."
    )
    review_note = models.TextField(
        max_length=MAX_DESCRIPTION_LENGTH, blank=True, default="", help_text="Why it was last returned."
    )
    has_changes = models.BooleanField(
        default=True, help_text="Whether the working copy was edited since it was last published."
    )

    # The outline's figures, written with every change to it
    lesson_count = models.PositiveIntegerField(default=0)
    duration = models.PositiveIntegerField(default=0, help_text="Seconds, summed over the lessons.")
    outline_version = models.PositiveIntegerField(
        default=1, help_text="Grows with every module or lesson that comes, goes or moves."
    )

    # Where it was imported from
    source = models.CharField(
        max_length=100, blank=True, default="", help_text="The catalogue that it was imported from."
    )
    source_id = models.CharField(max_length=200, blank=True, default="", help_text="Its key there.")
    source_digest = models.CharField(
        max_length=64,
        blank=True,
        default="",
        help_text="SHA-256 of what was last imported: the same again changes nothing.",
    )

    version = models.PositiveIntegerField(default=1, help_text="Grows with every edit of the course itself.")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="catalog_course_slug_unique"),
            models.UniqueConstraint(
                fields=["source", "source_id"], condition=~Q(source=""), name="catalog_course_imported_once"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="catalog_course_titled"),
            models.CheckConstraint(
                condition=Q(price_amount__isnull=True, price_currency__isnull=True)
                | Q(price_amount__gte=0, price_currency__isnull=False),
                name="catalog_course_price_whole",
            ),
            models.CheckConstraint(
                condition=Q(price_currency__isnull=True) | Q(price_currency__in=sorted(CURRENCIES)),
                name="catalog_course_currency_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in CourseStatus]),
                name="catalog_course_status_known",
            ),
            models.CheckConstraint(
                condition=Q(level__in=["", *Level.values]), name="catalog_course_level_known"
            ),
            # What was approved or is shown to anybody was published once; what readers see of it is an
            # edition.
            models.CheckConstraint(
                condition=Q(status__in=[CourseStatus.DRAFT.value, CourseStatus.IN_REVIEW.value])
                | Q(published_at__isnull=False),
                name="catalog_course_published_once",
            ),
            models.CheckConstraint(
                condition=Q(promo_video__isnull=True) | Q(promo_video_url=""),
                name="catalog_course_one_promo_video",
            ),
        ]
        indexes = [
            # An instructor's own, drafts among them
            models.Index(fields=["owner_id", "-created_at", "-id"], name="catalog_course_owner"),
            # What waits for an administrator, the longest first
            models.Index(
                fields=["updated_at", "id"],
                name="catalog_course_in_review",
                condition=Q(status=CourseStatus.IN_REVIEW.value),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def price(self) -> Money | None:
        """None while nobody has set one."""
        if self.price_amount is None or self.price_currency is None:
            return None
        return Money(self.price_amount, self.price_currency)

    @price.setter
    def price(self, price: Money | None) -> None:
        self.price_amount = price.amount if price else None
        self.price_currency = price.currency if price else None

    @property
    def is_published(self) -> bool:
        return self.status == CourseStatus.PUBLISHED

    @property
    def facts(self) -> CourseFacts:
        """What decides whether it may be published."""
        return CourseFacts(
            title=self.title,
            description=self.description,
            has_category=self.category_id is not None,
            language=self.language,
            level=self.level,
            has_price=self.price is not None,
            lesson_count=self.lesson_count,
        )


class CourseEditor(models.Model):
    """Somebody beside its owner who teaches the course and may edit it. Who earns what is commerce's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="editors")
    user_id = models.UUIDField(db_index=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "user_id"], name="catalog_course_editor_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.course_id}"
