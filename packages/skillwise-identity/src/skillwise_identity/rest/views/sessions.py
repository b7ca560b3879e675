"""Logging in, staying so, and logging out."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.throttles import ClientThrottle, ScopedThrottle

from skillwise_identity.errors import AccountSuspendedError, InvalidCredentialsError, SessionInvalidError
from skillwise_identity.rest.examples import SESSION, TOKENS, body
from skillwise_identity.rest.serializers import (
    LoginInput,
    RefreshInput,
    SessionOutput,
    TokenPairOutput,
    UserOutput,
)
from skillwise_identity.rest.throttles import PerAccountThrottle
from skillwise_identity.rest.views.accounts import GuestView
from skillwise_identity.services import sessions
from skillwise_identity.settings import IDENTITY_THROTTLE_RATES

__all__ = ["LogInView", "LogOutView", "RefreshView"]


@extend_schema(tags=["Sessions"])
class LogInView(GuestView):
    throttle_classes = [ClientThrottle, ScopedThrottle, PerAccountThrottle]
    throttle_scope = "auth_login_address"
    throttle_rate = IDENTITY_THROTTLE_RATES["auth_login_address"]
    account_throttle_scope = "auth_login"
    account_throttle_rate = IDENTITY_THROTTLE_RATES["auth_login"]

    @extend_schema(
        operation_id="auth_login",
        summary="Log in",
        description="An unverified address may log in, and is asked to verify where it matters. "
        "`identity.invalid_credentials` (401) alike for an unknown address and a wrong password; "
        "`identity.account_suspended` (401) for a suspended account.",
        request=LoginInput,
        responses={200: SessionOutput},
        examples=[
            body("Address and password", {"email": "ada@example.org", "password": "correct horse battery"}),
            body("A session", SESSION, answer=True, status=200),
        ],
    )
    @problem_codes(InvalidCredentialsError, AccountSuspendedError)
    def post(self, request: Request) -> Response:
        data = self.parse_body(LoginInput)
        session = sessions.log_in(email=data["email"], password=data["password"], now=now())
        return Response({**TokenPairOutput(session.tokens).data, "user": UserOutput(session.user).data})


@extend_schema(tags=["Sessions"])
class RefreshView(GuestView):
    throttle_scope = "auth_token"
    throttle_rate = IDENTITY_THROTTLE_RATES["auth_token"]

    @extend_schema(
        operation_id="auth_token_refresh",
        summary="Stay logged in",
        description="Exchanges a refresh token for the next pair, once: a used, expired or revoked one is "
        "refused with `identity.session_invalid` (401), "
        "a suspended user's with `identity.account_suspended` (401).",
        request=RefreshInput,
        responses={200: TokenPairOutput},
        examples=[
            body("The last refresh token", {"refresh": TOKENS["refresh"]}),
            body("The next pair", TOKENS, answer=True, status=200),
        ],
    )
    @problem_codes(SessionInvalidError, AccountSuspendedError)
    def post(self, request: Request) -> Response:
        data = self.parse_body(RefreshInput)
        return Response(TokenPairOutput(sessions.refresh(token=data["refresh"])).data)


@extend_schema(tags=["Sessions"])
class LogOutView(GuestView):
    throttle_scope = "auth_token"
    throttle_rate = IDENTITY_THROTTLE_RATES["auth_token"]

    @extend_schema(
        operation_id="auth_logout",
        summary="Log out",
        description="Makes the refresh token useless; doing so again is harmless. "
        "Forget the access token: it ends by itself within 15 minutes.",
        request=RefreshInput,
        responses={204: OpenApiResponse(description="Logged out.")},
        examples=[body("The last refresh token", {"refresh": TOKENS["refresh"]})],
    )
    @problem_codes(SessionInvalidError)
    def post(self, request: Request) -> Response:
        data = self.parse_body(RefreshInput)
        sessions.log_out(token=data["refresh"])
        return Response(status=status.HTTP_204_NO_CONTENT)
