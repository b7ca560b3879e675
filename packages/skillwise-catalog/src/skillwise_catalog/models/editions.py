"""What readers see: the edition of each course that was last published, its lessons, and every version before
it.

Written whole whenever a version is published, by `services.editions`; nobody edits it.
"""

from collections.abc import Collection
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Func, Q
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import CURRENCIES, Money

from skillwise_catalog.domain.text import (
    MAX_LANGUAGE_LENGTH,
    MAX_POINT_LENGTH,
    MAX_SUBTITLE_LENGTH,
    MAX_TAG_LENGTH,
    MAX_TITLE_LENGTH,
    MAX_URL_LENGTH,
)
from skillwise_catalog.dto import LessonKind
from skillwise_catalog.models.authoring import Category, Course, Level
from skillwise_catalog.models.media import MediaFile

__all__ = ["CourseVersion", "Edition", "EditionLesson", "Fold", "SearchTerm", "Shuffled"]

_LISTED = Q(is_listed=True)
_ORDERS: Final = {
    "catalog_edition_newest": ("published_at",),
    "catalog_edition_rating": ("rating_average",),
    "catalog_edition_popularity": ("enrollment_count",),
    "catalog_edition_price": ("price_amount",),
    "catalog_edition_currency": ("price_currency", "price_amount"),
    "catalog_edition_title": ("title_key",),
    # A language's titles stand together in the whole list, where its script puts them
    "catalog_edition_language": ("primary_language", "title_key"),
    "catalog_edition_duration": ("duration",),
    "catalog_edition_updated": ("updated_at",),
}
#: What is asked for from here to there, and the currency that a price is in.
_RANGED: Final = ("price_currency", "price_amount", "rating_average", "duration", "updated_at")


def _ranged_besides(fields: Collection[str]) -> tuple[str, ...]:
    return tuple(field for field in _RANGED if field not in fields)


class Fold(Func):
    """Text without accents and in small letters, for comparing what people type. Its function is in the first
    migration.
    """

    function = "skillwise_catalog_fold"
    arity = 1
    output_field = models.TextField()


class Shuffled(Func):
    """A course's place in a random order that stays: the random end of its id (RFC 9562 §5.7), as 12
    hexadecimal digits.
    """

    function = "skillwise_catalog_shuffled"
    output_field = models.TextField()

    def __init__(self, column: str = "course_id") -> None:
        super().__init__(column)


class CourseVersion(models.Model):
    """A course as it was published once, numbered from 1. Trigger `course_version_is_kept` keeps it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(help_text="From 1, without gaps.")
    document = models.JSONField(help_text="As `domain.documents` writes it, answers of quizzes included.")
    files = models.ManyToManyField(
        MediaFile, related_name="versions", help_text="The files that the document names: they are kept."
    )
    published_by = models.UUIDField(null=True, help_text="None: the house, by an import.")
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="catalog_version_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="catalog_version_counts_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} v{self.number}"


class Edition(models.Model):
    """The published side of a course: what of it everybody reads, while it `is_listed`, and the enrolled ever
    after.

    A course that never was published has none.
    """

    course = models.OneToOneField(Course, primary_key=True, on_delete=models.PROTECT, related_name="edition")
    is_listed = models.BooleanField(
        help_text="Whether it stands in the storefront: whether its course's status is published."
    )
    number = models.PositiveIntegerField(help_text="Of its version.")
    slug = models.SlugField(max_length=120, db_index=False)
    owner_id = models.UUIDField()
    title = models.CharField(max_length=MAX_TITLE_LENGTH)
    subtitle = models.CharField(max_length=MAX_SUBTITLE_LENGTH, blank=True)
    description = models.TextField()
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="editions")
    language = models.CharField(max_length=MAX_LANGUAGE_LENGTH, db_collation="C")
    level = models.CharField(max_length=12, choices=Level.choices)
    tags = ArrayField(models.CharField(max_length=MAX_TAG_LENGTH), default=list)
    price_amount = models.BigIntegerField(help_text="Minor units; 0 is free.")
    price_currency = models.CharField(max_length=3, help_text="ISO 4217.")
    lesson_count = models.PositiveIntegerField()
    duration = models.PositiveIntegerField(help_text="Seconds, summed over the lessons.")
    outcomes = ArrayField(models.CharField(max_length=MAX_POINT_LENGTH), default=list)
    requirements = ArrayField(models.CharField(max_length=MAX_POINT_LENGTH), default=list)
    audience = ArrayField(models.CharField(max_length=MAX_POINT_LENGTH), default=list)
    cover_id = models.UUIDField(null=True, help_text="A media file that its version keeps.")
    promo_video_id = models.UUIDField(null=True, help_text="A media file that its version keeps.")
    promo_video_url = models.CharField(max_length=MAX_URL_LENGTH, blank=True, default="")
    instructors = models.JSONField(
        default=list, help_text="`id`, `display_name` and `role` of its owner and its editors."
    )
    outline = models.JSONField(help_text="Modules and their lessons in teaching order, without content.")
    published_at = models.DateTimeField(help_text="When the course was published first; kept ever after.")
    updated_at = models.DateTimeField(help_text="When readers last saw something else of it.")

    # Learning's figures and commerce's, as they last told them
    rating_average = models.DecimalField(
        max_digits=3, decimal_places=2, default=0, help_text="1 to 5; 0 without ratings."
    )
    rating_count = models.PositiveIntegerField(default=0)
    enrollment_count = models.PositiveIntegerField(default=0)
    also_bought = ArrayField(
        models.UUIDField(),
        default=list,
        help_text="Courses that its buyers bought too, the most of them first.",
    )

    # Ready for readers: `services.projection` writes these
    terms = ArrayField(
        models.TextField(),
        default=list,
        help_text="What it is filtered and counted by: `level:all`, `tag:bread`.",
    )
    card = models.TextField(help_text="Its JSON in lists, but for figures and links: see `rest.cards`.")
    detail = models.TextField(help_text="Its JSON by itself, likewise.")
    instructor_names = models.TextField(blank=True, default="", help_text="To be searched.")
    changed_in = models.BigIntegerField(
        default=0,
        editable=False,
        help_text="The transaction that last changed what the storefront shows, figures apart. Trigger "
        "`edition_changed_in` writes it.",
    )

    primary_language = models.GeneratedField(
        expression=Func("language", template="split_part(%(expressions)s, '-', 1)"),
        output_field=models.CharField(max_length=MAX_LANGUAGE_LENGTH, db_collation="C"),
        db_persist=True,
        help_text="`pt` of `pt-BR`.",
    )
    title_key = models.GeneratedField(
        expression=Fold("title"), output_field=models.TextField(), db_persist=True
    )
    title_search = models.GeneratedField(
        expression=Func("language", "title", function="skillwise_catalog_lexemes"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    # Before `search` in the row: behind it, a common word's headings would cost a tenth more
    heading_search = models.GeneratedField(
        expression=Func("language", "title", "instructor_names", function="skillwise_catalog_heading_vector"),
        output_field=SearchVectorField(),
        db_persist=True,
        help_text="The title, and who teaches it.",
    )
    search = models.GeneratedField(
        expression=Func(
            "language",
            "title",
            "subtitle",
            "instructor_names",
            "outcomes",
            "description",
            function="skillwise_catalog_search_vector",
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="catalog_edition_slug_unique"),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(description="") & ~Q(language="") & Q(lesson_count__gt=0),
                name="catalog_edition_complete",
            ),
            models.CheckConstraint(condition=Q(price_amount__gte=0), name="catalog_edition_price_positive"),
            models.CheckConstraint(
                condition=Q(price_currency__in=sorted(CURRENCIES)), name="catalog_edition_currency_known"
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="catalog_edition_level_known"),
            models.CheckConstraint(
                condition=Q(rating_count=0, rating_average=0)
                | Q(rating_count__gt=0, rating_average__gte=1, rating_average__lte=5),
                name="catalog_edition_rating_in_range",
            ),
        ]
        indexes = [
            # Each order that the storefront offers, read in either direction, and each range. All hold what
            # ranges are of: what is in one is found without a look at courses that are not
            *(
                models.Index(
                    fields=[*fields, "course"], include=_ranged_besides(fields), name=name, condition=_LISTED
                )
                for name, fields in _ORDERS.items()
            ),
            # Everything that is asked for by equality, and all words
            GinIndex(fields=["terms"], name="catalog_edition_terms"),
            GinIndex(fields=["title_search"], name="catalog_edition_title_search"),
            GinIndex(fields=["heading_search"], name="catalog_edition_heading"),
            GinIndex(fields=["search"], name="catalog_edition_search"),
            # A random order, the same each time: the first so many of any courses are a fair sample of them
            models.Index(Shuffled(), name="catalog_edition_shuffled", condition=_LISTED),
            # What changed since an app last asked
            models.Index(fields=["changed_in", "course"], name="catalog_edition_changed"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def price(self) -> Money:
        return Money(self.price_amount, self.price_currency)


class EditionLesson(models.Model):
    """A lesson as learners take it. One that a later version leaves out keeps its row, without a position:
    what learners did in it is not lost.
    """

    id = models.UUIDField(primary_key=True, editable=False, help_text="The lesson's, in every version.")
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="lessons")
    module_id = models.UUIDField()
    position = models.PositiveIntegerField(
        null=True, help_text="From 1 through the whole course; none: withdrawn."
    )
    title = models.CharField(max_length=MAX_TITLE_LENGTH)
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in LessonKind])
    duration = models.PositiveIntegerField(help_text="Seconds; 0 where unknown.")
    is_preview = models.BooleanField()
    document = models.JSONField(help_text="The lesson of the version's document, answers included.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "position"],
                name="catalog_edition_lesson_position_unique",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self) -> str:
        return self.title


class SearchTerm(models.Model):
    """A word that titles and instructors' names hold, which misspelt ones are compared with; or a tag,
    category or instructor, which is completed as one types. Written when an edition is, weighed and tidied
    every night.
    """

    class Kind(models.TextChoices):
        WORD = "word"
        TAG = "tag"
        CATEGORY = "category"
        INSTRUCTOR = "instructor"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reference = models.TextField(help_text="The word, the tag, the category's slug, the instructor's id.")
    text = models.TextField(help_text="As it is shown.")
    key = models.GeneratedField(expression=Fold("text"), output_field=models.TextField(), db_persist=True)
    weight = models.PositiveIntegerField(default=1, help_text="How many listed courses have it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "reference"], name="catalog_search_term_once"),
        ]
        indexes = [
            # The nearest words first, however far
            GistIndex(
                fields=["key"],
                opclasses=["gist_trgm_ops"],
                name="catalog_search_term_alike",
                condition=Q(kind="word"),
            ),
            models.Index(
                fields=["key"],
                opclasses=["text_pattern_ops"],
                name="catalog_search_term_begin",
                condition=~Q(kind="word"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.text}"
