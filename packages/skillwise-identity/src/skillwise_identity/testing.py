"""For the tests of identity, and of the packages above it."""

import itertools
from collections.abc import Iterable
from typing import Any

from django.core import mail
from django.core.mail import EmailMessage
from skillwise_kernel.clock import now

from skillwise_identity.dto import Role
from skillwise_identity.models import User
from skillwise_identity.services import notifications, sessions
from skillwise_identity.services.sessions import TokenPair

__all__ = ["PASSWORD", "make_user", "sent_mails", "tokens_for"]

PASSWORD = "correct horse battery staple"  # noqa: S105 - of users that live as long as a test
"""Every made user's, unless told otherwise."""

_numbers = itertools.count(1)


def make_user(
    *,
    roles: Iterable[Role | str] = (Role.STUDENT,),
    verified: bool = True,
    suspended: bool = False,
    **fields: Any,
) -> User:
    """A user in the database, without events or mails. `fields` are the model's, `password` in clear."""
    number = next(_numbers)
    moment = now()
    password = fields.pop("password", PASSWORD)
    values: dict[str, Any] = {
        "email": f"person{number}@example.org",
        "full_name": f"Person {number}",
        "roles": [str(role) for role in roles],
        "email_verified_at": moment if verified else None,
        "suspended_at": moment if suspended else None,
        "suspension_reason": "For a test." if suspended else "",
    }
    user = User(**values | fields)
    user.set_password(password)
    user.save(force_insert=True)
    return user


def tokens_for(user: User) -> TokenPair:
    """A new session of the user, as logging in opens it."""
    return sessions.open_session(user_id=user.id, generation=user.session_generation)


def sent_mails() -> list[EmailMessage]:
    """Sends every mail that is due, as the worker does, and answers all that this test has sent so far."""
    notifications.send_due(now=now())
    return list(mail.outbox)
