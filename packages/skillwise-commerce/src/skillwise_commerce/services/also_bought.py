"""What buyers of a course bought too, for the storefront to show."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import connection
from skillwise_catalog import api as catalog

from skillwise_commerce.models import Entitlement

__all__ = ["tell_also_bought"]

#: How many are told of each course, and how many buyers two courses must have in common.
_TOLD: Final = 10
_BUYERS_IN_COMMON: Final = 2
#: Whoever has more courses than this has them all: they say nothing of what goes together.
_COLLECTION: Final = 200


def tell_also_bought() -> int:
    """Hand the catalogue, for each course, those that the most of its owners own too; of courses that were
    told some and have none any longer, that there are none. Answers for how many courses.
    """
    found = _bought_together()
    shown = catalog.get_courses_with_also_bought()
    told = dict.fromkeys(shown - found.keys(), ()) | found
    for course_id, others in told.items():
        catalog.set_also_bought(course_id=course_id, course_ids=others)
    return len(told)


def _bought_together() -> dict[UUID, Sequence[UUID]]:
    """For each course that has any, the others, the most bought first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH owned AS (
                SELECT user_id, course_id FROM (
                    SELECT DISTINCT user_id, course_id, count(*) OVER (PARTITION BY user_id) AS held
                    FROM {Entitlement._meta.db_table} WHERE ended_at IS NULL
                ) entitled WHERE held BETWEEN 2 AND {_COLLECTION}
            ), pairs AS (
                SELECT one.course_id, other.course_id AS other_id, row_number() OVER (
                    PARTITION BY one.course_id ORDER BY count(*) DESC, other.course_id
                ) AS place
                FROM owned one JOIN owned other USING (user_id)
                WHERE one.course_id <> other.course_id
                GROUP BY one.course_id, other.course_id HAVING count(*) >= {_BUYERS_IN_COMMON}
            )
            SELECT course_id, array_agg(other_id ORDER BY place) FROM pairs WHERE place <= {_TOLD}
            GROUP BY course_id"""  # noqa: S608 - a table's name and constants
        )
        return dict(cursor.fetchall())
