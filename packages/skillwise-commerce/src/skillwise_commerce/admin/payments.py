"""What providers say, and what people decide where we and they do not agree."""

import json
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from skillwise_kernel.backoffice import ActionForm, ReadOnlyModelAdmin
from skillwise_kernel.clock import now
from skillwise_kernel.errors import SkillWiseError

from skillwise_commerce.models import Discrepancy, Payment, ProviderEvent, ReconciliationRun
from skillwise_commerce.services import decisions
from skillwise_commerce.services.webhook_failures import replay_provider_events

__all__: list[str] = []


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
