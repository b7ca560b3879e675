"""Logging in, staying so, and logging out.

A session is a chain of refresh tokens, each good for one exchange. What makes an exchange happen once is the
unique row that it leaves in simplejwt's blacklist. Every token names the generation of the user's sessions
that it belongs to; raising the user's generation ends them all. No token is stored, only its id and expiry.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token
from rest_framework_simplejwt.utils import datetime_from_epoch
from skillwise_kernel.actor import Actor

from skillwise_identity import selectors
from skillwise_identity.domain.people import normalise_email
from skillwise_identity.errors import AccountSuspendedError, InvalidCredentialsError, SessionInvalidError
from skillwise_identity.models import User
from skillwise_identity.services.bearers import find_bearer

__all__ = [
    "Session",
    "TokenPair",
    "authenticate",
    "forget_expired",
    "log_in",
    "log_out",
    "open_session",
    "refresh",
]

GENERATION_CLAIM = "gen"

#: How many access tokens a process need not verify anew.
_TOKENS_KEPT: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPair:
    """An access token for the next quarter of an hour, and what to exchange for the next pair."""

    access: str
    refresh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    tokens: TokenPair
    user: User


def log_in(*, email: str, password: str, now: datetime) -> Session:
    """Open a session. An unverified user may; a suspended one may not.

    Raises `InvalidCredentialsError`, alike and after equal work for an unknown address and a wrong password,
    and `AccountSuspendedError` to those who know the password.
    """
    user = User.objects.with_email(normalise_email(email)).first()
    if user is None:
        make_password(password)
        raise InvalidCredentialsError
    if not user.check_password(password):
        raise InvalidCredentialsError
    if user.is_suspended:
        raise AccountSuspendedError
    with transaction.atomic():
        user.last_login = now
        user.save(update_fields=["last_login"])
        tokens = open_session(user_id=user.id, generation=user.session_generation)
    return Session(tokens=tokens, user=user)


def refresh(*, token: str) -> TokenPair:
    """Exchange a refresh token for the next pair, once.

    Raises `SessionInvalidError`, `AccountSuspendedError`.
    """
    claims = _read_refresh(token)
    user_id, generation = _bearer(claims)
    selectors.find_actor(user_id=user_id, generation=generation)
    with transaction.atomic():
        if not _use_up(claims):
            raise SessionInvalidError("This refresh token has been used.")
        return open_session(user_id=user_id, generation=generation)


def log_out(*, token: str) -> None:
    """Make the refresh token useless.

    Raises `SessionInvalidError` when it is none of ours; one that is spent already is no error.
    """
    with transaction.atomic():
        _use_up(_read_refresh(token))


def authenticate(*, access: str, now: datetime) -> Actor:
    """Who carries this access token. At most one query. Raises `SessionInvalidError`,
    `AccountSuspendedError`.
    """
    bearer = _verify_access(access)
    if now >= bearer.expires_at:
        raise SessionInvalidError("Token is expired")
    return find_bearer(user_id=bearer.user_id, generation=bearer.generation)


def open_session(*, user_id: UUID, generation: int) -> TokenPair:
    """The first, or the next, pair of tokens of a session."""
    refresh_token = RefreshToken()
    refresh_token["sub"] = str(user_id)
    refresh_token[GENERATION_CLAIM] = generation
    OutstandingToken.objects.create(
        user_id=user_id,
        jti=refresh_token["jti"],
        token="",
        created_at=refresh_token.current_time,
        expires_at=datetime_from_epoch(refresh_token["exp"]),
    )
    return TokenPair(access=str(refresh_token.access_token), refresh=str(refresh_token))


def forget_expired(*, now: datetime) -> None:
    """Delete what is remembered of refresh tokens whose time is over anyway."""
    OutstandingToken.objects.filter(expires_at__lte=now).delete()


@dataclass(frozen=True, slots=True)
class _Bearer:
    """What an access token says, until when."""

    user_id: UUID
    generation: int
    expires_at: datetime


@lru_cache(maxsize=_TOKENS_KEPT)
def _verify_access(token: str) -> _Bearer:
    """What is signed stays so: an app shows the same token for a quarter of an hour. Whoever asks looks at
    when it expires; whom it admits is in the database. What is refused is not kept.
    """
    try:
        claims = AccessToken(token)  # type: ignore[arg-type]  # annotated as Token, documented as str
    except TokenError as error:
        raise SessionInvalidError(str(error)) from None
    return _Bearer(*_bearer(claims), datetime_from_epoch(claims["exp"]))


class _RefreshClaims(RefreshToken):
    """A refresh token whose signature, kind and expiry are checked; whether it is spent is for `_use_up` to
    find out.
    """

    def check_blacklist(self) -> None:
        pass


def _read_refresh(token: str) -> RefreshToken:
    try:
        return _RefreshClaims(token)  # type: ignore[arg-type]  # annotated as Token, documented as str
    except TokenError as error:
        raise SessionInvalidError(str(error)) from None


def _bearer(claims: Token) -> tuple[UUID, int]:
    """Whose token it is, and of which generation of their sessions."""
    try:
        return UUID(claims["sub"]), int(claims[GENERATION_CLAIM])
    except (KeyError, ValueError):
        raise SessionInvalidError from None


def _use_up(claims: RefreshToken) -> bool:
    """Spend the token. False when it was spent before, be it by a request running at this moment."""
    outstanding = OutstandingToken.objects.filter(jti=claims["jti"]).first()
    if outstanding is None:
        return False
    _, newly_spent = BlacklistedToken.objects.get_or_create(token=outstanding)
    return newly_spent
