"""What is offered, and on which terms."""

from typing import Any, cast
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from skillwise_kernel.actor import Actor
from skillwise_kernel.backoffice import ModelAdmin, ReadOnlyModelAdmin, ReadOnlyTabularInline
from skillwise_kernel.clock import now

from skillwise_commerce.models import (
    Bundle,
    BundleCourse,
    BundlePrice,
    Coupon,
    CouponBatch,
    CouponRedemption,
    CoursePrice,
    SellerShare,
    TaxRate,
)
from skillwise_commerce.services.coupons.managing import end_coupon

__all__: list[str] = []


class CouponRedemptionInline(ReadOnlyTabularInline):
    model = CouponRedemption
    fields = ["held_at", "state", "order_id", "buyer_id"]
    ordering = ["-held_at"]


@admin.register(Coupon)
class CouponAdmin(ReadOnlyModelAdmin):
    """Given and changed through the API, by whose rules; here it is looked up, and ended."""

    list_display = ["code", "percent_off", "amount_off", "scope", "uses", "max_uses", "ends_at", "ended_at"]
    list_filter = ["scope"]
    search_fields = ["=code_key", "=id", "=scope_id", "=created_by"]
    list_select_related = ["batch"]
    ordering = ["-created_at", "-id"]
    inlines = [CouponRedemptionInline]
    actions = ["end"]

    @admin.action(description="End")
    def end(self, request: HttpRequest, coupons: QuerySet[Coupon]) -> None:
        for coupon in coupons:
            end_coupon(actor=_operator(request), coupon_id=coupon.id, now=now())
        self.message_user(request, "Nobody can use them from now on.")


@admin.register(CouponBatch)
class CouponBatchAdmin(ReadOnlyModelAdmin):
    list_display = ["name", "size", "created_by", "created_at"]
    search_fields = ["name", "=created_by"]
    ordering = ["-id"]


class BundleCourseInline(ReadOnlyTabularInline):
    model = BundleCourse
    fields = ["position", "course_id"]


class BundlePriceInline(ReadOnlyTabularInline):
    model = BundlePrice
    fields = ["price"]
    readonly_fields = ["price"]


@admin.register(Bundle)
class BundleAdmin(ReadOnlyModelAdmin):
    list_display = ["title", "is_on_sale", "owner_id", "created_at"]
    list_filter = ["is_on_sale"]
    search_fields = ["title", "=id", "=owner_id", "=courses__course_id"]
    ordering = ["-created_at", "-id"]
    inlines = [BundleCourseInline, BundlePriceInline]


@admin.register(CoursePrice)
class CoursePriceAdmin(ReadOnlyModelAdmin):
    list_display = ["course_id", "price", "updated_at"]
    search_fields = ["=course_id"]
    ordering = ["-id"]


@admin.register(SellerShare)
class SellerShareAdmin(ReadOnlyModelAdmin):
    list_display = ["course_id", "seller_id", "percent"]
    search_fields = ["=course_id", "=seller_id"]
    ordering = ["-id"]


@admin.register(TaxRate)
class TaxRateAdmin(ModelAdmin):
    """What countries ask, kept by hand. Orders carry a copy: a change here is for those to come."""

    list_display = ["country", "name", "rate", "is_inclusive", "reverse_charge", "valid_from"]
    list_filter = ["is_inclusive", "reverse_charge"]
    search_fields = ["=country", "name"]
    ordering = ["country", "-valid_from"]


def _operator(request: HttpRequest) -> Actor:
    """Whoever Django lets into the back office acts there as an administrator."""
    return Actor(id=cast("UUID", cast("Any", request.user).pk), roles=frozenset({"admin"}), is_verified=True)
