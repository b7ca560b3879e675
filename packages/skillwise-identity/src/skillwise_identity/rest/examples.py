"""What the OpenAPI document shows as an example of each body."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

__all__ = ["ADMIN_USER", "LISTED_USER", "MAIL_TOKEN", "SESSION", "TOKENS", "USER", "body"]

MAIL_TOKEN: Final = "0199c4d2a1b07c3e8f5a6b7c8d9e0f10.m0Yq1jC3m3Jf8kF0C2b6xg0J6cC2o3m9Q4wqYb1n7Zk"  # noqa: S105 - an example

USER: Final[dict[str, Any]] = {
    "id": "0199c4d2-a1b0-7c3e-8f5a-6b7c8d9e0f10",
    "email": "ada@example.org",
    "full_name": "Ada Lovelace",
    "roles": ["student"],
    "is_email_verified": True,
    "created_at": "2026-11-23T10:00:00Z",
}

LISTED_USER: Final[dict[str, Any]] = {**USER, "is_suspended": True}

ADMIN_USER: Final[dict[str, Any]] = {
    **LISTED_USER,
    "suspended_at": "2026-11-24T08:30:00Z",
    "suspension_reason": "Advertising in reviews.",
    "last_login": "2026-11-23T18:12:00Z",
    "account_actions": [
        {
            "kind": "suspended",
            "actor_id": "0199c4d2-0000-7c3e-8f5a-6b7c8d9e0f10",
            "detail": {"reason": "Advertising in reviews."},
            "at": "2026-11-24T08:30:00Z",
        }
    ],
}

TOKENS: Final = {
    "access": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…",
    "refresh": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9…",
}

SESSION: Final = {**TOKENS, "user": USER}


def body(name: str, value: Any, *, answer: bool = False, status: int | None = None) -> OpenApiExample:
    """An example of a request's body, or of an `answer` with this status."""
    return OpenApiExample(
        name,
        value=value,
        request_only=not answer,
        response_only=answer,
        status_codes=[str(status)] if status else None,
    )
