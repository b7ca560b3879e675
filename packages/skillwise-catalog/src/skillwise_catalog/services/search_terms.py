"""Keeping the words that searches are corrected by, and what is completed as one types."""

from typing import Final
from uuid import UUID

from django.db import connection, transaction

from skillwise_catalog.models import Edition, SearchTerm

__all__ = ["add_search_terms", "rename_search_terms", "weigh_search_terms"]

#: Everything that the listed editions of a condition have: kind, reference, text, and how many have it. A
#: word as short as two letters is no mistake of another, and numbers are none either.
_TERMS_OF: Final = """
    SELECT 'word' AS kind, word AS reference, word AS text, count(*) AS weight
    FROM {edition} edition, unnest(tsvector_to_array(to_tsvector('simple',
        skillwise_catalog_fold(title || ' ' || instructor_names)))) word
    WHERE is_listed AND length(word) BETWEEN 3 AND 40 AND word !~ '[0-9]' AND {condition} GROUP BY word
    UNION ALL
    SELECT 'tag', tag, tag, count(*) FROM {edition} edition, unnest(tags) tag WHERE is_listed AND
    {condition} GROUP BY tag UNION ALL
    SELECT 'category', category.slug, category.name, count(*)
    FROM {edition} edition, unnest(terms) term
    JOIN {category} category ON 'category:' || category.slug = term
    WHERE is_listed AND {condition} GROUP BY category.slug, category.name
    UNION ALL
    SELECT 'instructor', person ->> 'id', min(person ->> 'display_name'), count(*)
    FROM {edition} edition, jsonb_array_elements(instructors) person
    WHERE is_listed AND person ->> 'display_name' <> '' AND {condition} GROUP BY person ->> 'id'
"""


def add_search_terms(edition: Edition) -> None:
    """Add what no course had before this one; weights wait for the night. In the order of their keys: two
    who publish at once do not wait for each other in a circle.
    """
    _insert("course_id = %s", "DO NOTHING", [edition.course_id])


def rename_search_terms(*, instructor_id: UUID) -> None:
    """Complete this instructor's name as it is now, and correct words by it; those of the old name wait for
    the night.
    """
    taught = "terms @> ARRAY['instructor:' || %s::text]"
    _insert(taught, "DO UPDATE SET text = excluded.text", [instructor_id])


@transaction.atomic
def weigh_search_terms() -> int:
    """Count how many listed courses have each term, and forget those that none has. Answers how many there
    are.
    """
    SearchTerm.objects.update(weight=0)
    _insert("true", "DO UPDATE SET weight = excluded.weight, text = excluded.text", [])
    SearchTerm.objects.filter(weight=0).delete()
    return SearchTerm.objects.count()


def _insert(condition: str, on_conflict: str, parameters: list[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {SearchTerm._meta.db_table} (kind, reference, text, weight)
            SELECT kind, reference, text, weight FROM ({_terms(condition)}) found ORDER BY kind, reference
            ON CONFLICT (kind, reference) {on_conflict}""",  # noqa: S608 - constants
            parameters * 4,
        )


def _terms(condition: str) -> str:
    return _TERMS_OF.format(
        edition=Edition._meta.db_table,
        category=Edition._meta.get_field("category").related_model._meta.db_table,
        condition=condition,
    )
