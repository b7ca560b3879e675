"""The settings that identity needs of Django, for the host and for tests to take over.

Framework-free: settings modules import it.
"""

from datetime import timedelta
from typing import Any, Final

__all__ = ["IDENTITY_APPS", "IDENTITY_SETTINGS", "IDENTITY_THROTTLE_RATES"]

IDENTITY_APPS: Final = (
    "skillwise_identity.apps.IdentityConfig",
    "rest_framework_simplejwt.token_blacklist",
)
"""What goes into INSTALLED_APPS, beside `django.contrib.auth` and `django.contrib.contenttypes`."""

_VALIDATION = "django.contrib.auth.password_validation"

IDENTITY_SETTINGS: Final[dict[str, Any]] = {
    "AUTH_USER_MODEL": "skillwise_identity.User",
    "AUTHENTICATION_BACKENDS": ["django.contrib.auth.backends.ModelBackend"],
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
    "AUTH_PASSWORD_VALIDATORS": [
        {
            "NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator",
            "OPTIONS": {"user_attributes": ["email", "full_name"]},
        },
        {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
        {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
        {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
    ],
    "SIMPLE_JWT": {
        "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
        "REFRESH_TOKEN_LIFETIME": timedelta(days=30),
        "USER_ID_CLAIM": "sub",
        "ISSUER": "skillwise",
    },
    "SKILLWISE_IDENTITY": {
        "VERIFY_EMAIL_LIFETIME": timedelta(days=3),
        "RESET_PASSWORD_LIFETIME": timedelta(hours=1),
    },
    "APP_URL": "http://localhost:8000",
}
"""Beside these, identity reads SECRET_KEY, DEFAULT_FROM_EMAIL and Django's EMAIL_*.

`APP_URL` is what links in mails begin with.
"""

IDENTITY_THROTTLE_RATES: Final[dict[str, str]] = {
    "auth_login": "10/minute",
    "auth_login_address": "60/minute",
    "auth_register": "20/hour",
    "auth_mail": "5/hour",
    "auth_mail_address": "30/hour",
    "auth_token": "60/minute",
}
"""What holds where REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] says nothing else.

`auth_login` and `auth_mail` count one account's e-mail address and one network address together.
"""
