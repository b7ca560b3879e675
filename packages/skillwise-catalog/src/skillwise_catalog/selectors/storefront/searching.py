"""Full-text search, and the order that it puts courses into.

Ranking all hits of a common word would read a million rows. So the *head* is ranked: of the courses that
have the words in their titles or in who teaches them the most popular, and of those that have them anywhere
likewise. Behind it come the others by popularity alone. `docs/decisions/0022-…` has the figures.
"""

from bisect import bisect_right
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, F, FloatField, Func, QuerySet, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.sql.compiler import SQLCompiler

from skillwise_catalog.domain.searches import Search
from skillwise_catalog.models import Edition
from skillwise_catalog.selectors.storefront.correcting import Statement, rows_or_correction

__all__ = [
    "HEAD",
    "Hit",
    "Place",
    "RankedPage",
    "headed",
    "matching",
    "ranked_page",
    "written_query",
]

#: How many of the most popular hits are ranked, of those in headings and of all: the longest page, and the
#: hit that says whether there is another.
HEAD: Final = 101
#: Whose stems are tried where nobody says which language the words are in.
_STEMMED: Final = ("en", "es", "fr", "pt", "de", "it", "ru")
#: Whose words are not stemmed.
_OTHER: Final = "und"
_TAGS: Final = (*_STEMMED, _OTHER)

# What a course's place is made of: whether the words are its title, how well they fit that, how well all of
# it, and how popular it is. Beginnings of words come behind all whole ones. Judged queries chose these
# figures, within wide bounds: decision 22 has what they cost and gain.
_SAME: Final = 1.0
_TITLE: Final = 1.0
_ALL: Final = 0.5
_BEGINNING: Final = 1e-3
_ANY: Final = 1e-6
_POPULARITY: Final = 0.04
#: Of description, outcomes, instructors, title and subtitle (D to A).
_WEIGHTS: Final = "{0.05, 0.15, 0.4, 1}"
#: How `ts_rank` takes a document's length into account.
_BY_LOG_OF_LENGTH: Final = 1
_BY_LENGTH: Final = 2

#: What stands in a compiled statement for a search's own.
_WORDS: Final = "\0words"
_EXCLUDED: Final = "\0excluded"
_COMPLETES: Final = cast("bool", object())
_statements: Final[dict[Hashable, Statement]] = {}


class Hit(NamedTuple):
    """A course found, with the columns that were asked for. `score` is 0 behind the head."""

    row: Mapping[str, Any]
    score: float = 0

    @property
    def course_id(self) -> UUID:
        course_id: UUID = self.row["course_id"]
        return course_id

    @property
    def place(self) -> tuple[int, UUID]:
        """Behind the head: its popularity, and its id."""
        return self.row["enrollment_count"], self.course_id


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after the hit of the head with this score and id, which was its `rank`-th; or
    behind the head, after the course of this popularity and id (`backwards`: it ends before that, or with it
    when `inclusive`). `meant`: the search that was misspelt.
    """

    rank: int = 0
    hit: tuple[float, UUID] | None = None
    beside: tuple[int, UUID] | None = None
    backwards: bool = False
    inclusive: bool = False
    meant: Search | None = None


@dataclass(frozen=True, slots=True)
class RankedPage:
    hits: Sequence[Hit]
    next: Place | None
    previous: Place | None

    def of(self, meant: Search | None) -> "RankedPage":
        """The same, in a list of what was `meant`."""
        if meant is None:
            return self
        after, before = (place and replace(place, meant=meant) for place in (self.next, self.previous))
        return RankedPage(self.hits, after, before)


def matching(courses: QuerySet[Edition], search: Search, *, language: str | None = None) -> QuerySet[Edition]:
    """The courses that have all of these words, in any case, with or without accents, in any form that a
    word takes in its language.
    """
    return courses.filter(search=_query(search, language))


def headed(
    courses: QuerySet[Edition, Any], search: Search, *, language: str | None = None
) -> QuerySet[Edition, Any]:
    """The courses that have all of these words in their headings: in their titles and the names of those who
    teach them.
    """
    # An excluded word may stand below the heading
    found = matching(courses, search, language=language) if search.excluded else courses
    return found.filter(heading_search=_query(search, language))


def ranked_page(
    courses: QuerySet[Edition],
    search: Search,
    place: Place,
    size: int,
    *,
    language: str | None = None,
    columns: Sequence[str] = (),
    is_alone: bool = False,
    head_size: int | None = None,
) -> RankedPage:
    """`size` of the courses that match, from `place` on, with these columns besides what their places need;
    within the head they are without them, where many would be read for few. Words that no course has are
    taken for misspelt ones. At most two queries, whose cost has a bound: `head_size` of the hits are ranked
    (`HEAD` unless given), the most popular. `is_alone`: `courses` are all that are listed.
    """
    head_size = head_size or HEAD
    places = ("course_id", "enrollment_count")
    rows: QuerySet[Edition, Any] = courses.values(*dict.fromkeys((*places, *columns)))
    # where the head ends is a guess: courses come and go
    may_end = place.backwards or (place.beside is None and place.rank + 2 * size > head_size)
    narrow = rows if may_end else courses.values(*places)
    if place == Place():
        found, meant = rows_or_correction(
            _compiled(narrow, search, head_size)
            if is_alone
            else Statement.of(_candidates(narrow, search, language, head_size)),
            search,
        )
        if meant is not None:
            place = Place(meant=meant)
            found = list(_candidates(rows, meant, language, head_size))
    else:
        found = list(_candidates(narrow, place.meant or search, language, head_size))

    def all_hits() -> QuerySet[Edition, Any]:
        return matching(rows, place.meant or search, language=language)

    return _page(_ranked(found), all_hits, place, size, head_size).of(place.meant)


def written_query(search: Search, languages: Sequence[str] = _STEMMED) -> tuple[str, list[Any]]:
    """The `tsquery` that texts in one of these languages have to match, as SQL and its parameters."""
    tags, parameters = _array(languages)
    return (
        f"skillwise_catalog_search_query(%s, %s, {tags}, %s)",
        [search.words, search.excluded, *parameters, search.completes],
    )


def _array(languages: Sequence[str]) -> tuple[str, list[Any]]:
    """Languages as SQL and its parameters: those that are the same each time are part of the text."""
    if all(language in _TAGS for language in languages):
        return f"'{{{','.join(languages)}}}'::text[]", []
    return "%s::text[]", [list(languages)]


def _page(
    head: Sequence[Hit],
    all_hits: Callable[[], QuerySet[Edition, Any]],
    place: Place,
    size: int,
    head_size: int,
) -> RankedPage:
    start = _rank(head, place)
    page = list(head[start : start + size])
    before = _after(head, max(start - size, 0)) if start else None
    if place.beside is None and start + size < len(head):
        return RankedPage(page, _after(head, start + size), before)
    if place.beside is None and len(head) < head_size:  # all that there is
        return RankedPage(page, None, before)
    behind = _by_popularity(all_hits()).exclude(course_id__in=[hit.course_id for hit in head])
    if place.beside is None:
        return _forwards(behind, head, page, before, size)
    if place.backwards:
        operator = ">=" if place.inclusive else ">"
        return _backwards(behind.filter(_beside(place.beside, operator)).reverse(), head, size)
    first = Place(len(head), beside=place.beside, backwards=True)
    return _forwards(behind.filter(_beside(place.beside, "<")), head, [], first, size)


def _forwards(
    behind: QuerySet[Edition, Any], head: Sequence[Hit], page: list[Hit], before: Place | None, size: int
) -> RankedPage:
    """The page whose beginning is read already, and the rest of which stands behind the head."""
    wanted = size - len(page)
    found = _hits(behind, wanted + 1)
    if page == [] and before is not None and before.backwards:
        before = replace(before, beside=found[0].place) if found else replace(before, inclusive=True)
    if len(found) <= wanted:
        return RankedPage(page + found, None, before)
    after = Place(len(head), beside=found[wanted - 1].place) if wanted else _after(head, len(head))
    return RankedPage(page + found[:wanted], after, before)


def _backwards(before: QuerySet[Edition, Any], head: Sequence[Hit], size: int) -> RankedPage:
    """The page that ends where another begins."""
    found = _hits(before, size)[::-1]
    rank = max(len(head) - size + len(found), 0)
    page = [*head[rank:], *found]
    after = Place(len(head), beside=found[-1].place) if found else _after(head, len(head))
    if len(found) == size:
        return RankedPage(page, after, Place(len(head), beside=found[0].place, backwards=True))
    return RankedPage(page, after, _after(head, max(rank - size, 0)) if rank else None)


def _after(head: Sequence[Hit], rank: int) -> Place:
    """Where the page after so many of the head begins."""
    return Place(rank, (head[rank - 1].score, head[rank - 1].course_id)) if rank else Place()


def _rank(head: Sequence[Hit], place: Place) -> int:
    """How many of the head stand before the place now: meanwhile some may have come, gone or risen."""
    if place.hit is None:
        return 0
    score, course_id = place.hit
    return bisect_right(head, (-score, course_id), key=_order)


def _order(hit: Hit) -> tuple[float, UUID]:
    return -hit.score, hit.course_id


def _hits(courses: QuerySet[Edition, Any], limit: int) -> list[Hit]:
    return [Hit(row) for row in courses[:limit]]


def _beside(position: tuple[int, UUID], operator: str) -> CombinedExpression:
    """`(popularity, id) < (x, y)`: one range of the index on both."""
    left = Func(F("enrollment_count"), F("course_id"), function="ROW", output_field=BooleanField())
    right = Func(Value(position[0]), Value(position[1]), function="ROW", output_field=BooleanField())
    return CombinedExpression(left, operator, right, output_field=BooleanField())


def _candidates(
    courses: QuerySet[Edition, Any], search: Search, language: str | None, size: int
) -> QuerySet[Edition, Any]:
    """What is ranked: `size` of the hits in headings, and of all. One that is both may come twice."""
    found = (headed(courses, search, language=language), matching(courses, search, language=language))
    headings, others = (_by_popularity(hits).annotate(score=_Score(search))[:size] for hits in found)
    return headings.union(others, all=True)


def _compiled(courses: QuerySet[Edition, Any], search: Search, size: int) -> Statement:
    """`_candidates` of all that are listed, in whatever language: put together once for the same columns, as
    Django takes a millisecond for that.
    """
    known = (courses.query.values_select, bool(search.excluded), size)
    statement = _statements.get(known)
    if statement is None:
        blank = Search(_WORDS, _EXCLUDED if search.excluded else "", completes=_COMPLETES)
        statement = _statements[known] = Statement.of(_candidates(courses, blank, None, size))
    own = {_WORDS: search.words, _EXCLUDED: search.excluded, _COMPLETES: search.completes}
    return replace(statement, parameters=[own.get(part, part) for part in statement.parameters])


def _ranked(candidates: Sequence[Mapping[str, Any]]) -> list[Hit]:
    hits = sorted((Hit(row, row["score"]) for row in candidates), key=_order)
    before = [None, *hits]  # one that came twice has the same score, and so stands beside itself
    return [hit for hit, other in zip(hits, before, strict=False) if not _is_same(hit, other)]


def _is_same(hit: Hit, other: Hit | None) -> bool:
    return other is not None and hit.score == other.score and hit.course_id == other.course_id


def _by_popularity(courses: QuerySet[Edition, Any]) -> QuerySet[Edition, Any]:
    return courses.order_by("-enrollment_count", "-course_id")


# Django takes longer to put an expression of many parts together than PostgreSQL does to rank what it says.
# So these are of one part each.


class _TextQuery(SearchQuery):
    """What a course's text has to match. Django's lookup takes no other expression."""

    def __init__(self, search: Search, languages: Sequence[str]) -> None:
        self.invert = False
        Func.__init__(self)
        self._search, self._languages = search, languages

    def as_sql(self, *_: Any, **__: Any) -> Any:
        return written_query(self._search, self._languages)


class _Score(Func):
    """What a course is worth to a search. Beginnings of words are found, and come behind all whole ones."""

    output_field = FloatField()

    def __init__(self, search: Search) -> None:
        super().__init__("title_key", "title_search", "search", "enrollment_count", "primary_language")
        self._search = search

    def as_sql(self, compiler: SQLCompiler, *_: Any, **__: Any) -> Any:
        parts = (compiler.compile(column)[0] for column in self.get_source_expressions())
        title, title_vector, vector, popularity, language = parts
        words, stemmed, every = self._search.words, _array(_STEMMED)[0], _array(_TAGS)[0]
        # The words as the language of each course stems them: all languages at once would count twice what
        # two of them stem differently.
        own = f"""(skillwise_catalog_stemmed_queries(%s, {every}))[
            coalesce(array_position({stemmed}, {language}::text), {len(_TAGS)})
        ]"""
        written, written_params = written_query(self._search, [_OTHER])
        return (
            f"""(
                CASE WHEN {title} = skillwise_catalog_fold(%s) THEN {_SAME} ELSE 0 END
                + {_TITLE} * ts_rank('{_WEIGHTS}', {title_vector}, {own}, {_BY_LENGTH})
                + {_ALL} * ts_rank('{_WEIGHTS}', {vector}, {own}, {_BY_LOG_OF_LENGTH})
                + {_BEGINNING} * ts_rank('{_WEIGHTS}', {title_vector}, {written}, {_BY_LENGTH})
                + {_ANY}
            )::double precision * (1 + {_POPULARITY} * ln(1 + {popularity}::double precision))""",
            [words, words, words, *written_params],
        )


def _query(search: Search, language: str | None) -> SearchQuery:
    return _TextQuery(search, [language] if language else _STEMMED)
