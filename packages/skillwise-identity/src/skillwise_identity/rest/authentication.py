"""Who makes a request: the bearer of an access token."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from skillwise_kernel.actor import Actor
from skillwise_kernel.clock import now

from skillwise_identity.errors import AccountSuspendedError, SessionInvalidError
from skillwise_identity.services import sessions

__all__ = ["ActorAuthentication"]

_PARTS_OF_A_BEARER_HEADER = 2


class ActorAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>` makes `request.user` an `Actor`. At most one query.

    A token that is malformed, expired or revoked is refused with `identity.session_invalid` even where guests
    may enter, a suspended user's with `identity.account_suspended`.
    """

    def authenticate(self, request: Request) -> tuple[Actor, None] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != _PARTS_OF_A_BEARER_HEADER:
            raise AuthenticationFailed("It is: Bearer, a space, a token.", code=SessionInvalidError.code)
        try:
            access = words[1].decode("ascii", errors="replace")
            return sessions.authenticate(access=access, now=now()), None
        except (SessionInvalidError, AccountSuspendedError) as error:
            # as DRF's own error it is answered with a WWW-Authenticate header
            raise AuthenticationFailed(error.title, code=error.code) from error

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="skillwise"'


class ActorAuthenticationScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document describes it."""

    target_class = ActorAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        scheme = build_bearer_security_scheme_object("Authorization", "Bearer", bearer_format="JWT")
        scheme["description"] = (
            "An access token of `POST /api/v1/auth/login/`, good for 15 minutes. One that is malformed, "
            "expired or revoked is refused with 401 `identity.session_invalid`, a suspended user's with 401 "
            "`identity.account_suspended`."
        )
        return scheme
