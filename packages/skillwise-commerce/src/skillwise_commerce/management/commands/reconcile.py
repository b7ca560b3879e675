"""`manage reconcile`: our books against the providers'."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from skillwise_kernel.clock import now

from skillwise_commerce.gateways import PROVIDERS, offered_providers
from skillwise_commerce.selectors.discrepancies import open_discrepancies
from skillwise_commerce.services.reconciliation import Finding, Reconciliation, reconcile, since_last_run

_TO_LOOK_AT, _INCOMPLETE = 1, 2


class Command(BaseCommand):
    help = (
        "Compare every payment, refund, dispute and transfer with the provider's, both ways; repair what is"
        " safe, and list what a person has to look at. Exit code 1: there is something to look at; 2: not"
        " everything could be compared, run it again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since",
            type=_moment,
            metavar="TIME",
            help="RFC 3339, in UTC unless it says else; a little before the last complete run, if not given",
        )
        parser.add_argument(
            "--provider", choices=sorted(PROVIDERS), help="all that are configured, if not given"
        )

    def handle(self, *args: Any, since: datetime | None, provider: str | None, **options: Any) -> None:
        at = now()
        outcomes = [
            reconcile(provider=name, since=since or since_last_run(provider=name, now=at), now=at)
            for name in ([provider] if provider else offered_providers())
        ]
        for outcome in outcomes:
            self._show(outcome)
        if not all(outcome.is_complete for outcome in outcomes):
            raise CommandError("Not everything could be compared.", returncode=_INCOMPLETE)
        if any(outcome.total(Finding.REPORTED) for outcome in outcomes):
            raise CommandError("There are differences to look at.", returncode=_TO_LOOK_AT)

    def _show(self, outcome: Reconciliation) -> None:
        run = outcome.run
        self.stdout.write(f"{run.provider} since {run.since:%Y-%m-%d %H:%M} UTC")
        columns = ["seen", *Finding]
        self.stdout.write(f"{'':<12}" + "".join(f"{column:>10}" for column in columns))
        for kind, row in outcome.counts.items():
            self.stdout.write(f"{kind:<12}" + "".join(f"{row[column]:>10}" for column in columns))
        for item in open_discrepancies(provider=run.provider):
            order = f", order {item.order_id}" if item.order_id else ""
            self.stdout.write(
                f"  {item.provider_payment_id}, {item.received}{order}: {item.get_kind_display()}"
            )
        if run.error:
            self.stdout.write(self.style.ERROR(f"  {run.error}"))


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
