"""Full-text search, and the order that it puts courses into.

Ranking all hits of a common word would read a million rows. So the *head* is ranked: of the courses that
have the words in their titles or in who teaches them the most popular, and of those that have them anywhere
likewise. Behind it come the others by popularity alone. `docs/decisions/0022-…` has the figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import BooleanField, F, FloatField, Func, QuerySet, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.sql.compiler import SQLCompiler

from skillwise_catalog.domain.searches import Search, nearest_word
from skillwise_catalog.models import Edition, SearchTerm

__all__ = [
    "HEAD",
    "Hit",
    "Place",
    "RankedPage",
    "correct",
    "headed",
    "matching",
    "ranked_page",
    "written_query",
]

#: How many of the most popular hits are ranked, of those in headings and of all.
HEAD: Final = 100
#: Whose stems are tried where nobody says which language the words are in.
_STEMMED: Final = ("en", "es", "fr", "pt", "de", "it", "ru")
#: How many of the words that look most alike are compared letter by letter.
_ALIKE: Final = 40

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


@dataclass(frozen=True, slots=True)
class Hit:
    """A course found, with the columns that were asked for. `score` is 0 behind the head."""

    row: Mapping[str, Any]
    score: float = 0

    @property
    def course_id(self) -> UUID:
        course_id: UUID = self.row["course_id"]
        return course_id

    @property
    def popularity(self) -> int:
        popularity: int = self.row["enrollment_count"]
        return popularity


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: after so many of the head; or behind the head, after the course of this
    popularity and id (`backwards`: it ends before that).
    """

    rank: int = 0
    beside: tuple[int, UUID] | None = None
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class RankedPage:
    hits: Sequence[Hit]
    next: Place | None
    previous: Place | None


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


def correct(search: Search) -> Search | None:
    """The search with each word that no title has replaced by the one that was probably meant, or left out
    where none is like it; None when that changes nothing. One query.
    """
    doubtful = sorted(search.doubtful)
    if not doubtful:
        return search.corrected({})
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT written.word, alike.key, alike.weight
            FROM unnest(%s::text[]) written (word), LATERAL (
                SELECT key, weight FROM {SearchTerm._meta.db_table}
                WHERE kind = 'word' ORDER BY key <-> skillwise_catalog_fold(written.word) LIMIT {_ALIKE}
            ) alike""",  # noqa: S608 - a table's name
            [doubtful],
        )
        known: dict[str, list[tuple[str, int]]] = {word: [] for word in doubtful}
        for word, alike, weight in cursor:
            known[word].append((alike, weight))
    return search.corrected({word: nearest_word(word, words) for word, words in known.items()})


def ranked_page(
    courses: QuerySet[Edition],
    search: Search,
    place: Place,
    size: int,
    *,
    language: str | None = None,
    columns: Sequence[str] = (),
    with_head: bool = False,
    head_size: int | None = None,
) -> RankedPage:
    """`size` of the courses that match, from `place` on, with these columns besides what their places need;
    within the head they are without, unless it is asked for `with_head`: many would be read for few. At most
    two queries, whose cost has a bound: `head_size` of the hits are ranked (`HEAD` unless given), the most
    popular.
    """
    head_size = head_size or HEAD
    places = ("course_id", "enrollment_count")
    rows: QuerySet[Edition, Any] = courses.values(*dict.fromkeys((*places, *columns)))
    may_end = place.backwards or (place.beside is None and place.rank + size >= head_size)
    head = _head(rows if with_head or may_end else courses.values(*places), search, language, head_size)
    page = head[place.rank : place.rank + size]
    before = Place(max(place.rank - size, 0)) if place.rank else None
    if place.beside is None and place.rank + size < len(head):
        return RankedPage(page, Place(place.rank + size), before)
    if place.beside is None and len(head) < head_size:  # all that there is
        return RankedPage(page, None, before)
    behind = _by_popularity(matching(rows, search, language=language)).exclude(
        course_id__in=[hit.course_id for hit in head]
    )
    if place.beside is None:
        return _forwards(behind, head, page, before, size)
    if place.backwards:
        return _backwards(behind.filter(_beside(place.beside, ">")).reverse(), head, size)
    first = Place(len(head), place.beside, backwards=True)
    return _forwards(behind.filter(_beside(place.beside, "<")), head, [], first, size)


def written_query(search: Search, languages: Sequence[str] = _STEMMED) -> tuple[str, list[Any]]:
    """The `tsquery` that texts in one of these languages have to match, as SQL and its parameters."""
    return (
        "skillwise_catalog_search_query(%s, %s, %s::text[], %s)",
        [search.words, search.excluded, list(languages), search.completes],
    )


def _forwards(
    behind: QuerySet[Edition, Any], head: Sequence[Hit], page: list[Hit], before: Place | None, size: int
) -> RankedPage:
    """The page whose beginning is read already, and the rest of which stands behind the head."""
    wanted = size - len(page)
    found = _hits(behind, wanted + 1)
    if page == [] and found and before is not None and before.backwards:
        before = Place(len(head), (found[0].popularity, found[0].course_id), backwards=True)
    if len(found) <= wanted:
        return RankedPage(page + found, None, before)
    last = found[wanted - 1] if wanted else None
    after = Place(len(head), (last.popularity, last.course_id) if last else None)
    return RankedPage(page + found[:wanted], after, before)


def _backwards(before: QuerySet[Edition, Any], head: Sequence[Hit], size: int) -> RankedPage:
    """The page that ends where another begins."""
    found = _hits(before, size)[::-1]
    missing = size - len(found)
    page = [*head[len(head) - missing :], *found] if missing else found
    after = Place(len(head), (found[-1].popularity, found[-1].course_id)) if found else Place(len(head))
    if not missing:
        return RankedPage(
            page, after, Place(len(head), (found[0].popularity, found[0].course_id), backwards=True)
        )
    rank = len(head) - missing
    return RankedPage(page, after, Place(max(rank - size, 0)) if rank > 0 else None)


def _hits(courses: QuerySet[Edition, Any], limit: int) -> list[Hit]:
    return [Hit(row) for row in courses[:limit]]


def _beside(position: tuple[int, UUID], operator: str) -> CombinedExpression:
    """`(popularity, id) < (x, y)`: one range of the index on both."""
    left = Func(F("enrollment_count"), F("course_id"), function="ROW", output_field=BooleanField())
    right = Func(Value(position[0]), Value(position[1]), function="ROW", output_field=BooleanField())
    return CombinedExpression(left, operator, right, output_field=BooleanField())


def _head(courses: QuerySet[Edition, Any], search: Search, language: str | None, size: int) -> list[Hit]:
    found = (headed(courses, search, language=language), matching(courses, search, language=language))
    headings, others = (_by_popularity(hits).annotate(score=_Score(search))[:size] for hits in found)
    hits = {row["course_id"]: Hit(row, row["score"]) for row in headings.union(others, all=True)}
    return sorted(hits.values(), key=lambda hit: (-hit.score, hit.course_id))


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
        words, tags = self._search.words, list(_STEMMED)
        # The words as the language of each course stems them: all languages at once would count twice what
        # two of them stem differently.
        own = f"""(skillwise_catalog_stemmed_queries(%s, %s::text[]))[
            coalesce(array_position(%s::text[], {language}::text), {len(_STEMMED) + 1})
        ]"""
        own_params = [words, [*tags, "und"], tags]
        written, written_params = written_query(self._search, ["und"])
        return (
            f"""(
                CASE WHEN {title} = skillwise_catalog_fold(%s) THEN {_SAME} ELSE 0 END
                + {_TITLE} * ts_rank('{_WEIGHTS}', {title_vector}, {own}, {_BY_LENGTH})
                + {_ALL} * ts_rank('{_WEIGHTS}', {vector}, {own}, {_BY_LOG_OF_LENGTH})
                + {_BEGINNING} * ts_rank('{_WEIGHTS}', {title_vector}, {written}, {_BY_LENGTH})
                + {_ANY}
            )::double precision * (1 + {_POPULARITY} * ln(1 + {popularity}::double precision))""",
            [words, *own_params, *own_params, *written_params],
        )


def _query(search: Search, language: str | None) -> SearchQuery:
    return _TextQuery(search, [language] if language else _STEMMED)
