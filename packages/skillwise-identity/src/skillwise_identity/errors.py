"""What identity refuses, each with the stable code that clients act on."""

from skillwise_kernel.errors import (
    ConflictError,
    GoneError,
    InvalidError,
    NotFoundError,
    UnauthenticatedError,
)

__all__ = [
    "AccountSuspendedError",
    "CannotSuspendSelfError",
    "EmailTakenError",
    "InvalidCredentialsError",
    "InvalidNameError",
    "InvalidRolesError",
    "LastAdminError",
    "MailTokenExpiredError",
    "MailTokenInvalidError",
    "MailTokenSpentError",
    "RecipientNotFoundError",
    "SessionInvalidError",
    "UserNotFoundError",
    "WeakPasswordError",
]


class UserNotFoundError(NotFoundError):
    code = "identity.user_not_found"
    title = "There is no such user."


class RecipientNotFoundError(NotFoundError):
    code = "identity.recipient_not_found"
    title = "There is no such recipient."


class EmailTakenError(ConflictError):
    code = "identity.email_taken"
    title = "An account with this e-mail address exists already."


class InvalidNameError(InvalidError):
    code = "identity.invalid_name"
    title = "This cannot be shown as a name."


class WeakPasswordError(InvalidError):
    """`fields` says what is wrong with it."""

    code = "identity.weak_password"
    title = "The password is too easy to guess."


class InvalidRolesError(InvalidError):
    code = "identity.invalid_roles"
    title = "A user has one or more of the known roles."


class InvalidCredentialsError(UnauthenticatedError):
    """The same for an unknown address as for a wrong password."""

    code = "identity.invalid_credentials"
    title = "The e-mail address or the password is wrong."


class AccountSuspendedError(UnauthenticatedError):
    code = "identity.account_suspended"
    title = "This account is suspended."


class SessionInvalidError(UnauthenticatedError):
    """An access or refresh token that is malformed, expired, used up or revoked."""

    code = "identity.session_invalid"
    title = "The session has ended; log in again."


class MailTokenInvalidError(InvalidError):
    """We never issued such a token for this purpose."""

    code = "identity.token_invalid"
    title = "The token is not one that was mailed."


class MailTokenExpiredError(GoneError):
    code = "identity.token_expired"
    title = "The token has expired; ask for another."


class MailTokenSpentError(GoneError):
    code = "identity.token_spent"
    title = "The token has been used; ask for another."


class LastAdminError(ConflictError):
    code = "identity.last_admin"
    title = "The last active administrator must stay one."


class CannotSuspendSelfError(ConflictError):
    code = "identity.cannot_suspend_self"
    title = "Administrators cannot suspend themselves."
