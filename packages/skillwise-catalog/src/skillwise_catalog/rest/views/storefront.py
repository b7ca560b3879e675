"""The storefront around its list: facets, suggestions, what goes with a course, and what changed."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.core import signing
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.rest.openapi import problem_codes

from skillwise_catalog.errors import CourseNotFoundError, SearchTooCostlyError, SyncCursorExpiredError
from skillwise_catalog.rest import examples
from skillwise_catalog.rest.cards import SHAPE_PARAMETERS, card_as_json, read_shape
from skillwise_catalog.rest.examples import body
from skillwise_catalog.rest.facets import facets_as_json
from skillwise_catalog.rest.filters import FILTER_PARAMETERS
from skillwise_catalog.rest.storefront_serializers import (
    CatalogChangesOutput,
    CompanionsOutput,
    FacetsOutput,
    SuggestionsOutput,
)
from skillwise_catalog.rest.views.access import PublicView, StorefrontView
from skillwise_catalog.selectors.media import LINK_LIFETIME, signed_path
from skillwise_catalog.selectors.storefront.changes import Mark, changes_since, cover_of
from skillwise_catalog.selectors.storefront.related import companions_of
from skillwise_catalog.selectors.storefront.suggestions import Suggestion, suggest
from skillwise_catalog.services.freshness import STOREFRONT

__all__ = [
    "CatalogChangesView",
    "CompanionsView",
    "CoverView",
    "FacetsView",
    "SuggestionsView",
    "suggestions_answer",
]

_signer: Final = signing.Signer(salt="skillwise_catalog.sync", sep="~")
_LONGEST_BEGINNING: Final = 80
#: Seconds: whoever follows a kept answer has as long again.
_COVER_KEPT: Final = int(LINK_LIFETIME.total_seconds()) // 2


def suggestions_answer(found: Sequence[Suggestion]) -> Response:
    return Response(
        {"results": [{"kind": one.kind, "text": one.text, "reference": one.reference} for one in found]}
    )


class SuggestionInput(serializers.Serializer):
    q = serializers.CharField(min_length=2, max_length=_LONGEST_BEGINNING)


class ChangesInput(serializers.Serializer):
    since = serializers.CharField(required=False, max_length=400)
    page_size = serializers.IntegerField(required=False, default=100, min_value=1, max_value=200)


@extend_schema(tags=["Courses"])
class FacetsView(StorefrontView):
    @extend_schema(
        operation_id="courses_facets",
        summary="Count what each filter would leave",
        description="Of the courses that the list finds for the same parameters. A filter's own choice "
        "does not narrow its counts down: they say what another choice would give. Where more than 2,000 "
        "courses are left, `exact` is false and counts are estimated, to two digits. Of bounds of "
        "price and duration that leave the same courses the narrowest is told; those of prices where "
        "`currency` is chosen.",
        parameters=FILTER_PARAMETERS,
        responses={200: FacetsOutput},
        examples=[body("Of a search", examples.FACETS, status=200)],
    )
    @problem_codes(SearchTooCostlyError)
    def get(self, request: Request) -> Response:
        return Response(facets_as_json(request.query_params))


@extend_schema(tags=["Courses"])
class SuggestionsView(StorefrontView):
    @extend_schema(
        operation_id="courses_suggest",
        summary="Complete what is being typed",
        description="Categories, tags and instructors that begin so, and, from three letters on, the most "
        "popular courses with such words in their titles. `reference` is what the list's filter of that "
        "name takes; of a course it is the slug.",
        parameters=[
            OpenApiParameter(
                "q", OpenApiTypes.STR, required=True, description="What was typed so far: 2 to 80 characters."
            )
        ],
        responses={200: SuggestionsOutput},
        examples=[body("For `bre`", examples.SUGGESTIONS, status=200)],
    )
    @problem_codes(SearchTooCostlyError)
    def get(self, request: Request) -> Response:
        typed = self.parse_query(SuggestionInput)["q"].lower()
        # a guest's whole answer is kept: made of what is kept it would be old twice over
        if self.reader is None:
            return suggestions_answer(suggest(typed))
        return suggestions_answer(STOREFRONT.value(("suggestions", typed), lambda: suggest(typed)))


@extend_schema(tags=["Courses"])
class CompanionsView(StorefrontView):
    @extend_schema(
        operation_id="courses_related",
        summary="List what goes with a course",
        description="Courses like it, by tags, category, language, instructors and level, and those that "
        "its buyers "
        "bought too; at most ten of each.",
        responses={200: CompanionsOutput},
        examples=[body("Of a course", examples.COMPANIONS, status=200)],
    )
    @problem_codes(CourseNotFoundError)
    def get(self, request: Request, course_id: UUID) -> Response:
        companions = companions_of(course_id=course_id)
        return Response(
            {
                "related": [card_as_json(row) for row in companions.related],
                "also_bought": [card_as_json(row) for row in companions.also_bought],
            }
        )


@extend_schema(tags=["Courses"])
class CoverView(PublicView):
    @extend_schema(
        operation_id="courses_cover",
        summary="Find a course's picture",
        description="Leads to the picture of a published course, by a link that expires after ten minutes. "
        "For copies that are kept longer: `sync/catalog/` names this address, with an `of` that is another "
        "for another picture. What stands here is the present one, or was within the last five minutes.",
        parameters=[
            OpenApiParameter("of", OpenApiTypes.STR, description="Not looked at: tells pictures apart."),
        ],
        responses={302: OpenApiResponse(description="To the picture.")},
    )
    @problem_codes(CourseNotFoundError)
    def get(self, request: Request, course_id: UUID) -> HttpResponseBase:
        cover_id = cover_of(course_id=course_id)
        if cover_id is None:
            raise CourseNotFoundError("There is no published course with a picture here.")
        return HttpResponseRedirect(
            signed_path(file_id=cover_id), headers={"Cache-Control": f"private, max-age={_COVER_KEPT}"}
        )


@extend_schema(tags=["Courses"])
class CatalogChangesView(StorefrontView):
    @extend_schema(
        operation_id="sync_catalog",
        summary="Keep a copy of the catalogue",
        description="Without `since` the whole catalogue, page by page; with the `next` of the last "
        "answer what changed "
        "after it. A course may come again unchanged. New ratings and numbers of participants are no "
        "changes. "
        "Ask again at once while `has_more`. At 410 throw the copy away and begin anew. Here a `cover_url` "
        "does not expire: it leads to a link that does, and is another when the picture is, so that an app "
        "may keep pictures by it. Other links to files, in what `include` adds, expire as everywhere.",
        parameters=[
            OpenApiParameter("since", OpenApiTypes.STR, description="The last answer's `next`."),
            OpenApiParameter("page_size", OpenApiTypes.INT, description="1 to 200; 100 unless given."),
            *SHAPE_PARAMETERS,
        ],
        responses={200: CatalogChangesOutput},
        examples=[body("A page", examples.CATALOG_CHANGES, status=200)],
    )
    @problem_codes(SyncCursorExpiredError)
    def get(self, request: Request) -> Response:
        asked = self.parse_query(ChangesInput)
        shape = read_shape(request)
        changes = changes_since(_read(asked.get("since")), columns=shape.columns, limit=asked["page_size"])
        return Response(
            {
                "courses": [shape.as_json(row, is_kept=True) for row in changes.rows if row["is_listed"]],
                "removed": [row["course_id"] for row in changes.rows if not row["is_listed"]],
                "next": _write(changes.mark),
                "has_more": changes.has_more,
            }
        )


def _read(text: str | None) -> Mark | None:
    if text is None:
        return None
    try:
        cluster, begun, changed_in, course_id = _signer.unsign_object(text)
        return Mark(cluster, begun, changed_in, UUID(course_id))
    except (signing.BadSignature, ValueError, TypeError):
        raise SyncCursorExpiredError from None


def _write(mark: Mark) -> str:
    written: Any = (mark.cluster, mark.begun, mark.changed_in, mark.course_id.hex)
    return _signer.sign_object(written)
