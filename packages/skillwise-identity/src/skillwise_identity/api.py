"""Identity's door: who people are, and how to reach them. Addresses never come out of it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from skillwise_kernel.clock import now as present_moment

from skillwise_identity import selectors
from skillwise_identity.dto import Role, UserSummary
from skillwise_identity.services import notifications, registration

__all__ = [
    "Role",
    "UserSummary",
    "ensure_user",
    "find_user_id",
    "get_users",
    "notify",
    "notify_recipient",
    "register_recipient",
]


def get_users(*, ids: Collection[UUID]) -> dict[UUID, UserSummary]:
    """The people with these ids, suspended ones among them; ids that nobody has are left out.

    One query, however many.
    """
    return selectors.summarise_users(ids=ids)


def find_user_id(*, email: str) -> UUID | None:
    """The id of the account with this address, in whatever case it is written; None when there is none. For
    commands that an operator gives, who names people by their addresses.
    """
    return selectors.find_user_id(email=email)


def notify(*, user_id: UUID, template: str, context: Mapping[str, Any], dedupe_key: str) -> None:
    """Mail a user, exactly when the caller's transaction commits, and once for each `dedupe_key`
    ("commerce.receipt:<order id>").

    `template` is a folder and stem among the caller's own Django templates: "skillwise_commerce/mail/receipt"
    stands for `receipt.subject.txt`, `receipt.txt` and `receipt.html`, of which the latter two extend
    "skillwise_identity/mail/base.txt" and ".html". `context` is JSON; money and times come formatted.
    `display_name` and `app_url` are added to it.

    Returns before anything is sent: a worker does that, and tries again for about two days when the mail
    server does not answer. Raises `UserNotFoundError`, and Django's `TemplateDoesNotExist` when one of the
    three templates is missing.
    """
    notifications.notify(
        user_id=user_id, template=template, context=context, dedupe_key=dedupe_key, now=present_moment()
    )


def register_recipient(*, email: str) -> UUID:
    """The id by which to write to an address that somebody gave, whether or not anybody has an account with
    it: the same one each time, in whatever case the address is written. The caller keeps the id and forgets
    the address.
    """
    return notifications.register_recipient(email=email, now=present_moment())


def notify_recipient(
    *, recipient_id: UUID, template: str, context: Mapping[str, Any], dedupe_key: str
) -> None:
    """As `notify`, to a registered recipient: `context` brings the `display_name` that the mail greets.

    Whoever the address belongs to may not know us: the template says in its footer why they are written to.
    Raises `RecipientNotFoundError`.
    """
    notifications.notify_recipient(
        recipient_id=recipient_id,
        template=template,
        context=context,
        dedupe_key=dedupe_key,
        now=present_moment(),
    )


def ensure_user(*, email: str, password: str, full_name: str, roles: Collection[Role], now: datetime) -> UUID:
    """The id of the account with this address; when there is none it is created, verified, with these roles.
    For demonstration accounts.

    An existing account is left as it is. The password may be weak.
    Raises `InvalidNameError`, `InvalidRolesError`.
    """
    return registration.ensure_user(email=email, password=password, full_name=full_name, roles=roles, now=now)
