"""The catalogue's tables. What a race could break is a constraint here; every list has its index."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import CURRENCIES, Money

from skillwise_catalog.domain.lessons import MAX_DURATION
from skillwise_catalog.domain.publishing import CourseFacts
from skillwise_catalog.domain.text import (
    MAX_ARTICLE_LENGTH,
    MAX_DESCRIPTION_LENGTH,
    MAX_LANGUAGE_LENGTH,
    MAX_SUBTITLE_LENGTH,
    MAX_TITLE_LENGTH,
    MAX_URL_LENGTH,
)
from skillwise_catalog.dto import CourseStatus, LessonKind

__all__ = ["SEARCH_CONFIG", "Category", "Course", "Fold", "Lesson", "Level", "MediaFile", "Module"]

#: Words as they are written: the catalogue speaks many languages, and a stemmer knows one.
SEARCH_CONFIG = "simple"

_PUBLISHED = Q(status=CourseStatus.PUBLISHED.value)


class Fold(Func):
    """Text without accents and in small letters, for comparing what people type. Its function is in the first
    migration.
    """

    function = "skillwise_catalog_fold"
    arity = 1
    output_field = models.TextField()


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
    """A course, from the first idea on. Only its title is certain while it is a draft that never was
    published.
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

    status = models.CharField(
        max_length=12,
        choices=[(status.value, status.value) for status in CourseStatus],
        default=CourseStatus.DRAFT.value,
    )
    published_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was published first; kept ever after."
    )

    # Learning's figures, as it last told them
    rating_average = models.DecimalField(
        max_digits=3, decimal_places=2, default=0, help_text="1 to 5; 0 without ratings."
    )
    rating_count = models.PositiveIntegerField(default=0)
    enrollment_count = models.PositiveIntegerField(default=0)

    # The outline's figures, written with every change to it
    lesson_count = models.PositiveIntegerField(default=0)
    duration = models.PositiveIntegerField(default=0, help_text="Seconds, summed over the lessons.")

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

    title_key = models.GeneratedField(
        expression=Fold("title"), output_field=models.TextField(), db_persist=True
    )
    search = models.GeneratedField(
        expression=SearchVector(Fold("title"), weight="A", config=SEARCH_CONFIG)
        + SearchVector(Fold("subtitle"), weight="B", config=SEARCH_CONFIG)
        + SearchVector(Fold("description"), weight="C", config=SEARCH_CONFIG),
        output_field=SearchVectorField(),
        db_persist=True,
    )

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
            models.CheckConstraint(
                condition=Q(status=CourseStatus.DRAFT.value)
                | (
                    ~Q(description="")
                    & ~Q(language="")
                    & ~Q(level="")
                    & Q(
                        category__isnull=False,
                        price_amount__isnull=False,
                        lesson_count__gt=0,
                        published_at__isnull=False,
                    )
                ),
                name="catalog_course_published_complete",
            ),
            # Prices outlive publication: orders and enrolments refer to what was once on sale.
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(price_amount__isnull=False),
                name="catalog_course_once_published_priced",
            ),
            models.CheckConstraint(
                condition=Q(rating_count=0, rating_average=0)
                | Q(rating_count__gt=0, rating_average__gte=1, rating_average__lte=5),
                name="catalog_course_rating_in_range",
            ),
        ]
        indexes = [
            # Each order that the storefront offers, read in either direction
            models.Index(fields=["published_at", "id"], name="catalog_course_newest", condition=_PUBLISHED),
            models.Index(fields=["rating_average", "id"], name="catalog_course_rating", condition=_PUBLISHED),
            models.Index(fields=["price_amount", "id"], name="catalog_course_price", condition=_PUBLISHED),
            models.Index(fields=["title_key", "id"], name="catalog_course_title", condition=_PUBLISHED),
            # Each filter, in the order that is asked for most
            models.Index(
                fields=["category", "published_at", "id"],
                name="catalog_course_category",
                condition=_PUBLISHED,
            ),
            models.Index(
                fields=["level", "published_at", "id"], name="catalog_course_level", condition=_PUBLISHED
            ),
            models.Index(
                fields=["language", "published_at", "id"],
                name="catalog_course_language",
                condition=_PUBLISHED,
            ),
            models.Index(
                fields=["price_currency", "price_amount", "id"],
                name="catalog_course_currency",
                condition=_PUBLISHED,
            ),
            models.Index(
                fields=["published_at", "id"],
                name="catalog_course_free",
                condition=_PUBLISHED & Q(price_amount=0),
            ),
            GinIndex(fields=["search"], name="catalog_course_search"),
            # An instructor's own, drafts among them
            models.Index(fields=["owner_id", "-created_at", "-id"], name="catalog_course_owner"),
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


class Lesson(models.Model):
    """A step of a module: a video to watch, an article to read, or a file to work with."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="lessons")
    title = models.CharField(max_length=MAX_TITLE_LENGTH)
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in LessonKind])
    position = models.PositiveSmallIntegerField(help_text="From 1, without gaps.")
    duration = models.PositiveIntegerField(default=0, help_text="Seconds; 0 where unknown.")
    is_preview = models.BooleanField(
        default=False, help_text="Anybody may take it, once the course is published."
    )

    # Its content: of these three, the one of its kind
    article = models.TextField(max_length=MAX_ARTICLE_LENGTH, blank=True, default="", help_text="Markdown.")
    video_url = models.CharField(max_length=MAX_URL_LENGTH, blank=True, default="")
    file = models.ForeignKey(
        MediaFile, null=True, blank=True, on_delete=models.PROTECT, related_name="lessons"
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
                condition=(Q(kind=LessonKind.ARTICLE.value, video_url="", file__isnull=True) & ~Q(article=""))
                | (Q(kind=LessonKind.VIDEO.value, article="", file__isnull=True) & ~Q(video_url=""))
                | Q(kind=LessonKind.FILE.value, article="", video_url="", file__isnull=False),
                name="catalog_lesson_has_the_content_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.title
