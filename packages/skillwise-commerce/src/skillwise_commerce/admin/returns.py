"""Money that went back, or that a bank took back."""

from django.contrib import admin
from skillwise_kernel.backoffice import ReadOnlyModelAdmin, ReadOnlyTabularInline

from skillwise_commerce.models import Dispute, Refund, RefundLine

__all__: list[str] = []


class RefundLineInline(ReadOnlyTabularInline):
    model = RefundLine
    fields = ["line", "amount", "tax_amount", "seller_share_amount"]


@admin.register(Refund)
class RefundAdmin(ReadOnlyModelAdmin):
    list_display = ["created_at", "status", "total", "origin", "reason", "order", "provider_refund_id"]
    list_filter = ["status", "origin", "provider"]
    search_fields = ["=id", "=order__id", "=provider_refund_id", "=requested_by"]
    list_select_related = ["order"]
    ordering = ["-created_at", "-id"]
    inlines = [RefundLineInline]


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyModelAdmin):
    list_display = ["opened_at", "status", "total", "is_withdrawn", "reason", "order", "closed_at"]
    list_filter = ["status", "is_withdrawn", "provider"]
    search_fields = ["=id", "=order__id", "=provider_dispute_id"]
    list_select_related = ["order"]
    ordering = ["-opened_at", "-id"]
