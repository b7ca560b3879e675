"""The accounts of the demonstration. Their password is for everyone to know; production never loads them."""

from dataclasses import dataclass
from typing import Final

__all__ = ["ACCOUNTS", "ADMIN", "INSTRUCTOR", "INSTRUCTORS", "PASSWORD", "STUDENT", "Account"]

PASSWORD: Final = "skillwise-demo"  # noqa: S105 - for everyone to know


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody of the demonstration."""

    email: str
    full_name: str
    roles: tuple[str, ...]


ADMIN: Final = Account("admin@skillwise.example", "Alma Admin", ("admin",))
INSTRUCTOR: Final = Account("instructor@skillwise.example", "Ines Instructor", ("instructor",))
INSTRUCTORS: Final = (
    INSTRUCTOR,
    Account("instructor.two@skillwise.example", "Tomas Teacher", ("instructor",)),
)
STUDENT: Final = Account("student@skillwise.example", "Stella Student", ("student",))
ACCOUNTS: Final = (ADMIN, *INSTRUCTORS, STUDENT)
