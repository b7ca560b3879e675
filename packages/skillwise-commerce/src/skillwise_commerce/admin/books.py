"""Invoices and the ledger."""

from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from skillwise_kernel.backoffice import ReadOnlyModelAdmin, ReadOnlyTabularInline

from skillwise_commerce.errors import InvoiceNotFoundError
from skillwise_commerce.models import Invoice, LedgerEntry, LedgerSnapshot, LedgerTransaction
from skillwise_commerce.selectors.invoices import invoice_by_id
from skillwise_commerce.services.printing import print_invoice

__all__: list[str] = []


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


@admin.register(LedgerSnapshot)
class LedgerSnapshotAdmin(ReadOnlyModelAdmin):
    """What every account held when the ledger was last summed up, an hour ago at most."""

    list_display = ["account", "held", "taken_at"]
    list_filter = ["currency"]
    search_fields = ["account"]
    ordering = ["account", "currency"]
