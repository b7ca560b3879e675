"""Pages by keyset: a page starts after the last row of the one before, not after so many rows.

Rows inserted or deleted meanwhile neither repeat nor hide others, the last page costs what the first does,
and nothing is counted. One query per page.
"""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, F, Field, Func, Model, Q, QuerySet, Value
from django.db.models.expressions import CombinedExpression, OrderBy
from django.db.models.fields.reverse_related import ForeignObjectRel
from rest_framework import exceptions
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from skillwise_kernel.compiled import CompiledQueries

__all__ = ["InvalidCursorError", "KeysetPagination"]

#: `~` stands in an address as it is, where `:` would have each character of the cursor looked at.
_signer = signing.Signer(salt="skillwise.cursor", sep="~")
_SIZE = re.compile(r"[1-9][0-9]{0,5}")
_compiled = CompiledQueries(most=256)


class InvalidCursorError(exceptions.APIException):
    """The cursor was not made by this list in this order."""

    status_code = 400
    default_code = "invalid_cursor"
    default_detail = "This cursor does not belong to this list. Start again without one."


class KeysetPagination(BasePagination):
    """`?cursor=…&page_size=…` over a QuerySet in `ordering`; answers `{"next", "previous", "results"}`.

    `ordering` names columns as `order_by` does (`("-published_at", "-id")`), annotations included, and must
    end in a unique one. A view whose request chooses the order passes its own; the cursor is bound to it.
    Nulls stand last in both directions. A column that may be null by its definition, but is not in any listed
    row (the date of publication of published courses), goes into `never_null`: its plain index then serves.
    An annotation to sort by must be of a type that survives the way to Python and back exactly: cast a
    `real`, such as `ts_rank`, to `double precision`.

    Cursors are signed: whoever alters one gets 400 `invalid_cursor`. Links are absolute paths with the
    request's other parameters, so that a cached answer holds nobody's host name.
    """

    ordering: tuple[str, ...] = ("-id",)
    never_null: frozenset[str] = frozenset()
    page_size = 20
    max_page_size = 100

    def paginate_queryset(  # type: ignore[override]  # a keyset needs columns: no plain sequence will do
        self,
        queryset: QuerySet[Any, Any],
        request: Request,
        view: APIView | None = None,
        *,
        ordering: Sequence[str] | None = None,
        read: Callable[[QuerySet[Any, Any]], list[Any]] = list,
    ) -> list[Any]:
        """At most `page_size` rows, as `read` fetches them. Raises `InvalidCursorError`; `ValidationError`
        for a bad `page_size`.
        """
        names = tuple(ordering or self.ordering)
        keys = [self._key(name, queryset) for name in names]
        cursor = _Cursor.read(request.query_params.get("cursor"), names)
        size = self._requested_size(request)
        return self._page(request, cursor, keys, read(_rows(queryset, keys, cursor, size)), size)

    def paginate_compiled(
        self,
        kind: Hashable,
        make: Callable[[], QuerySet[Any, dict[str, Any]]],
        request: Request,
        *,
        ordering: Sequence[str],
    ) -> list[dict[str, Any]]:
        """As `paginate_queryset` of `make()`, which is put together once for all of the same `kind`: `make`
        says the same for these, has `values()`, and no parameters. `ordering` is of columns in one direction,
        all `never_null`.
        """
        names = tuple(ordering)
        keys = [_Key(name.removeprefix("-"), name.startswith("-"), nullable=False) for name in names]
        cursor = _Cursor.read(request.query_params.get("cursor"), names)
        size = self._requested_size(request)
        place = (cursor.position is None, cursor.backwards, cursor.inclusive)
        found = _compiled.rows(
            (kind, names, size, place), cursor.position or (), lambda: _rows(make(), keys, cursor, size)
        )
        return self._page(request, cursor, keys, found, size)

    def _page(
        self, request: Request, cursor: "_Cursor", keys: list["_Key"], found: list[Any], size: int
    ) -> list[Any]:
        page, has_more = found[:size], len(found) > size
        if cursor.backwards:
            page.reverse()
        self._request = request
        self._next, self._previous = _neighbours(cursor, cursor.names, keys, page, has_more=has_more)
        return page

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {"next": self._link(self._next), "previous": self._link(self._previous), "results": data}
        )

    def _requested_size(self, request: Request) -> int:
        asked = request.query_params.get("page_size")
        if asked is None:
            return self.page_size
        size = int(asked) if _SIZE.fullmatch(asked) else 0
        if not 1 <= size <= self.max_page_size:
            message = f"Must be a whole number from 1 to {self.max_page_size}."
            raise exceptions.ValidationError({"page_size": [message]}, "invalid_page_size")
        return size

    def _link(self, cursor: "_Cursor | None") -> str | None:
        return None if cursor is None else self.address_from(cursor.write())

    def address_from(self, cursor: str | None) -> str:
        """Of this list as it is asked for now, from there on."""
        asked = [(name, values) for name, values in self._request.query_params.lists() if name != "cursor"]
        query = urlencode(asked if cursor is None else [*asked, ("cursor", cursor)], doseq=True)
        return f"{self._request.path}?{query}" if query else str(self._request.path)

    def _key(self, name: str, queryset: QuerySet[Any, Any]) -> "_Key":
        path = name.removeprefix("-")
        nullable = path not in self.never_null and _may_be_null(queryset, path)
        return _Key(path, descending=name.startswith("-"), nullable=nullable)

    # What drf-spectacular asks

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "Where the page starts: taken from `next` or `previous`, never made up.",
                "schema": {"type": "string", "maxLength": 2000},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": "How many results a page holds at most.",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": self.max_page_size,
                    "default": self.page_size,
                },
            },
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri-reference", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": {
                    **link,
                    "description": "The page after this one; null on the last.",
                    "example": "/api/v1/things/?cursor=WyItaWQiXQ~kX0",
                },
                "previous": {
                    **link,
                    "description": "The page before this one; null on the first.",
                    "example": None,
                },
                "results": schema,
            },
        }


@dataclass(frozen=True, slots=True)
class _Key:
    """One column of the order."""

    path: str
    descending: bool
    nullable: bool

    def order_by(self, *, backwards: bool) -> OrderBy:
        descending = self.descending != backwards
        # Nulls last, which is PostgreSQL's own habit ascending; seen from behind, first.
        explicit = {"nulls_first": True} if backwards else {"nulls_last": True}
        column = F(self.path)
        return OrderBy(column, descending=descending, **(explicit if self.nullable else {}))

    def value_in(self, row: Any) -> Any:
        """This column's value in a row: a model instance (`category__slug` follows the relation) or a
        `values()` dict.
        """
        if isinstance(row, Mapping):
            return row[self.path]
        value = row
        for name in self.path.split("__"):
            value = getattr(value, name) if value is not None else None
        return value

    def equals(self, value: Any) -> Q:
        return Q(**{f"{self.path}__isnull": True}) if value is None else Q(**{self.path: value})

    def beyond(self, value: Any, *, backwards: bool) -> Q | None:
        """Rows that stand strictly after (or, backwards, before) `value` by this column; None when no row
        can.
        """
        if value is None:
            return Q(**{f"{self.path}__isnull": False}) if backwards else None
        comparison = Q(**{f"{self.path}__{'lt' if self.descending != backwards else 'gt'}": value})
        if self.nullable and not backwards:
            comparison |= Q(**{f"{self.path}__isnull": True})
        return comparison


@dataclass(frozen=True, slots=True)
class _Cursor:
    """A place beside the row with the key values `position` (None: before the first), looking on or back."""

    names: tuple[str, ...]
    position: tuple[Any, ...] | None = None
    backwards: bool = False
    inclusive: bool = False

    @classmethod
    def read(cls, text: str | None, names: tuple[str, ...]) -> "_Cursor":
        """Raises `InvalidCursorError`."""
        if text is None:
            return cls(names)
        try:
            signed_names, position, backwards, inclusive = _signer.unsign_object(text)
        except (signing.BadSignature, ValueError):
            raise InvalidCursorError from None
        if tuple(signed_names) != names:
            raise InvalidCursorError
        return cls(names, tuple(map(_unpack, position)), bool(backwards), bool(inclusive))

    def write(self) -> str | None:
        if self.position is None:
            return None
        return _signer.sign_object(
            (self.names, [_pack(value) for value in self.position], int(self.backwards), int(self.inclusive))
        )


def _rows(queryset: QuerySet[Any, Any], keys: list[_Key], cursor: _Cursor, size: int) -> QuerySet[Any, Any]:
    """The page from the cursor on, and the row that says whether there is another."""
    rows = queryset.order_by(*(key.order_by(backwards=cursor.backwards) for key in keys))
    if cursor.position is not None:
        rows = rows.filter(_beyond(keys, cursor))
    return rows[: size + 1]


def _neighbours(
    cursor: _Cursor, names: tuple[str, ...], keys: list[_Key], page: list[Any], *, has_more: bool
) -> tuple[_Cursor | None, _Cursor | None]:
    """The cursors of the page after and the page before, whichever way this page was read."""
    if not page:
        if cursor.position is None:
            return None, None
        # The rows that this cursor pointed at are gone; the way back includes the row that it was made from.
        back = _Cursor(names, cursor.position, backwards=True, inclusive=True)
        return (_Cursor(names), None) if cursor.backwards else (None, back)
    first = _Cursor(names, tuple(key.value_in(page[0]) for key in keys), backwards=True)
    last = _Cursor(names, tuple(key.value_in(page[-1]) for key in keys))
    if cursor.backwards:
        return last, first if has_more else None
    return last if has_more else None, first if cursor.position is not None else None


def _beyond(keys: list[_Key], cursor: _Cursor) -> Q | CombinedExpression:
    """The rows on the far side of the cursor."""
    position = cursor.position or ()
    if len({key.descending for key in keys}) == 1 and not any(key.nullable for key in keys):
        return _row_comparison(keys, position, cursor)
    return _lexicographic(keys, position, cursor)


def _row_comparison(keys: list[_Key], position: tuple[Any, ...], cursor: _Cursor) -> CombinedExpression:
    """`(a, b) < (x, y)`: PostgreSQL answers it from one range of an index on both."""
    operator = "<" if keys[0].descending != cursor.backwards else ">"
    left = Func(*(F(key.path) for key in keys), function="ROW", output_field=BooleanField())
    right = Func(*(Value(value) for value in position), function="ROW", output_field=BooleanField())
    return CombinedExpression(left, operator + "=" * cursor.inclusive, right, output_field=BooleanField())


def _lexicographic(keys: list[_Key], position: tuple[Any, ...], cursor: _Cursor) -> Q:
    """The same spelled out, for mixed directions and nulls: beyond by the first column, or equal there and …

    The condition on the first column alone comes before: it lets an index be entered at the right place.
    """
    alternatives = Q(pk__in=[])
    equal_so_far = Q()
    for key, value in zip(keys, position, strict=True):
        if (beyond := key.beyond(value, backwards=cursor.backwards)) is not None:
            alternatives |= equal_so_far & beyond
        equal_so_far &= key.equals(value)
    if cursor.inclusive:
        alternatives |= equal_so_far
    return _not_before(keys[0], position[0], cursor) & alternatives


def _not_before(key: _Key, value: Any, cursor: _Cursor) -> Q:
    beyond = key.beyond(value, backwards=cursor.backwards)
    return key.equals(value) if beyond is None else key.equals(value) | beyond


def _may_be_null(queryset: QuerySet[Any, Any], path: str) -> bool:
    """Whether the column is nullable by its definition, or reached through a relation that is; of an
    annotation nobody knows.
    """
    model: type[Model] = queryset.model
    for name in path.split("__"):
        try:
            field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
        except FieldDoesNotExist:
            return True
        if isinstance(field, ForeignObjectRel) or not isinstance(field, Field) or field.null:
            return True
        if field.related_model is not None:
            model = field.related_model
    return False


def _pack(value: Any) -> Any:
    match value:
        case None | bool() | int() | str() | float():
            return value
        case UUID():
            return {"uuid": value.hex}
        case datetime():
            return {"time": value.isoformat()}
        case Decimal():
            return {"decimal": str(value)}
    raise TypeError(f"a list cannot be paged by a {type(value).__name__}")


def _unpack(value: Any) -> Any:
    match value:
        case {"uuid": text}:
            return UUID(text)
        case {"time": text}:
            return datetime.fromisoformat(text)
        case {"decimal": text}:
            return Decimal(text)
    return value
