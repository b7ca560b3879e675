"""Orders, and giving their money back."""

from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from skillwise_kernel.backoffice import ActionForm, ReadOnlyModelAdmin, ReadOnlyTabularInline
from skillwise_kernel.clock import now
from skillwise_kernel.errors import SkillWiseError

from skillwise_commerce.models import (
    Discrepancy,
    Dispute,
    Order,
    OrderLine,
    OrderTransition,
    Payment,
    Refund,
)
from skillwise_commerce.services.refunds.opening import open_refund_by_admin
from skillwise_commerce.services.refunds.sending import send_refund

__all__: list[str] = []


class OrderLineInline(ReadOnlyTabularInline):
    model = OrderLine
    fields = ["position", "course_id", "title", "seller_id", "price", "seller_share", "is_open"]
    readonly_fields = ["price", "seller_share"]


class OrderTransitionInline(ReadOnlyTabularInline):
    model = OrderTransition
    fields = ["moved_at", "from_status", "to_status", "cause", "reference"]


class PaymentInline(ReadOnlyTabularInline):
    model = Payment
    fields = ["provider", "provider_payment_id", "amount", "received_at"]
    readonly_fields = ["amount"]


class DiscrepancyInline(ReadOnlyTabularInline):
    model = Discrepancy
    fields = ["kind", "provider_payment_id", "received", "noticed_at", "settled_at", "note"]
    readonly_fields = ["received"]
    show_change_link = True


class RefundInline(ReadOnlyTabularInline):
    model = Refund
    fields = ["created_at", "status", "total", "origin", "reason", "failure_code"]
    readonly_fields = ["total"]
    show_change_link = True


class DisputeInline(ReadOnlyTabularInline):
    model = Dispute
    fields = ["opened_at", "status", "total", "is_withdrawn", "reason", "closed_at"]
    readonly_fields = ["total"]
    show_change_link = True


class RefundForm(ActionForm):
    """Why the money goes back."""

    reason = forms.CharField(max_length=500, required=False, label="Reason:")


@admin.register(Order)
class OrderAdmin(ReadOnlyModelAdmin):
    list_display = ["id", "status", "total", "buyer_id", "provider_payment_id", "created_at", "paid_at"]
    list_filter = ["status", "provider"]
    search_fields = ["=id", "=buyer_id", "=provider_payment_id", "=lines__course_id"]
    ordering = ["-id"]
    inlines = [
        OrderLineInline,
        OrderTransitionInline,
        PaymentInline,
        RefundInline,
        DisputeInline,
        DiscrepancyInline,
    ]
    action_form = RefundForm
    actions = ["give_back"]

    @admin.action(description="Give back all that is left", permissions=["refund"])
    def give_back(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        reason = request.POST.get("reason", "").strip()[:500]
        if not reason:
            self.message_user(request, "Say why, in a reason.", level=messages.ERROR)
            return
        for order in queryset:
            try:
                refund = open_refund_by_admin(
                    admin_id=UUID(str(request.user.pk)),
                    order_id=order.id,
                    amounts=None,
                    reason=reason,
                    now=now(),
                )
                refund = send_refund(refund_id=refund.id, now=now())
            except SkillWiseError as error:
                self.message_user(request, f"{order.id}: {error}", level=messages.ERROR)
            else:
                self.message_user(request, f"{order.id}: {refund.total.format()} ({refund.status}).")

    def has_refund_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("skillwise_commerce.change_order")
