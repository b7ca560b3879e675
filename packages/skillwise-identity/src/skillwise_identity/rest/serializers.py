"""What the endpoints take and give."""

from rest_framework import serializers

from skillwise_identity.domain.people import MAX_NAME_LENGTH
from skillwise_identity.dto import Role
from skillwise_identity.models import AccountAction
from skillwise_identity.services.passwords import MAX_PASSWORD_LENGTH

__all__ = [
    "AccountActionOutput",
    "AdminUserDetailOutput",
    "AdminUserOutput",
    "EmailInput",
    "LoginInput",
    "MailTokenInput",
    "ProfileInput",
    "RefreshInput",
    "RegistrationInput",
    "ResetPasswordInput",
    "RolesInput",
    "SessionOutput",
    "SuspensionInput",
    "TokenPairOutput",
    "UserListInput",
    "UserOutput",
]

MAX_TOKEN_LENGTH = 2048

SELF_ASSIGNED = [Role.STUDENT.value, Role.INSTRUCTOR.value]


def password_field() -> serializers.CharField:
    return serializers.CharField(
        max_length=MAX_PASSWORD_LENGTH,
        trim_whitespace=False,
        write_only=True,
        style={"input_type": "password"},
    )


class EmailInput(serializers.Serializer):
    email = serializers.EmailField(max_length=254)


class LoginInput(EmailInput):
    password = password_field()


class RegistrationInput(LoginInput):
    full_name = serializers.CharField(max_length=MAX_NAME_LENGTH)
    role = serializers.ChoiceField(choices=SELF_ASSIGNED, default=Role.STUDENT.value)


class MailTokenInput(serializers.Serializer):
    token = serializers.CharField(max_length=MAX_TOKEN_LENGTH, help_text="What stood in the mail.")


class ResetPasswordInput(MailTokenInput):
    password = password_field()


class RefreshInput(serializers.Serializer):
    refresh = serializers.CharField(max_length=MAX_TOKEN_LENGTH)


class ProfileInput(serializers.Serializer):
    full_name = serializers.CharField(max_length=MAX_NAME_LENGTH)


class RolesInput(serializers.Serializer):
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=[role.value for role in Role]),
        min_length=1,
        max_length=len(Role),
    )


class SuspensionInput(serializers.Serializer):
    reason = serializers.CharField(max_length=500, help_text="The user reads it.")


class UserListInput(serializers.Serializer):
    search = serializers.CharField(
        required=False, max_length=100, help_text="Part of a name or an e-mail address."
    )
    role = serializers.ChoiceField(required=False, choices=[role.value for role in Role])
    status = serializers.ChoiceField(
        required=False,
        choices=["active", "unverified", "suspended"],
        help_text="`active`: verified and not suspended. `unverified`: not suspended either.",
    )


class UserOutput(serializers.Serializer):
    id = serializers.UUIDField()
    email = serializers.EmailField()
    full_name = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=[role.value for role in Role]))
    is_email_verified = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class AdminUserOutput(UserOutput):
    is_suspended = serializers.BooleanField()


class AccountActionOutput(serializers.Serializer):
    kind = serializers.ChoiceField(choices=AccountAction.Kind.choices)
    actor_id = serializers.UUIDField()
    detail = serializers.DictField(help_text="`before` and `after` of roles; `reason` of a suspension.")
    at = serializers.DateTimeField()


class AdminUserDetailOutput(AdminUserOutput):
    suspended_at = serializers.DateTimeField(allow_null=True)
    suspension_reason = serializers.CharField(allow_blank=True)
    last_login = serializers.DateTimeField(allow_null=True)
    account_actions = AccountActionOutput(many=True, help_text="What administrators did, the newest first.")


class TokenPairOutput(serializers.Serializer):
    access = serializers.CharField(help_text="Goes into `Authorization: Bearer …` for 15 minutes.")
    refresh = serializers.CharField(help_text="To be exchanged once for the next pair, within 30 days.")


class SessionOutput(TokenPairOutput):
    user = UserOutput()
