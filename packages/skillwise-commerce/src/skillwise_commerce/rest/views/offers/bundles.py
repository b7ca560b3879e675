"""Bundles: several courses at a price of their own."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_catalog.api import get_courses
from skillwise_kernel.actor import Actor
from skillwise_kernel.clock import now
from skillwise_kernel.money import CURRENCIES
from skillwise_kernel.rest.conditional import expected_version
from skillwise_kernel.rest.fields import MoneyField
from skillwise_kernel.rest.idempotency import idempotent
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import ReadOnly, has_role
from skillwise_kernel.rest.views import ApiView

from skillwise_commerce.domain.sales import MAX_COURSES
from skillwise_commerce.errors import (
    BundleNotFoundError,
    CourseNotForSaleError,
    CourseNotFoundError,
    NotBundleOwnerError,
    NotCourseOwnerError,
)
from skillwise_commerce.models import Bundle
from skillwise_commerce.rest.examples import answer, request
from skillwise_commerce.rest.lists import PricesField, unlike
from skillwise_commerce.rest.offer_examples import BUNDLE, BUNDLE_INPUT
from skillwise_commerce.selectors.bundles import bundles_of_maker, bundles_on_sale, visible_bundle
from skillwise_commerce.services.bundles import change_bundle, create_bundle

__all__ = ["BundleListView", "BundleView", "OwnBundlesView"]


class BundleInput(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=300)
    description = serializers.CharField(max_length=5000, allow_blank=True, required=False)
    course_ids = serializers.ListField(
        child=serializers.UUIDField(),
        min_length=2,
        max_length=MAX_COURSES,
        help_text="In the order in which they are shown.",
    )
    prices = PricesField(
        min_length=1, max_length=len(CURRENCIES), help_text="Of the whole bundle, one for a currency."
    )
    is_on_sale = serializers.BooleanField(required=False, help_text="False unless told otherwise.")

    def validate_course_ids(self, course_ids: list[UUID]) -> list[UUID]:
        unlike(course_ids)
        return course_ids


class BundleCourseOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    title = serializers.CharField()


class BundleOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    owner_id = serializers.UUIDField()
    courses = BundleCourseOutput(many=True)
    prices = MoneyField(many=True)
    is_on_sale = serializers.BooleanField()
    is_available = serializers.BooleanField(
        help_text="Whether it is on sale and all its courses are: a course may have been taken back since."
    )
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class NewestBundles(KeysetPagination):
    ordering = ("-created_at", "-id")


class BundlesView(ApiView):
    def one(self, bundle_id: UUID, **options: Any) -> Response:
        """The bundle under the ETag of its version."""
        bundle = visible_bundle(bundle_id=bundle_id, actor=self.reader)
        self.version = bundle.version
        return Response(_as_json([bundle])[0], **options)

    @property
    def reader(self) -> Actor | None:
        return self.request.user if isinstance(self.request.user, Actor) else None


@extend_schema(tags=["Bundles"])
class BundleListView(BundlesView):
    permission_classes = [ReadOnly | has_role("instructor", "admin")]
    pagination_class = NewestBundles

    @extend_schema(
        operation_id="bundles_list",
        summary="Browse the bundles",
        description="Those on sale, the newest first.",
        responses={200: BundleOutput(many=True)},
        examples=[answer("One of them", BUNDLE)],
    )
    def get(self, request: Request) -> Response:
        return self.get_paginated_response(_as_json(self.paginate_queryset(bundles_on_sale())))

    @extend_schema(
        operation_id="bundles_create",
        summary="Make a bundle",
        description="Instructors of their own courses, administrators of any. Whoever buys it pays its "
        "price, which is split over its courses as their own prices stand to each other.",
        request=BundleInput,
        responses={201: BundleOutput},
        examples=[request("Two courses", BUNDLE_INPUT), answer("The bundle", BUNDLE, status=201)],
    )
    @problem_codes(CourseNotFoundError, NotCourseOwnerError, CourseNotForSaleError)
    @idempotent()
    def post(self, request: Request) -> Response:
        bundle = create_bundle(actor=self.actor, fields=self.parse_body(BundleInput), now=now())
        place = reverse("commerce-bundle-detail", kwargs={"bundle_id": bundle.id})
        return self.one(bundle.id, status=status.HTTP_201_CREATED, headers={"Location": place})


@extend_schema(tags=["Bundles"])
class BundleView(BundlesView):
    permission_classes = [ReadOnly | has_role("instructor", "admin")]
    has_versions = True

    @extend_schema(
        operation_id="bundles_retrieve",
        summary="Read a bundle",
        description="One that is not on sale is there for its maker and administrators alone.",
        responses={200: BundleOutput},
        examples=[answer("A bundle", BUNDLE)],
    )
    @problem_codes(BundleNotFoundError)
    def get(self, request: Request, bundle_id: UUID) -> Response:
        return self.one(bundle_id)

    @extend_schema(
        operation_id="bundles_edit",
        summary="Change a bundle, put it on sale, take it back",
        description="What is not given stays as it is. Quotes and orders that there are keep what they hold.",
        request=BundleInput,
        responses={200: BundleOutput},
        examples=[
            request("Take it back", {"is_on_sale": False}),
            answer("The bundle now", {**BUNDLE, "is_on_sale": False, "is_available": False}),
        ],
    )
    @problem_codes(
        BundleNotFoundError,
        NotBundleOwnerError,
        CourseNotFoundError,
        NotCourseOwnerError,
        CourseNotForSaleError,
    )
    def patch(self, request: Request, bundle_id: UUID) -> Response:
        change_bundle(
            actor=self.actor,
            bundle_id=bundle_id,
            changes=self.parse_body(BundleInput, partial=True),
            expected_version=expected_version(request),
            now=now(),
        )
        return self.one(bundle_id)


@extend_schema(tags=["Teaching"])
class OwnBundlesView(BundlesView):
    permission_classes = [has_role("instructor", "admin")]
    pagination_class = NewestBundles

    @extend_schema(
        operation_id="instructors_bundles_list",
        summary="The bundles I manage",
        description="On sale or not, the newest first: instructors' own, administrators' all.",
        responses={200: BundleOutput(many=True)},
        examples=[answer("One of them", BUNDLE)],
    )
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(bundles_of_maker(actor=self.actor))
        return self.get_paginated_response(_as_json(page))


def _as_json(bundles: Iterable[Bundle]) -> list[dict[str, Any]]:
    """With their courses as catalog knows them: one query, however many bundles."""
    bundles = list(bundles)
    known = get_courses(ids={course.course_id for bundle in bundles for course in bundle.courses.all()})
    return [
        BundleOutput(
            {
                "id": bundle.id,
                "title": bundle.title,
                "description": bundle.description,
                "owner_id": bundle.owner_id,
                "courses": [
                    known[course.course_id] for course in bundle.courses.all() if course.course_id in known
                ],
                "prices": [price.price for price in bundle.prices.all()],
                "is_on_sale": bundle.is_on_sale,
                "is_available": bundle.is_on_sale
                and all(
                    course.course_id in known and known[course.course_id].is_published
                    for course in bundle.courses.all()
                ),
                "created_at": bundle.created_at,
                "updated_at": bundle.updated_at,
            }
        ).data
        for bundle in bundles
    ]
