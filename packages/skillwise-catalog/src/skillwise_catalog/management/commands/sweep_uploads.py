"""`manage sweep_uploads`: give up the uploads whose time is over."""

from typing import Any

from django.core.management.base import BaseCommand
from skillwise_kernel.clock import now

from skillwise_catalog.services.uploads.removing import sweep_uploads


class Command(BaseCommand):
    help = (
        "Deletes uploads that were begun and not completed in time. The scheduler does the same every hour."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        swept = 0
        while more := sweep_uploads(now=now()):
            swept += more
        self.stdout.write(f"{swept} uploads.")
