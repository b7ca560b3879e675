"""Becoming a user, proving an address, and replacing a forgotten password.

Guests may; a stale access token is no hindrance.
"""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.permissions import AllowAny
from skillwise_kernel.rest.throttles import ClientThrottle, ScopedThrottle
from skillwise_kernel.rest.views import ApiView

from skillwise_identity.dto import Role
from skillwise_identity.errors import (
    AccountSuspendedError,
    EmailTakenError,
    InvalidNameError,
    MailTokenExpiredError,
    MailTokenInvalidError,
    MailTokenSpentError,
    WeakPasswordError,
)
from skillwise_identity.models import MailToken
from skillwise_identity.rest.examples import MAIL_TOKEN, USER, body
from skillwise_identity.rest.serializers import (
    EmailInput,
    MailTokenInput,
    RegistrationInput,
    ResetPasswordInput,
    UserOutput,
)
from skillwise_identity.rest.throttles import PerAccountThrottle
from skillwise_identity.services import mail_requests, passwords, registration, verification
from skillwise_identity.settings import IDENTITY_THROTTLE_RATES

__all__ = [
    "RegisterView",
    "RequestPasswordResetView",
    "RequestVerificationView",
    "ResetPasswordView",
    "VerifyEmailView",
]


class GuestView(ApiView):
    """Asks for no token, and ignores one that comes along."""

    authentication_classes = []
    permission_classes = [AllowAny]


class MailingView(GuestView):
    """Sends mail to an address that anybody may name: few an hour for each, and not many in all."""

    throttle_classes = [ClientThrottle, ScopedThrottle, PerAccountThrottle]
    throttle_scope = "auth_mail_address"
    throttle_rate = IDENTITY_THROTTLE_RATES["auth_mail_address"]
    account_throttle_scope = "auth_mail"
    account_throttle_rate = IDENTITY_THROTTLE_RATES["auth_mail"]

    def accept(self, purpose: MailToken.Purpose) -> Response:
        email = self.parse_body(EmailInput)["email"]
        mail_requests.request_mail_token(email=email, purpose=purpose, now=now())
        return Response(status=status.HTTP_202_ACCEPTED)


@extend_schema(tags=["Accounts"])
class RegisterView(GuestView):
    throttle_scope = "auth_register"
    throttle_rate = IDENTITY_THROTTLE_RATES["auth_register"]

    @extend_schema(
        operation_id="auth_register",
        summary="Register",
        description="Creates an account as a student or an instructor, and mails a token that proves the "
        "address. "
        "`identity.email_taken` (409) when there is an account already.",
        request=RegistrationInput,
        responses={201: UserOutput},
        examples=[
            body(
                "A student",
                {
                    "email": "ada@example.org",
                    "password": "correct horse battery",
                    "full_name": "Ada Lovelace",
                    "role": "student",
                },
            ),
            body("The new account", {**USER, "is_email_verified": False}, answer=True, status=201),
        ],
    )
    @problem_codes(EmailTakenError, WeakPasswordError, InvalidNameError)
    def post(self, request: Request) -> Response:
        data = self.parse_body(RegistrationInput)
        user = registration.register(
            email=data["email"],
            password=data["password"],
            full_name=data["full_name"],
            role=Role(data["role"]),
            now=now(),
        )
        return Response(UserOutput(user).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["Accounts"])
class VerifyEmailView(GuestView):
    throttle_scope = "auth_token"
    throttle_rate = IDENTITY_THROTTLE_RATES["auth_token"]

    @extend_schema(
        operation_id="auth_verify_email",
        summary="Verify an e-mail address",
        description="Takes the token of a mail. Doing it again is harmless: the answer is the same. "
        "A token whose time is over is refused with `identity.token_expired` (410).",
        request=MailTokenInput,
        responses={200: UserOutput},
        examples=[
            body("What stood in the mail", {"token": MAIL_TOKEN}),
            body("Verified", USER, answer=True, status=200),
        ],
    )
    @problem_codes(MailTokenInvalidError, MailTokenExpiredError, MailTokenSpentError, AccountSuspendedError)
    def post(self, request: Request) -> Response:
        data = self.parse_body(MailTokenInput)
        user = verification.verify_email(token=data["token"], now=now())
        return Response(UserOutput(user).data)


@extend_schema(tags=["Accounts"])
class RequestVerificationView(MailingView):
    @extend_schema(
        operation_id="auth_verify_email_resend",
        summary="Ask for the verification mail again",
        description="Answers the same whether or not the address has an account that needs it.",
        request=EmailInput,
        responses={202: OpenApiResponse(description="Noted.")},
        examples=[body("An address", {"email": "ada@example.org"})],
    )
    def post(self, request: Request) -> Response:
        return self.accept(MailToken.Purpose.VERIFY_EMAIL)


@extend_schema(tags=["Accounts"])
class RequestPasswordResetView(MailingView):
    @extend_schema(
        operation_id="auth_password_reset",
        summary="Ask for a new password",
        description="Mails a token for `auth/password/reset/confirm/`. "
        "Answers the same whether or not the address has an account.",
        request=EmailInput,
        responses={202: OpenApiResponse(description="Noted.")},
        examples=[body("An address", {"email": "ada@example.org"})],
    )
    def post(self, request: Request) -> Response:
        return self.accept(MailToken.Purpose.RESET_PASSWORD)


@extend_schema(tags=["Accounts"])
class ResetPasswordView(GuestView):
    throttle_scope = "auth_token"
    throttle_rate = IDENTITY_THROTTLE_RATES["auth_token"]

    @extend_schema(
        operation_id="auth_password_reset_confirm",
        summary="Choose a new password",
        description="Takes the token of a mail, once. "
        "A used one is refused with `identity.token_spent` (410), "
        "a late one with `identity.token_expired` (410). "
        "Ends every session of the account, and proves its address.",
        request=ResetPasswordInput,
        responses={204: OpenApiResponse(description="The password is changed; log in with it.")},
        examples=[body("A new password", {"token": MAIL_TOKEN, "password": "a longer and better one"})],
    )
    @problem_codes(
        MailTokenInvalidError,
        MailTokenExpiredError,
        MailTokenSpentError,
        AccountSuspendedError,
        WeakPasswordError,
    )
    def post(self, request: Request) -> Response:
        data = self.parse_body(ResetPasswordInput)
        passwords.reset_password(token=data["token"], password=data["password"], now=now())
        return Response(status=status.HTTP_204_NO_CONTENT)
