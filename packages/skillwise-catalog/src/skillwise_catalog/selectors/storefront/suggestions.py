"""What somebody who is typing may be about to ask for."""

from dataclasses import dataclass
from typing import Final

from django.db import connection

from skillwise_catalog.domain.searches import Search, read_search
from skillwise_catalog.models import Edition, SearchTerm
from skillwise_catalog.selectors.storefront.correcting import correct
from skillwise_catalog.selectors.storefront.searching import written_query

__all__ = ["Suggestion", "suggest"]

_TITLES: Final = 5
_TERMS: Final = 5
#: In one piece: asked with every letter that somebody types, and Django would take longer to put it together
#: than PostgreSQL to answer.
_FOUND: Final = f"""
    (
        SELECT kind, text, reference FROM {SearchTerm._meta.db_table}
        WHERE kind <> 'word' AND key ^@ skillwise_catalog_fold(%s)
        ORDER BY weight DESC, key LIMIT {_TERMS}
    )
    UNION ALL
    (
        SELECT 'course', title, slug FROM {Edition._meta.db_table}
        WHERE is_listed AND {{found}}
        ORDER BY enrollment_count DESC, course_id DESC LIMIT {_TITLES}
    )
"""  # noqa: S608 - our own tables' names and constants; what was typed goes as parameters


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`kind` is `course`, `category`, `tag` or `instructor`; `reference` a course's slug, a category's, the
    tag, or the instructor's id.
    """

    kind: str
    text: str
    reference: str


def suggest(text: str) -> list[Suggestion]:
    """What begins with the text: categories, tags and instructors that the most courses have, and of
    courses in whose titles its words stand the most popular. Misspelt words are taken for what was probably
    meant. At most three queries, whose cost has a bound.
    """
    search = read_search(text)
    found = _found(text, search)
    if not found and (meant := correct(search)) is not None:
        found = _found(meant.words, meant)
    return found


def _found(text: str, search: Search) -> list[Suggestion]:
    query, params = written_query(search)
    found, parameters = f"title_search @@ {query}", [text.strip(), *params]
    if search.excluded:  # a word that may stand below the title
        found, parameters = f"{found} AND search @@ {query}", [*parameters, *params]
    with connection.cursor() as cursor:
        cursor.execute(_FOUND.format(found=found), parameters)
        suggestions = [Suggestion(*row) for row in cursor.fetchall()]
    # each part comes as it is ordered, but PostgreSQL promises nothing of which part comes first
    return sorted(suggestions, key=lambda one: one.kind == "course")
