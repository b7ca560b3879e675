"""The environment that SkillWise is configured by: read once, typed, and judged before anything starts.

This module is the one place that reads it; the table in the host's README says what each variable does.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError
from skillwise_kernel.database_url import database_settings

__all__ = ["VARIABLES", "Environment", "UnsafeEnvironmentError", "read_environment"]

VARIABLES: Final = (
    "SKILLWISE_ENV",
    "DEBUG",
    "SECRET_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "DEFAULT_FROM_EMAIL",
    "PUBLIC_URL",
    "APP_URL",
    "ALLOWED_HOSTS",
    "CORS_ALLOWED_ORIGINS",
    "TRUSTED_PROXIES",
    "MEDIA_ROOT",
    "STRIPE_SECRET_KEY",
    "STRIPE_PUBLISHABLE_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "STRIPE_API_BASE",
    "LOG_LEVEL",
    "LOG_FORMAT",
)
"""Every variable that is read."""

_DEVELOPMENT_KEY: Final = "development-only-key-that-production-refuses-to-start-with"
_SHORTEST_KEY: Final = 50
_LEAST_DISTINCT: Final = 5


class UnsafeEnvironmentError(ImproperlyConfigured):
    """The environment lacks something, or holds something that must not be; the message says what, line by
    line.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the environment says. Attributes are named after their variables."""

    production: bool
    debug: bool
    secret_key: str
    database: dict[str, Any]
    redis_url: str
    email: dict[str, Any]
    default_from_email: str
    public_url: str
    app_url: str
    allowed_hosts: list[str]
    cors_allowed_origins: list[str]
    trusted_proxies: int
    media_root: Path
    stripe_secret_key: str
    stripe_publishable_key: str
    stripe_webhook_secret: str
    stripe_api_base: str | None
    log_level: str
    log_json: bool


def read_environment() -> Environment:
    """What `os.environ` says, with defaults that suit a developer's machine.

    Raises `UnsafeEnvironmentError` when a value cannot be read, and in production
    (`SKILLWISE_ENV=production`) when one is missing or unsafe.
    """
    env = Env(eager=True)
    try:
        production = _is_production(env)
        public_url = env.str("PUBLIC_URL", "http://localhost:8000").rstrip("/")
        environment = Environment(
            production=production,
            debug=env.bool("DEBUG", default=False),
            secret_key=env.str("SECRET_KEY", _DEVELOPMENT_KEY),
            database=database_settings(
                env.str("DATABASE_URL", "postgresql://skillwise@127.0.0.1:5432/skillwise")
            ),
            redis_url=env.str("REDIS_URL", "redis://127.0.0.1:6379/0"),
            email=env.dj_email_url("EMAIL_URL", "smtp://127.0.0.1:1025"),
            default_from_email=env.str("DEFAULT_FROM_EMAIL", "SkillWise <hello@skillwise.example>"),
            public_url=public_url,
            app_url=env.str("APP_URL", public_url).rstrip("/"),
            allowed_hosts=env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", "10.0.2.2"]),
            cors_allowed_origins=env.list("CORS_ALLOWED_ORIGINS", []),
            trusted_proxies=env.int("TRUSTED_PROXIES", 0),
            media_root=Path(env.str("MEDIA_ROOT", ".skillwise/media")).absolute(),
            stripe_secret_key=env.str("STRIPE_SECRET_KEY", ""),
            stripe_publishable_key=env.str("STRIPE_PUBLISHABLE_KEY", ""),
            stripe_webhook_secret=env.str("STRIPE_WEBHOOK_SECRET", ""),
            stripe_api_base=env.str("STRIPE_API_BASE", "") or None,
            log_level=env.str("LOG_LEVEL", "INFO").upper(),
            log_json=env.str("LOG_FORMAT", "json" if production else "text") == "json",
        )
    except (EnvError, ValueError) as error:
        raise UnsafeEnvironmentError(f"SkillWise cannot start: {error}") from error
    if production and (complaints := _complaints(environment)):
        lines = "".join(f"\n- {complaint}" for complaint in complaints)
        raise UnsafeEnvironmentError(f"SkillWise refuses to start in production:{lines}")
    return environment


def _is_production(env: Env) -> bool:
    kind: str = env.str("SKILLWISE_ENV", "development")
    if kind not in {"development", "production"}:
        raise ValueError(f"SKILLWISE_ENV is {kind!r}, and must be development or production.")
    return kind == "production"


def _complaints(environment: Environment) -> list[str]:
    """What makes this environment unfit for production, one sentence each."""
    needed = (
        "DATABASE_URL",
        "REDIS_URL",
        "EMAIL_URL",
        "DEFAULT_FROM_EMAIL",
        "MEDIA_ROOT",
        "PUBLIC_URL",
        "ALLOWED_HOSTS",
        "STRIPE_SECRET_KEY",
        "STRIPE_PUBLISHABLE_KEY",
        "STRIPE_WEBHOOK_SECRET",
    )
    complaints = [f"{name} is missing." for name in needed if not os.environ.get(name)]
    if environment.debug:
        complaints.append("DEBUG is on: error pages would show settings and code to everyone.")
    complaints += _key_complaints(environment.secret_key)
    complaints += [
        f"{name} is {url}, and must begin with https://."
        for name, url in (("PUBLIC_URL", environment.public_url), ("APP_URL", environment.app_url))
        if os.environ.get(name) and urlsplit(url).scheme != "https"
    ]
    if any(host.startswith("*") for host in environment.allowed_hosts):
        complaints.append("ALLOWED_HOSTS holds a wildcard: requests with any Host header would be believed.")
    complaints += [
        f"CORS_ALLOWED_ORIGINS holds {origin}, and each must begin with https://."
        for origin in environment.cors_allowed_origins
        if urlsplit(origin).scheme != "https"
    ]
    complaints += [
        f"{name} is a test key: anyone could pay with a test card."
        for name, key in (
            ("STRIPE_SECRET_KEY", environment.stripe_secret_key),
            ("STRIPE_PUBLISHABLE_KEY", environment.stripe_publishable_key),
        )
        if "_test_" in key
    ]
    if environment.stripe_api_base:
        complaints.append("STRIPE_API_BASE is set: payments would go to something that is not Stripe.")
    return complaints


def _key_complaints(key: str) -> list[str]:
    if not os.environ.get("SECRET_KEY"):
        return ["SECRET_KEY is missing."]
    if key == _DEVELOPMENT_KEY or key.startswith("django-insecure-"):
        return ["SECRET_KEY is one that everyone knows."]
    if len(key) < _SHORTEST_KEY or len(set(key)) < _LEAST_DISTINCT:
        return [f"SECRET_KEY is too simple: make it {_SHORTEST_KEY} random characters or more."]
    return []
