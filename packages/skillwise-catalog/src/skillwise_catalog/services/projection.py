"""What the storefront reads of an edition, made ready when it is published: rendering and counting at every
read would say the same each time.
"""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import orjson
from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import QuerySet, TextField, Value

from skillwise_catalog.domain.markdown import render_markdown
from skillwise_catalog.models import Edition
from skillwise_catalog.selectors.storefront.people import names_of
from skillwise_catalog.services.freshness import refresh_storefront
from skillwise_catalog.services.search_terms import rename_search_terms

__all__ = ["project_again", "rename_instructor", "render", "render_card"]

_BATCH = 500


def render(edition: Edition) -> None:
    """Set `terms`, `card`, `detail` and `instructor_names` by what else the edition says, for the caller to
    save. Needs its category loaded.
    """
    render_card(edition)
    edition.detail = _text(_card(edition) | _particulars(edition))


def render_card(edition: Edition) -> None:
    """As `render`, but for `detail`: what lists and searches read."""
    edition.terms = list(_terms(edition))
    edition.card = _text(_card(edition))
    edition.instructor_names = " ; ".join(person["display_name"] for person in edition.instructors)


def project_again(editions: QuerySet[Edition]) -> int:
    """Bring these editions up to date with what others call things: their categories, their instructors.
    Answers how many there were. Needs a transaction, until whose end none of them is published.

    Categories and names are read once the editions are locked, not joined with them: PostgreSQL would leave
    out an edition that was published into another category while it was waited for.
    """
    count = 0
    locked = editions.select_for_update(no_key=True).order_by("course_id")
    for batch in _batches(locked.prefetch_related("category")):
        names = names_of({UUID(person["id"]) for edition in batch for person in edition.instructors})
        for edition in batch:
            for person in edition.instructors:
                person["display_name"] = names.get(UUID(person["id"]), "")
            render(edition)
        Edition.objects.bulk_update(batch, ["instructors", "terms", "card", "detail", "instructor_names"])
        count += len(batch)
    return count


@transaction.atomic
def rename_instructor(*, user_id: UUID) -> None:
    """Let all that somebody teaches say their name as it is now."""
    taught = Value([f"instructor:{user_id}"], output_field=ArrayField(TextField()))
    if project_again(Edition.objects.filter(terms__contains=taught)):
        rename_search_terms(instructor_id=user_id)
        refresh_storefront()


def _batches(editions: QuerySet[Edition]) -> Iterator[list[Edition]]:
    last: UUID | None = None
    while batch := list((editions.filter(course_id__gt=last) if last else editions)[:_BATCH]):
        yield batch
        last = batch[-1].course_id


def _terms(edition: Edition) -> Iterator[str]:
    """What it is found by, each with the name of its filter: the whole way down to its category, its
    language with and without script and region.
    """
    yield from (f"category:{slug}" for slug in edition.category.lineage)
    yield from (f"tag:{tag}" for tag in edition.tags)
    yield f"level:{edition.level}"
    yield from (f"language:{tag}" for tag in _prefixes(edition.language))
    yield f"currency:{edition.price_currency}"
    yield f"free:{'true' if edition.price_amount == 0 else 'false'}"
    yield from (f"instructor:{person['id']}" for person in edition.instructors)


def _prefixes(tag: str) -> Iterable[str]:
    """`zh`, `zh-Hant` and `zh-Hant-TW` of `zh-Hant-TW` (RFC 4647 §3.3.1)."""
    parts = tag.split("-")
    return ("-".join(parts[:length]) for length in range(1, len(parts) + 1))


def _card(edition: Edition) -> dict[str, Any]:
    owner = next(person for person in edition.instructors if person["role"] == "owner")
    return {
        "id": edition.course_id,
        "slug": edition.slug,
        "title": edition.title,
        "subtitle": edition.subtitle,
        "language": edition.language,
        "level": edition.level,
        "category": {"slug": edition.category.slug, "name": edition.category.name},
        "tags": edition.tags,
        "price": {"amount": edition.price_amount, "currency": edition.price_currency},
        "owner": {"id": owner["id"], "display_name": owner["display_name"]},
        "instructors": edition.instructors,
        "lesson_count": edition.lesson_count,
        "duration": edition.duration,
        "status": "published",
        "published_at": edition.published_at,
        "updated_at": edition.updated_at,
    }


def _particulars(edition: Edition) -> dict[str, Any]:
    return {
        "description": edition.description,
        "description_html": render_markdown(edition.description),
        "outcomes": edition.outcomes,
        "requirements": edition.requirements,
        "audience": edition.audience,
        "modules": [
            {
                **module,
                "position": position,
                "lessons": [
                    {**lesson, "position": place} for place, lesson in enumerate(module["lessons"], start=1)
                ],
            }
            for position, module in enumerate(edition.outline, start=1)
        ],
    }


def _text(members: dict[str, Any]) -> str:
    return orjson.dumps(members, option=orjson.OPT_UTC_Z).decode()
