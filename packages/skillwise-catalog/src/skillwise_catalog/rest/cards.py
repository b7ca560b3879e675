"""Courses as the storefront shows them: what was rendered when they were published (`services.projection`),
joined with the figures and links of this moment.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

import orjson
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from skillwise_catalog.selectors.media import signed_path, stable_cover_path, with_signed_links
from skillwise_catalog.selectors.storefront.listing import CARD

__all__ = [
    "AUTHORS_MEMBERS",
    "CARD_MEMBERS",
    "DETAIL_MEMBERS",
    "PARTICULARS",
    "SHAPE_PARAMETERS",
    "Shape",
    "card_as_json",
    "detail_as_json",
    "read_shape",
]

#: What a course has in lists.
CARD_MEMBERS: Final = (
    "id", "slug", "title", "subtitle", "language", "level", "category", "tags", "price", "owner",
    "instructors", "lesson_count", "duration", "status", "published_at", "updated_at", "rating",
    "enrollment_count", "cover_url",
)  # fmt: skip
#: What it has besides by itself, and in lists on demand.
PARTICULARS: Final = (
    "description", "description_html", "outcomes", "requirements", "audience", "modules", "promo_video_url",
)  # fmt: skip
DETAIL_MEMBERS: Final = CARD_MEMBERS + PARTICULARS
#: What its authors are shown besides.
AUTHORS_MEMBERS: Final = (
    "created_at", "has_changes", "edition", "missing", "review_note", "cover_upload_id",
    "promo_video_upload_id",
)  # fmt: skip

SHAPE_PARAMETERS: Final = [
    OpenApiParameter(
        "fields",
        OpenApiTypes.STR,
        description="Names of members, parted by commas: courses have these and their `id`, and no others.",
    ),
    OpenApiParameter(
        "include",
        OpenApiTypes.STR,
        description=f"What a list leaves out unless asked, parted by commas: {', '.join(PARTICULARS)}.",
    ),
]

_MEDIA: Final = "media:"


class Shape:
    """Which members of a course an answer has. None: all that are rendered."""

    def __init__(self, members: Collection[str] | None, *, is_detailed: bool) -> None:
        self.members = members
        self._is_detailed = is_detailed

    @property
    def columns(self) -> tuple[str, ...]:
        """What to read of an edition."""
        return (*CARD, "detail", "promo_video_id", "promo_video_url") if self._is_detailed else CARD

    def as_json(self, row: Mapping[str, Any], *, is_kept: bool = False) -> orjson.Fragment | dict[str, Any]:
        """`is_kept`: for a copy that outlives links."""
        as_json = detail_as_json if self._is_detailed else card_as_json
        course = as_json(row, is_kept=is_kept)
        if self.members is None:
            return course
        return self.chosen_from(orjson.loads(orjson.dumps(course)))

    def chosen_from(self, course: Mapping[str, Any]) -> dict[str, Any]:
        """Those of a course's members."""
        return {name: course[name] for name in course if self.members is None or name in self.members}


def read_shape(request: Request, *, is_detailed: bool = False, is_authors: bool = False) -> Shape:
    """What `fields` and `include` ask for. Raises `ValidationError` for a name that no course has, or that
    its authors alone are shown.
    """
    fields = _names(request, "fields", DETAIL_MEMBERS + AUTHORS_MEMBERS * is_authors)
    included = _names(request, "include", PARTICULARS)
    if fields:
        members: frozenset[str] | None = fields | included | {"id"}
    elif included and not is_detailed:
        members = included | frozenset(CARD_MEMBERS)
    else:
        members = None
    heavy = is_detailed if members is None else bool(members.intersection(PARTICULARS))
    return Shape(members, is_detailed=heavy)


def card_as_json(row: Mapping[str, Any], *, is_kept: bool = False) -> orjson.Fragment:
    """A row of `CARD`."""
    return orjson.Fragment(f"{row['card'][:-1]}{_moment(row, is_kept=is_kept)}}}")


def detail_as_json(row: Mapping[str, Any], *, is_kept: bool = False) -> orjson.Fragment:
    """A row that has `detail`, too."""
    promo = row["promo_video_url"] or _link(row["promo_video_id"])
    text: str = row["detail"]
    if _MEDIA in text:
        text = _with_links(text)
    moment = _moment(row, is_kept=is_kept)
    return orjson.Fragment(f'{text[:-1]}{moment},"promo_video_url":{orjson.dumps(promo).decode()}}}')


def _moment(row: Mapping[str, Any], *, is_kept: bool) -> str:
    """What changes without a publication: the end of the object, but for its brace."""
    count = row["rating_count"]
    cover = _kept_cover(row) if is_kept else _link(row["cover_id"])
    return (
        f',"rating":{{"average":{row["rating_average"] if count else "null"},"count":{count}}}'
        f',"enrollment_count":{row["enrollment_count"]}'
        f',"cover_url":{orjson.dumps(cover).decode()}'
    )


def _with_links(detail: str) -> str:
    course = orjson.loads(detail)
    course["description_html"] = with_signed_links(course["description_html"])
    return orjson.dumps(course).decode()


def _kept_cover(row: Mapping[str, Any]) -> str | None:
    cover_id = row["cover_id"]
    return stable_cover_path(course_id=row["course_id"], cover_id=cover_id) if cover_id else None


def _link(file_id: UUID | None) -> str | None:
    return signed_path(file_id=file_id) if file_id else None


def _names(request: Request, parameter: str, known: Collection[str]) -> frozenset[str]:
    names = frozenset(filter(None, map(str.strip, request.query_params.get(parameter, "").split(","))))
    if unknown := sorted(names.difference(known)):
        message = f"There is no {', '.join(unknown)} here; there are {', '.join(sorted(known))}."
        raise ValidationError({parameter: [message]}, "unknown_member")
    return names
