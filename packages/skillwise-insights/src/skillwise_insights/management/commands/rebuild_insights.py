"""`manage rebuild_insights`: the same figures, made anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from skillwise_kernel.errors import ConflictError

from skillwise_insights.services.rebuild import rebuild


class Command(BaseCommand):
    help = "Make all figures anew from the outbox's log. The service may keep running meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            events = rebuild()
        except ConflictError as refusal:
            raise CommandError(f"{refusal.title} {refusal.detail}".strip()) from refusal
        self.stdout.write(self.style.SUCCESS(f"The figures are made of {events} events."))
