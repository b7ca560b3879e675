"""Pay instructors what they can have."""

from typing import Any

from django.core.management.base import BaseCommand
from skillwise_kernel.clock import now

from skillwise_commerce.services.payouts.paying import pay_instructors


class Command(BaseCommand):
    help = (
        "Pays every instructor who can be paid what they have available, and finishes what an earlier run "
        "left. The scheduler does the same on the first of each month."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        payouts = pay_instructors(now=now())
        for payout in payouts:
            why = f" ({payout.failure_code})" if payout.failure_code else ""
            self.stdout.write(f"{payout.seller_id}  {payout.total.format():>14}  {payout.status}{why}")
        self.stdout.write(f"{len(payouts)} payouts.")
