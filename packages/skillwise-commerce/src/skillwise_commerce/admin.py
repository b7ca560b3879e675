"""The back office: what happened and what is offered is only looked at; tax rates alone are kept here.
Actions on discrepancies and webhooks are the way out of what went wrong.
"""

import json
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from skillwise_kernel.actor import Actor
from skillwise_kernel.backoffice import ActionForm, ModelAdmin, ReadOnlyModelAdmin, ReadOnlyTabularInline
from skillwise_kernel.clock import now
from skillwise_kernel.errors import SkillWiseError

from skillwise_commerce.errors import InvoiceNotFoundError
from skillwise_commerce.models import (
    Bundle,
    BundleCourse,
    BundlePrice,
    Coupon,
    CouponBatch,
    CouponRedemption,
    CoursePrice,
    Discrepancy,
    Invoice,
    LedgerEntry,
    LedgerTransaction,
    Order,
    OrderLine,
    OrderTransition,
    Payment,
    ProviderEvent,
    ReconciliationRun,
    SellerShare,
    TaxRate,
)
from skillwise_commerce.selectors.invoices import invoice_by_id
from skillwise_commerce.services import decisions
from skillwise_commerce.services.coupons.managing import end_coupon
from skillwise_commerce.services.printing import print_invoice
from skillwise_commerce.services.webhook_failures import replay_provider_events

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


@admin.register(Order)
class OrderAdmin(ReadOnlyModelAdmin):
    list_display = ["id", "status", "total", "buyer_id", "provider_payment_id", "created_at", "paid_at"]
    list_filter = ["status", "provider"]
    search_fields = ["=id", "=buyer_id", "=provider_payment_id", "=lines__course_id"]
    ordering = ["-id"]
    inlines = [OrderLineInline, OrderTransitionInline, PaymentInline, DiscrepancyInline]


@admin.register(Payment)
class PaymentAdmin(ReadOnlyModelAdmin):
    list_display = ["provider_payment_id", "provider", "amount", "order", "received_at"]
    list_filter = ["provider"]
    search_fields = ["=provider_payment_id", "=order__id"]
    list_select_related = ["order"]
    ordering = ["-id"]


class DecisionForm(ActionForm):
    """Which decision, and why."""

    note = forms.CharField(max_length=500, required=False, label="Note:")


@admin.register(Discrepancy)
class DiscrepancyAdmin(ReadOnlyModelAdmin):
    """Somebody decides about each, and says why."""

    list_display = ["noticed_at", "kind", "order", "provider_payment_id", "received", "settled_at", "note"]
    list_filter = [("settled_at", admin.EmptyFieldListFilter), "kind"]
    search_fields = ["=order__id", "=provider_payment_id"]
    list_select_related = ["order"]
    ordering = ["-id"]
    action_form = DecisionForm
    actions = ["accept_payment", "give_back", "cancel_order", "close"]

    @admin.action(description="Accept what was paid for the held order", permissions=["decide"])
    def accept_payment(self, request: HttpRequest, queryset: QuerySet[Discrepancy]) -> None:
        self._decide(decisions.accept_payment, request, queryset)

    @admin.action(description="Give the money back", permissions=["decide"])
    def give_back(self, request: HttpRequest, queryset: QuerySet[Discrepancy]) -> None:
        self._decide(decisions.give_back, request, queryset)

    @admin.action(description="Cancel the held order, moving no money", permissions=["decide"])
    def cancel_order(self, request: HttpRequest, queryset: QuerySet[Discrepancy]) -> None:
        self._decide(decisions.cancel_order, request, queryset)

    @admin.action(description="Close: it has been dealt with", permissions=["decide"])
    def close(self, request: HttpRequest, queryset: QuerySet[Discrepancy]) -> None:
        self._decide(decisions.close_discrepancy, request, queryset)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("skillwise_commerce.change_discrepancy")

    def _decide(self, decide: Any, request: HttpRequest, chosen: QuerySet[Discrepancy]) -> None:
        note = request.POST.get("note", "").strip()[:500]
        if not note:
            self.message_user(request, "Say why, in a note.", level=messages.ERROR)
            return
        actor_id = UUID(str(request.user.pk))
        for discrepancy in chosen:
            try:
                decide(discrepancy_id=discrepancy.id, actor_id=actor_id, note=note, now=now())
            except SkillWiseError as error:
                self.message_user(request, f"{discrepancy}: {error}", level=messages.ERROR)
            else:
                self.message_user(request, f"{discrepancy}: done.")


@admin.register(ReconciliationRun)
class ReconciliationRunAdmin(ReadOnlyModelAdmin):
    list_display = ["started_at", "provider", "since", "finished_at", "outcome", "error"]
    list_filter = ["provider", ("error", admin.EmptyFieldListFilter)]
    ordering = ["-started_at", "-id"]

    @admin.display(description="seen, repaired, reported, failed")
    def outcome(self, run: ReconciliationRun) -> str:
        columns = ("seen", "repaired", "reported", "failed")
        return ", ".join(str(sum(row[column] for row in run.counts.values())) for column in columns)


@admin.register(ProviderEvent)
class ProviderEventAdmin(ReadOnlyModelAdmin):
    """What a worker made of it, and why the last attempt failed, if it did."""

    list_display = [
        "received_at",
        "kind",
        "outcome",
        "attempts",
        "last_error",
        "subject",
        "subject_id",
        "provider_event_id",
    ]
    list_filter = ["outcome", ("error", admin.EmptyFieldListFilter), "provider"]
    search_fields = ["=provider_event_id", "=subject_id"]
    exclude = ["payload"]
    readonly_fields = ["pretty_payload"]
    ordering = ["-id"]
    actions = ["replay"]

    @admin.action(description="Process again", permissions=["replay"])
    def replay(self, request: HttpRequest, queryset: QuerySet[ProviderEvent]) -> None:
        chosen = list(queryset.values_list("id", flat=True))
        count = replay_provider_events(provider_event_ids=chosen, now=now())
        self.message_user(request, f"{count} events are processed again.")

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("skillwise_commerce.change_providerevent")

    @admin.display(description="error")
    def last_error(self, event: ProviderEvent) -> str:
        return Truncator(event.error).chars(120)

    @admin.display(description="payload")
    def pretty_payload(self, event: ProviderEvent) -> SafeString:
        pretty = json.dumps(json.loads(event.payload), indent=2, ensure_ascii=False)
        return format_html('<pre style="white-space: pre-wrap">{}</pre>', pretty)


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyModelAdmin):
    """Credit notes among them, each with the PDF that its buyer has."""

    list_display = ["number", "kind", "legal_entity", "total", "order", "issued_at", "pdf"]
    list_filter = ["kind", "legal_entity", "year"]
    search_fields = ["=id", "=order__id", "=buyer_id"]
    list_select_related = ["order"]
    readonly_fields = ["pdf"]
    ordering = ["-year", "-sequence"]

    @admin.display(description="PDF")
    def pdf(self, invoice: Invoice) -> SafeString:
        address = reverse("admin:skillwise_commerce_invoice_pdf", args=[invoice.id])
        return format_html('<a class="underline" href="{}">Open</a>', address)

    def get_urls(self) -> list[URLPattern]:
        pdf = self.admin_site.admin_view(self.pdf_view)
        name = "skillwise_commerce_invoice_pdf"
        return [path("<uuid:invoice_id>/pdf/", pdf, name=name), *super().get_urls()]

    def pdf_view(self, request: HttpRequest, invoice_id: UUID) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            invoice = invoice_by_id(invoice_id=invoice_id)
        except InvoiceNotFoundError:
            raise Http404 from None
        return HttpResponse(print_invoice(invoice), content_type="application/pdf")


class LedgerEntryInline(ReadOnlyTabularInline):
    model = LedgerEntry
    fields = ["account", "amount"]
    readonly_fields = ["amount"]


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(ReadOnlyModelAdmin):
    list_display = ["booked_at", "kind", "reference"]
    list_filter = ["kind"]
    search_fields = ["=reference"]
    ordering = ["-id"]
    inlines = [LedgerEntryInline]


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyModelAdmin):
    list_display = ["account", "amount", "booked_at", "transaction"]
    list_filter = ["amount_currency"]
    search_fields = ["=account"]
    ordering = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerEntry]:
        return super().get_queryset(request).select_related("transaction")

    @admin.display(ordering="transaction__booked_at")
    def booked_at(self, entry: LedgerEntry) -> object:
        return entry.transaction.booked_at


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
