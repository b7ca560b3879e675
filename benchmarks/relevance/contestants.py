"""Ways to find courses: ours as the API answers, and simpler ones on the same rows."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final
from uuid import UUID

from django.db import connection
from django.test import Client
from skillwise_catalog.domain.searches import read_search
from skillwise_catalog.models import Edition
from skillwise_catalog.selectors.storefront.listing import listed_editions
from skillwise_catalog.selectors.storefront.searching import Place, ranked_page
from skillwise_identity.models import User
from skillwise_identity.testing import tokens_for

__all__ = ["OURS", "Search", "contestants"]

#: Answers the courses that a text finds, the best first.
Search = Callable[[str], Sequence[UUID]]

OURS: Final = "ours"
_PAGE: Final = 20
_API: Final = "/api/v1/courses/"

#: Everything in one text vector, as the manual's chapter on full text search has it.
_PREPARE: Final = """
    CREATE TABLE judged_plain AS SELECT course_id, title, enrollment_count, to_tsvector('english',
        concat_ws(' ', title, subtitle, instructor_names, description)) document FROM {edition};
    CREATE INDEX ON judged_plain USING gin (document);
    CREATE INDEX ON judged_plain USING gin (title gin_trgm_ops);
    ANALYZE judged_plain
"""
_PLAIN: Final[dict[str, str]] = {
    "plain": """
        SELECT course_id FROM judged_plain, websearch_to_tsquery('english', %(text)s) wanted
        WHERE document @@ wanted ORDER BY ts_rank(document, wanted) DESC, course_id LIMIT %(page)s""",
    "trigrams": """
        SELECT course_id FROM judged_plain WHERE %(text)s <%% title
        ORDER BY word_similarity(%(text)s, title) DESC, course_id LIMIT %(page)s""",
    "title": """
        SELECT course_id FROM judged_plain WHERE title ILIKE '%%' || %(text)s || '%%'
        ORDER BY enrollment_count DESC, course_id LIMIT %(page)s""",
}


def contestants() -> dict[str, Search]:
    """By name: `ours`; `unbounded`, ours but for ranking every hit; `plain`, one unweighted text vector;
    `trigrams`, words in titles that look alike; `title`, the text within a title, by popularity.
    """
    with connection.cursor() as cursor:
        cursor.execute(_PREPARE.format(edition=Edition._meta.db_table))
    reader = User(email="reader@judged.example", full_name="A Reader", roles=["student"])
    reader.save(force_insert=True)
    client = Client(SERVER_NAME="localhost", headers={"Authorization": f"Bearer {tokens_for(reader).access}"})
    everything = Edition.objects.count()
    return {
        OURS: partial(_ask, client),
        "unbounded": partial(_rank, head=everything),
        **{name: partial(_select, statement) for name, statement in _PLAIN.items()},
    }


def _ask(client: Client, text: str) -> list[UUID]:
    response = client.get(_API, {"search": text, "page_size": str(_PAGE), "fields": "id"})
    if response.status_code != 200:
        raise RuntimeError(f"{text!r} was answered with {response.status_code}: {response.content!r}")
    return [UUID(course["id"]) for course in response.json()["results"]]


def _rank(text: str, *, head: int) -> list[UUID]:
    page = ranked_page(listed_editions(), read_search(text), Place(), _PAGE, head_size=head)
    return [hit.course_id for hit in page.hits]


def _select(statement: str, text: str) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"text": text, "page": _PAGE})
        return [course_id for (course_id,) in cursor.fetchall()]
