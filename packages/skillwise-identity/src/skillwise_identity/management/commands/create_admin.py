"""Make the first administrator."""

import sys
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from skillwise_kernel.clock import now
from skillwise_kernel.errors import SkillWiseError

from skillwise_identity.services import registration


class Command(BaseCommand):
    help = "Creates an administrator's account. The password is asked for, or read from a pipe."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("full_name")

    def handle(self, *args: Any, email: str, full_name: str, **options: Any) -> None:
        try:
            user = registration.create_admin(
                email=email, password=read_password(), full_name=full_name, now=now()
            )
        except SkillWiseError as error:
            raise CommandError("; ".join([str(error), *(field.detail for field in error.fields)])) from error
        self.stdout.write(f"{user.email} is an administrator.")


def read_password() -> str:
    return getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
