"""Coupons, for those who give them."""

import csv
from io import StringIO
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.rest.conditional import expected_version
from skillwise_kernel.rest.idempotency import idempotent
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.pagination import KeysetPagination
from skillwise_kernel.rest.permissions import has_role
from skillwise_kernel.rest.views import ApiView

from skillwise_commerce.domain.coupons import code_key
from skillwise_commerce.errors import (
    CouponBatchNotFoundError,
    CouponCodeTakenError,
    CouponLimitBelowUseError,
    CouponNotFoundError,
    CouponScopeError,
    CouponUsedError,
    CouponWindowError,
    CourseNotFoundError,
)
from skillwise_commerce.models import Coupon
from skillwise_commerce.rest.coupons import (
    CouponBatchInput,
    CouponBatchOutput,
    CouponChangeInput,
    CouponFilterInput,
    CouponInput,
    CouponOutput,
)
from skillwise_commerce.rest.examples import answer, request
from skillwise_commerce.rest.offer_examples import BATCH, BATCH_INPUT, COUPON, COUPON_INPUT
from skillwise_commerce.selectors.coupons import (
    coupon_batch,
    coupons_in_batch,
    manageable_coupon,
    manageable_coupons,
)
from skillwise_commerce.services.coupons.batches import create_batch
from skillwise_commerce.services.coupons.managing import (
    change_coupon,
    create_coupon,
    delete_coupon,
    end_coupon,
)

__all__ = ["BatchCodesView", "BatchListView", "CouponEndView", "CouponListView", "CouponView"]


class NewestCoupons(KeysetPagination):
    ordering = ("-created_at", "-id")


class CouponMakersView(ApiView):
    permission_classes = [has_role("instructor", "admin")]

    def answer(self, coupon: Coupon, **options: Any) -> Response:
        """The coupon under the ETag of its version."""
        self.version = coupon.version
        return Response(CouponOutput(coupon).data, **options)


@extend_schema(tags=["Coupons"])
class CouponListView(CouponMakersView):
    pagination_class = NewestCoupons

    @extend_schema(
        operation_id="coupons_list",
        summary="The coupons I manage",
        description="Instructors see those that they made, administrators all; the newest first.",
        parameters=[
            OpenApiParameter("code", OpenApiTypes.STR, description="The one of this code, in any case."),
            OpenApiParameter("batch_id", OpenApiTypes.UUID, description="Those of this batch."),
        ],
        responses={200: CouponOutput(many=True)},
        examples=[answer("One of them", COUPON)],
    )
    def get(self, request: Request) -> Response:
        wanted = self.parse_query(CouponFilterInput)
        coupons = manageable_coupons(actor=self.actor)
        if "code" in wanted:
            coupons = coupons.filter(code_key=code_key(wanted["code"]))
        if "batch_id" in wanted:
            coupons = coupons.filter(batch_id=wanted["batch_id"])
        return self.get_paginated_response(CouponOutput(self.paginate_queryset(coupons), many=True).data)

    @extend_schema(
        operation_id="coupons_create",
        summary="Give a coupon",
        description="Instructors for their own courses, administrators for any.",
        request=CouponInput,
        responses={201: CouponOutput},
        examples=[request("A fifth off", COUPON_INPUT), answer("The coupon", COUPON, status=201)],
    )
    @problem_codes(CouponCodeTakenError, CouponScopeError, CouponWindowError, CourseNotFoundError)
    @idempotent()
    def post(self, request: Request) -> Response:
        terms = self.parse_body(CouponInput)
        code = terms.pop("code")
        coupon = create_coupon(actor=self.actor, code=code, terms=terms, now=now())
        place = reverse("commerce-coupon-detail", kwargs={"coupon_id": coupon.id})
        return self.answer(coupon, status=status.HTTP_201_CREATED, headers={"Location": place})


@extend_schema(tags=["Coupons"])
class CouponView(CouponMakersView):
    has_versions = True

    @extend_schema(
        operation_id="coupons_retrieve",
        summary="One of my coupons",
        responses={200: CouponOutput},
        examples=[answer("A coupon", COUPON)],
    )
    @problem_codes(CouponNotFoundError)
    def get(self, request: Request, coupon_id: UUID) -> Response:
        return self.answer(manageable_coupon(actor=self.actor, coupon_id=coupon_id))

    @extend_schema(
        operation_id="coupons_edit",
        summary="Change when and how often a coupon holds",
        description="What is not given stays. What it takes off, and of which courses, stays in any case: "
        "end it and give another.",
        request=CouponChangeInput,
        responses={200: CouponOutput},
        examples=[
            request("More uses", {"max_uses": 200}),
            answer("The coupon now", {**COUPON, "max_uses": 200}),
        ],
    )
    @problem_codes(CouponNotFoundError, CouponWindowError, CouponLimitBelowUseError)
    def patch(self, request: Request, coupon_id: UUID) -> Response:
        coupon = change_coupon(
            actor=self.actor,
            coupon_id=coupon_id,
            changes=self.parse_body(CouponChangeInput, partial=True),
            expected_version=expected_version(request),
        )
        return self.answer(coupon)

    @extend_schema(
        operation_id="coupons_delete",
        summary="Delete a coupon that nobody has used",
        description="One that an order has held can be ended, not deleted.",
        responses={204: OpenApiResponse(description="Deleted.")},
    )
    @problem_codes(CouponNotFoundError, CouponUsedError)
    def delete(self, request: Request, coupon_id: UUID) -> Response:
        delete_coupon(actor=self.actor, coupon_id=coupon_id, expected_version=expected_version(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["Coupons"])
class CouponEndView(CouponMakersView):
    @extend_schema(
        operation_id="coupons_end",
        summary="End a coupon",
        description="Nobody may use it from now on. Orders and quotes that have it keep it.",
        request=None,
        responses={200: CouponOutput},
        examples=[answer("The coupon now", {**COUPON, "ended_at": "2026-12-01T09:00:00Z"})],
    )
    @problem_codes(CouponNotFoundError)
    def post(self, request: Request, coupon_id: UUID) -> Response:
        return self.answer(end_coupon(actor=self.actor, coupon_id=coupon_id, now=now()))


@extend_schema(tags=["Coupons"])
class BatchListView(CouponMakersView):
    @extend_schema(
        operation_id="coupons_batches_create",
        summary="Make many one-off codes",
        description="Random codes that nobody guesses and that are read out without mistake, each to be used "
        "once. `GET coupons/batches/{id}/codes/` gives them as CSV.",
        request=CouponBatchInput,
        responses={201: CouponBatchOutput},
        examples=[request("For a fair", BATCH_INPUT), answer("The batch", BATCH, status=201)],
    )
    @problem_codes(CouponScopeError, CouponWindowError, CourseNotFoundError)
    @idempotent()
    def post(self, request: Request) -> Response:
        terms = self.parse_body(CouponBatchInput)
        name, size = terms.pop("name"), terms.pop("size")
        batch = create_batch(actor=self.actor, name=name, size=size, terms=terms, now=now())
        place = reverse("commerce-coupon-batch-codes", kwargs={"batch_id": batch.id})
        return Response(
            CouponBatchOutput(batch).data, status=status.HTTP_201_CREATED, headers={"Location": place}
        )


@extend_schema(tags=["Coupons"])
class BatchCodesView(CouponMakersView):
    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Whoever asks for `text/csv` alone gets it, and problems as JSON."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(
        operation_id="coupons_batches_codes",
        summary="The codes of a batch",
        description="As CSV: `code`, `uses` and `ended_at`.",
        responses={
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, description="One line for each code.")
        },
    )
    @problem_codes(CouponBatchNotFoundError)
    def get(self, request: Request, batch_id: UUID) -> HttpResponse:
        batch = coupon_batch(actor=self.actor, batch_id=batch_id)
        table = StringIO(newline="")
        lines = csv.writer(table)
        lines.writerow(["code", "uses", "ended_at"])
        for coupon in coupons_in_batch(batch):
            lines.writerow([coupon.code, coupon.uses, coupon.ended_at.isoformat() if coupon.ended_at else ""])
        response = HttpResponse(table.getvalue(), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="coupons-{batch.id}.csv"'
        return response
