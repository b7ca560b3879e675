"""What a course costs in other currencies, and who earns of it."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.money import CURRENCIES
from skillwise_kernel.rest.conditional import expected_version
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.permissions import has_role
from skillwise_kernel.rest.views import ApiView

from skillwise_commerce.errors import (
    CourseNotFoundError,
    NotCourseOwnerError,
    PriceOfCatalogError,
    SellerUnknownError,
    SharesTooLargeError,
)
from skillwise_commerce.rest.examples import answer, request
from skillwise_commerce.rest.lists import PricesField, unlike
from skillwise_commerce.rest.offer_examples import PRICES, SHARES
from skillwise_commerce.selectors.course_terms import (
    course_to_manage,
    prices_of_course,
    shares_of_course,
    terms_of_course,
)
from skillwise_commerce.services.course_terms import set_prices, set_shares

__all__ = ["CoursePricesView", "CourseSharesView"]

MAX_SELLERS = 20


class CoursePricesBody(serializers.Serializer[Any]):
    prices = PricesField(max_length=len(CURRENCIES), help_text="One for a currency; an empty list for none.")


class ShareBody(serializers.Serializer[Any]):
    seller_id = serializers.UUIDField()
    percent = serializers.IntegerField(min_value=1, max_value=100)


class CourseSharesBody(serializers.Serializer[Any]):
    shares = serializers.ListField(
        child=ShareBody(), max_length=MAX_SELLERS, help_text="None: the owner earns what is usual, alone."
    )

    def validate_shares(self, shares: list[dict[str, Any]]) -> list[dict[str, Any]]:
        unlike([share["seller_id"] for share in shares])
        return shares


@extend_schema(tags=["Teaching"])
class CoursePricesView(ApiView):
    permission_classes = [has_role("instructor", "admin")]
    has_versions = True

    @extend_schema(
        operation_id="instructors_courses_prices_read",
        summary="A course's prices in other currencies",
        description="Beside the one that the course itself shows.",
        responses={200: CoursePricesBody},
        examples=[answer("Two more currencies", PRICES)],
    )
    @problem_codes(CourseNotFoundError, NotCourseOwnerError)
    def get(self, request: Request, course_id: UUID) -> Response:
        course_to_manage(actor=self.actor, course_id=course_id)
        return self._prices(course_id)

    @extend_schema(
        operation_id="instructors_courses_prices_set",
        summary="Set a course's prices in other currencies",
        description="All of them: what is not named is not sold any more. While the course is free it is "
        "free in every currency. Quotes and orders that there are keep their prices.",
        request=CoursePricesBody,
        responses={200: CoursePricesBody},
        examples=[request("Two more currencies", PRICES), answer("The prices now", PRICES)],
    )
    @problem_codes(CourseNotFoundError, NotCourseOwnerError, PriceOfCatalogError)
    def put(self, request: Request, course_id: UUID) -> Response:
        prices = self.parse_body(CoursePricesBody)["prices"]
        set_prices(
            actor=self.actor,
            course_id=course_id,
            prices=prices,
            expected_version=expected_version(request),
            now=now(),
        )
        return self._prices(course_id)

    def _prices(self, course_id: UUID) -> Response:
        self.version = terms_of_course(course_id=course_id).prices_version
        return Response(CoursePricesBody({"prices": prices_of_course(course_id=course_id)}).data)


@extend_schema(tags=["Teaching"])
class CourseSharesView(ApiView):
    permission_classes = [has_role("instructor", "admin")]
    has_versions = True

    @extend_schema(
        operation_id="instructors_courses_shares_read",
        summary="What a course's instructors earn",
        description="In percent of what the course brings in, before tax. An empty list: the owner earns "
        "what is usual, alone.",
        responses={200: CourseSharesBody},
        examples=[answer("Two instructors", SHARES)],
    )
    @problem_codes(CourseNotFoundError, NotCourseOwnerError)
    def get(self, request: Request, course_id: UUID) -> Response:
        course_to_manage(actor=self.actor, course_id=course_id)
        return self._shares(course_id)

    @extend_schema(
        operation_id="instructors_courses_shares_set",
        summary="Share a course's earnings",
        description="An owner divides what is left to instructors, by the house's settings or by an "
        "administrator's grant; administrators may grant up to the whole. Holds for orders from now on; "
        "quotes and orders that there are keep theirs.",
        request=CourseSharesBody,
        responses={200: CourseSharesBody},
        examples=[request("Two instructors", SHARES), answer("The shares now", SHARES)],
    )
    @problem_codes(CourseNotFoundError, NotCourseOwnerError, SellerUnknownError, SharesTooLargeError)
    def put(self, request: Request, course_id: UUID) -> Response:
        shares = self.parse_body(CourseSharesBody)["shares"]
        set_shares(
            actor=self.actor,
            course_id=course_id,
            shares=[(share["seller_id"], share["percent"]) for share in shares],
            expected_version=expected_version(request),
        )
        return self._shares(course_id)

    def _shares(self, course_id: UUID) -> Response:
        self.version = terms_of_course(course_id=course_id).shares_version
        shares = [
            {"seller_id": seller_id, "percent": percent}
            for seller_id, percent in shares_of_course(course_id=course_id)
        ]
        return Response({"shares": shares})
