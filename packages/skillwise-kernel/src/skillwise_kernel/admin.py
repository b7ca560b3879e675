"""The machinery in the back office: events and their deliveries, to look at; dead letters, to replay."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from skillwise_kernel.backoffice import ReadOnlyModelAdmin
from skillwise_kernel.models import Delivery, OutboxEvent
from skillwise_kernel.outbox.operating import replay
from skillwise_kernel.outbox.subscriptions import subscriber_names

__all__ = ["DeliveryAdmin", "OutboxEventAdmin"]


class SubscriberFilter(admin.SimpleListFilter):
    """By the subscribers of this release: asking the table for its names would read all of it."""

    title = "subscriber"
    parameter_name = "subscriber"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name) for name in sorted(subscriber_names())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:
        return queryset.filter(subscriber=self.value()) if self.value() else queryset


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyModelAdmin):
    list_display = ["event", "subscriber", "status", "attempts", "next_attempt_at", "done_at"]
    list_filter = ["status", SubscriberFilter]
    ordering = ["-id"]
    actions = ["replay_dead_letters"]

    @admin.action(description="Deliver dead letters again", permissions=["replay"])
    def replay_dead_letters(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        count = replay(delivery_ids=list(queryset.values_list("id", flat=True)))
        self.message_user(request, f"{count} dead letters are delivered again.")

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("skillwise_kernel.change_delivery")


@admin.register(OutboxEvent)
class OutboxEventAdmin(ReadOnlyModelAdmin):
    list_display = ["name", "id", "occurred_at", "request_id"]
    ordering = ["-position"]
