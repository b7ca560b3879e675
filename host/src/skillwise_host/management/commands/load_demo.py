"""`manage load_demo`: the demonstration accounts and catalogue."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from skillwise_identity.api import Role, ensure_user
from skillwise_kernel.clock import now

from skillwise_host.demonstration import ACCOUNTS, PASSWORD


class Command(BaseCommand):
    help = "Create the demonstration accounts and catalogue, as far as they are not there yet."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        for account in ACCOUNTS:
            ensure_user(
                email=account.email,
                password=PASSWORD,
                full_name=account.full_name,
                roles=[Role(role) for role in account.roles],
                now=now(),
            )
        call_command("import_catalog", "--demo")
        self.stdout.write(f"The demonstration is there: {len(ACCOUNTS)} accounts, and the catalogue.")
