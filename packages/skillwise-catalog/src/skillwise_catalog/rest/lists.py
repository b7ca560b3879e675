"""The storefront's list as an answer: a page of any order, or of a search by relevance."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core import signing
from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.rest.pagination import InvalidCursorError, KeysetPagination

from skillwise_catalog.domain.searches import Search
from skillwise_catalog.models import Edition
from skillwise_catalog.rest.cards import Shape, read_shape
from skillwise_catalog.rest.filters import Wanted, read_query
from skillwise_catalog.selectors.storefront.correcting import Statement, rows_or_correction
from skillwise_catalog.selectors.storefront.listing import (
    ORDERINGS,
    RELEVANCE,
    by_id_if_few,
    cards_of,
    listed_editions,
    looked_up_last,
)
from skillwise_catalog.selectors.storefront.searching import (
    Hit,
    Place,
    RankedPage,
    matching,
    ranked_page,
)

__all__ = ["StorefrontPages", "list_answer"]


class StorefrontPages(KeysetPagination):
    # what stands there has them all
    never_null = frozenset(
        {"published_at", "price_amount", "title_key", "rating_average", "enrollment_count", "course_id"}
    )

    def ranked(
        self,
        request: Request,
        wanted: Wanted,
        search: Search,
        *,
        columns: Sequence[str],
    ) -> RankedPage:
        """A page of the courses that a search finds, by relevance: see `ranked_page`. Raises
        `InvalidCursorError`.
        """
        self._request, self._search = request, search
        return ranked_page(
            wanted.filtered,
            search,
            _read(request.query_params.get("cursor"), search),
            self._requested_size(request),
            language=wanted.language,
            columns=columns,
            is_alone=wanted.is_search_alone,
        )

    def ranked_answer(self, page: RankedPage, results: list[Any]) -> Response:
        return Response(
            {
                "next": self._place(page.next),
                "previous": self._place(page.previous),
                "results": results,
            }
        )

    def _place(self, place: Place | None) -> str | None:
        if place is None:
            return None
        return self.address_from(_write(place, self._search) if place != Place() else None)


def list_answer(request: Request, pages: StorefrontPages) -> Response:
    """At most two queries: what matches, with the words as they are and as they were probably meant, or what
    matches and its cards; without a search, how many courses are in a range and what matches.
    """
    shape = read_shape(request)
    wanted = read_query(listed_editions(), request.query_params)
    if wanted.search is not None and wanted.ordering == RELEVANCE:
        return _relevant(request, pages, wanted, wanted.search, shape)
    return _ordered(request, pages, wanted, shape)


def _ordered(request: Request, pages: StorefrontPages, wanted: Wanted, shape: Shape) -> Response:
    ordering = ORDERINGS[wanted.ordering]
    columns = tuple(dict.fromkeys((*shape.columns, *(name.removeprefix("-") for name in ordering))))
    if wanted.is_everything:
        page = pages.paginate_compiled(
            ("courses", columns), lambda: listed_editions().values(*columns), request, ordering=ordering
        )
    elif wanted.search is not None:
        page = _page_of_search(request, pages, wanted, wanted.search, columns)
    else:
        courses = wanted.filtered
        across = [span for span in wanted.ranges if ordering[0].removeprefix("-") not in span]
        if across:
            courses = by_id_if_few(courses, () if wanted.is_ranges_alone else across[0])
        page = pages.paginate_queryset(
            courses.values(*columns), request, ordering=ordering, read=looked_up_last if across else list
        )
    return pages.get_paginated_response([shape.as_json(row) for row in page])


def _page_of_search(
    request: Request, pages: StorefrontPages, wanted: Wanted, search: Search, columns: Sequence[str]
) -> list[dict[str, Any]]:
    """Of what the search finds, in the order that is asked for; or else of what was probably meant."""
    meant: Search | None = None

    def read(rows: QuerySet[Edition, dict[str, Any]]) -> list[dict[str, Any]]:
        nonlocal meant
        others = found_by(search) if "cursor" in request.query_params else None
        found, meant = rows_or_correction(Statement.of(rows), search, of=others)
        return found

    def found_by(words: Search) -> QuerySet[Edition]:
        return matching(wanted.filtered, words, language=wanted.language)

    def page_of(words: Search, read: Callable[..., list[dict[str, Any]]]) -> list[dict[str, Any]]:
        courses = found_by(words).values(*columns)
        return pages.paginate_queryset(courses, request, ordering=ORDERINGS[wanted.ordering], read=read)

    page = page_of(search, read)
    return page_of(meant, list) if meant is not None else page


def _relevant(
    request: Request, pages: StorefrontPages, wanted: Wanted, search: Search, shape: Shape
) -> Response:
    """Two hundred cards are much to read for twenty, so those of the head have a query of their own; but for
    misspelt words, which have taken two already.
    """
    page = pages.ranked(request, wanted, search, columns=shape.columns)
    return pages.ranked_answer(page, [shape.as_json(row) for row in _rows(page.hits, shape.columns)])


def _rows(hits: Sequence[Hit], columns: Sequence[str]) -> list[Mapping[str, Any]]:
    """All with these columns; courses that left meanwhile are left out."""
    if all(column in hit.row for hit in hits for column in columns):
        return [hit.row for hit in hits]
    return list(cards_of([hit.course_id for hit in hits], columns=columns))


def _read(text: str | None, search: Search) -> Place:
    if text is None:
        return Place()
    try:
        rank, hit, beside, backwards, inclusive, meant = _signer(search).unsign_object(text)
    except (signing.BadSignature, ValueError):
        raise InvalidCursorError from None
    return Place(
        rank,
        (hit[0], UUID(hit[1])) if hit else None,
        (beside[0], UUID(beside[1])) if beside else None,
        backwards=backwards,
        inclusive=inclusive,
        meant=Search(*meant) if meant else None,
    )


def _write(place: Place, search: Search) -> str:
    hit, beside = ([value[0], value[1].hex] if value else None for value in (place.hit, place.beside))
    meant = [place.meant.words, place.meant.excluded] if place.meant else None
    written = (place.rank, hit, beside, int(place.backwards), int(place.inclusive), meant)
    return _signer(search).sign_object(written, compress=True)


def _signer(search: Search) -> signing.Signer:
    """A place among the hits of one search is none among another's."""
    return signing.Signer(salt=f"skillwise_catalog.relevance:{search.words}:{search.excluded}", sep="~")
