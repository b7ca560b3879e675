"""`manage load_demo`: the demonstration accounts and catalogue."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from skillwise_catalog.api import import_demo_catalog
from skillwise_identity.api import Role, ensure_user
from skillwise_kernel.clock import now

from skillwise_host.demonstration import ACCOUNTS, PASSWORD


class Command(BaseCommand):
    help = "Create the demonstration accounts and catalogue, as far as they are not there yet."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        teachers = []
        for account in ACCOUNTS:
            roles = [Role(role) for role in account.roles]
            user_id = ensure_user(
                email=account.email, password=PASSWORD, full_name=account.full_name, roles=roles, now=now()
            )
            if Role.INSTRUCTOR in roles:
                teachers.append(user_id)
        report = import_demo_catalog(owner_ids=teachers, now=now())
        courses = report.created + report.updated + report.unchanged
        self.stdout.write(f"The demonstration is there: {len(ACCOUNTS)} accounts, {courses} courses.")
