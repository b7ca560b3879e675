"""`manage outbox`: how event delivery stands, and what to do about it."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from skillwise_kernel.outbox import UnknownSubscriberError
from skillwise_kernel.outbox.operating import backfill, dead_letters, replay, standings


class Command(BaseCommand):
    help = "Look after the delivery of events to their subscribers."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)

        actions.add_parser("status", help="how far every subscriber is")

        dead = actions.add_parser("dead", help="list dead letters, and why they died")
        dead.add_argument("--subscriber", metavar="NAME")

        again = actions.add_parser("replay", help="give dead letters all their attempts again")
        again.add_argument("--subscriber", metavar="NAME")
        again.add_argument("--event-id", type=UUID, metavar="ID")
        again.add_argument("--all-dead", action="store_true", help="whosever and whichever they are")

        past = actions.add_parser("backfill", help="deliver the past to a subscriber that is new")
        past.add_argument("subscriber", metavar="SUBSCRIBER")
        past.add_argument(
            "--since", type=_moment, metavar="TIME", help="RFC 3339, in UTC unless it says else"
        )

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        match action:
            case "status":
                self._status()
            case "dead":
                self._dead(options["subscriber"])
            case "replay":
                self._replay(options["subscriber"], options["event_id"], all_dead=options["all_dead"])
            case "backfill":
                self._backfill(options["subscriber"], options["since"])

    def _status(self) -> None:
        rows = standings()
        width = max((len(row.subscriber) for row in rows), default=0)
        for row in rows:
            oldest = f", oldest of {row.oldest:%Y-%m-%d %H:%M:%S} UTC" if row.oldest else ""
            unknown = "" if row.is_known else "  (not in this release)"
            self.stdout.write(
                f"{row.subscriber:<{width}}  {row.pending} pending ({row.failing} failing{oldest}),"
                f" {row.dead} dead{unknown}"
            )

    def _dead(self, subscriber: str | None) -> None:
        for delivery in dead_letters(subscriber=subscriber).iterator():
            event = delivery.event
            self.stdout.write(
                f"{event.id}  {event.name}  of {event.occurred_at:%Y-%m-%d %H:%M:%S} UTC\n"
                f"  {delivery.subscriber}, {delivery.attempts} attempts:"
                f" {delivery.last_error.strip().splitlines()[-1]}"
            )

    def _replay(self, subscriber: str | None, event_id: UUID | None, *, all_dead: bool) -> None:
        if not (subscriber or event_id or all_dead):
            raise CommandError("Say which: --subscriber, --event-id or --all-dead.")
        self.stdout.write(
            f"{replay(subscriber=subscriber, event_id=event_id)} dead letters are delivered again."
        )

    def _backfill(self, subscriber: str, since: datetime | None) -> None:
        try:
            filled = backfill(subscriber, since=since)
        except UnknownSubscriberError as error:
            raise CommandError(f"There is no subscriber {subscriber!r}.") from error
        self.stdout.write(f"{filled} events of the past are delivered to {subscriber}.")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
