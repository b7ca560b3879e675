"""Words that no course has, taken for misspelt ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from skillwise_catalog.domain.searches import Search, nearest_word

__all__ = ["Statement", "correct", "rows_or_correction"]

_WORDS_ALIKE: Final = "SELECT word, key, weight FROM skillwise_catalog_words_alike(%s)"


def correct(search: Search) -> Search | None:
    """The search with each word that no title has replaced by the one that was probably meant, or left out
    where none is like it; None when that changes nothing. One query.
    """
    if not search.doubtful:
        return search.corrected({})
    with connection.cursor() as cursor:
        cursor.execute(_WORDS_ALIKE, [sorted(search.doubtful)])
        return _corrected(search, cursor)


@dataclass(frozen=True, slots=True)
class Statement:
    """A query of `values()` whose columns psycopg reads as they are meant."""

    sql: str
    parameters: Sequence[Any]
    names: Sequence[str]

    @classmethod
    def of(cls, rows: QuerySet[Any, dict[str, Any]]) -> "Statement":
        query = rows.query
        sql, parameters = query.get_compiler(rows.db).as_sql()
        return cls(sql, parameters, (*query.extra_select, *query.values_select, *query.annotation_select))


def rows_or_correction(
    rows: Statement, search: Search, *, of: QuerySet[Any, Any] | None = None
) -> tuple[list[dict[str, Any]], Search | None]:
    """The rows of what a search finds; or where it finds nothing, what was probably meant, as `correct` says.
    Of a page that may be empty though others are not, `of` is all that it finds. One query.
    """
    width = len(rows.names)
    nothing = ", ".join(["NULL"] * width)
    missed, missed_parameters = _nothing_of(of)
    with connection.cursor() as cursor:
        # Of rows that are there, nobody looks for words that are like these. They keep their order: what is
        # appended comes after them, and none of them is read in parallel
        cursor.execute(
            f"""
            WITH found AS MATERIALIZED ({rows.sql})
            SELECT found.*, true AS is_found, NULL AS word, NULL AS key, NULL AS weight FROM found
            UNION ALL
            SELECT {nothing}, false, word, key, weight
            FROM (SELECT) nothing LEFT JOIN ({_WORDS_ALIKE}) alike ON true
            WHERE NOT EXISTS (SELECT FROM found) AND {missed}""",  # noqa: S608 - queries' own SQL
            [*rows.parameters, sorted(search.doubtful), *missed_parameters],
        )
        answered = cursor.fetchall()
    if answered and not answered[0][width]:
        words_alike = (row[width + 1 :] for row in answered)
        return [], _corrected(search, (found for found in words_alike if found[0] is not None))
    return [dict(zip(rows.names, row, strict=False)) for row in answered], None


def _nothing_of(courses: QuerySet[Any, Any] | None) -> tuple[str, Sequence[Any]]:
    if courses is None:
        return "true", ()
    statement, parameters = courses.order_by().values("pk")[:1].query.sql_with_params()
    return f"NOT EXISTS ({statement})", parameters


def _corrected(search: Search, words_alike: Iterable[tuple[str, str, int]]) -> Search | None:
    known: dict[str, list[tuple[str, int]]] = {word: [] for word in search.doubtful}
    for word, alike, weight in words_alike:
        known[word].append((alike, weight))
    return search.corrected({word: nearest_word(word, words) for word, words in known.items()})
