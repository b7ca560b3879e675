"""The environment that SkillWise is configured by: read once, typed, and judged before anything starts.

This module is the one place that reads it; the table in the host's README says what each variable does.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError, validate
from skillwise_kernel.database_url import database_settings

__all__ = ["VARIABLES", "Environment", "MailServer", "UnsafeEnvironmentError", "read_environment"]

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
    "MEDIA_STORAGE",
    "MEDIA_ROOT",
    "S3_BUCKET",
    "S3_ENDPOINT_URL",
    "S3_REGION",
    "S3_ACCESS_KEY_ID",
    "S3_SECRET_ACCESS_KEY",
    "VIDEO_RENDITIONS",
    "LEGAL_ENTITY",
    "LEGAL_ENTITY_ADDRESS",
    "LEGAL_ENTITY_TAX_ID",
    "STRIPE_SECRET_KEY",
    "STRIPE_PUBLISHABLE_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "STRIPE_API_BASE",
    "SSLCOMMERZ_STORE_ID",
    "SSLCOMMERZ_STORE_PASSWORD",
    "SSLCOMMERZ_API_BASE",
    "LOG_LEVEL",
    "LOG_FORMAT",
)
"""Every variable that is read."""

_LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_MAIL_PORTS: Final = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_SHORTEST_KEY: Final = 50
_STAND_INS_STORE: Final = "sandbox"
_LEAST_DISTINCT: Final = 5


class UnsafeEnvironmentError(ImproperlyConfigured):
    """The environment lacks something, or holds something that must not be; the message says what, line by
    line.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed in, over SMTP: `tls` from the first byte, `starttls` after it, or in the open."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    starttls: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the environment says. Attributes are named after their variables."""

    production: bool
    debug: bool
    secret_key: str
    database: dict[str, Any]
    redis_url: str
    mail_server: MailServer
    default_from_email: str
    public_url: str
    app_url: str
    allowed_hosts: list[str]
    cors_allowed_origins: list[str]
    trusted_proxies: int
    media_storage: str
    media_root: Path
    s3_bucket: str
    s3_endpoint_url: str | None
    s3_region: str | None
    s3_access_key_id: str | None
    s3_secret_access_key: str | None
    video_renditions: bool
    legal_entity: str
    legal_entity_address: str
    legal_entity_tax_id: str
    stripe_secret_key: str
    stripe_publishable_key: str
    stripe_webhook_secret: str
    stripe_api_base: str | None
    sslcommerz_store_id: str
    sslcommerz_store_password: str
    sslcommerz_api_base: str | None
    log_level: str
    log_json: bool


def read_environment() -> Environment:
    """What `os.environ` says, with defaults that suit a developer's machine.

    Raises `UnsafeEnvironmentError` when a value cannot be read, and in production
    (`SKILLWISE_ENV=production`) when one is missing or unsafe.
    """
    env = Env()
    try:
        environment = _read(env)
    except EnvError as error:
        raise UnsafeEnvironmentError(f"SkillWise cannot start: {error}") from error
    if environment.production and (complaints := _complaints(environment)):
        lines = "".join(f"\n- {complaint}" for complaint in complaints)
        raise UnsafeEnvironmentError(f"SkillWise refuses to start in production:{lines}")
    return environment


def _read(env: Env) -> Environment:
    production = (
        env.str("SKILLWISE_ENV", "development", validate=validate.OneOf(["development", "production"]))
        == "production"
    )
    public_url = env.str("PUBLIC_URL", "http://localhost:8000").rstrip("/")
    return Environment(
        production=production,
        debug=env.bool("DEBUG", default=False),
        # Never a key that anyone could know: whoever forgets SKILLWISE_ENV loses tokens, not their secrecy.
        secret_key=env.str("SECRET_KEY", "") or secrets.token_urlsafe(_SHORTEST_KEY),
        database=_database(env),
        redis_url=env.str("REDIS_URL", "redis://127.0.0.1:6379/0"),
        mail_server=_mail_server(env),
        default_from_email=env.str("DEFAULT_FROM_EMAIL", "SkillWise <hello@skillwise.example>"),
        public_url=public_url,
        app_url=env.str("APP_URL", public_url).rstrip("/"),
        allowed_hosts=env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", "10.0.2.2"]),
        cors_allowed_origins=env.list("CORS_ALLOWED_ORIGINS", []),
        trusted_proxies=env.int("TRUSTED_PROXIES", 0),
        media_storage=env.str("MEDIA_STORAGE", "folder", validate=validate.OneOf(["folder", "s3"])),
        media_root=Path(env.str("MEDIA_ROOT", ".skillwise/media")),
        s3_bucket=env.str("S3_BUCKET", ""),
        s3_endpoint_url=env.str("S3_ENDPOINT_URL", "") or None,
        s3_region=env.str("S3_REGION", "") or None,
        s3_access_key_id=env.str("S3_ACCESS_KEY_ID", "") or None,
        s3_secret_access_key=env.str("S3_SECRET_ACCESS_KEY", "") or None,
        video_renditions=env.bool("VIDEO_RENDITIONS", default=False),
        # No longer than an invoice's columns: else nothing could be sold.
        legal_entity=env.str("LEGAL_ENTITY", "SkillWise", validate=validate.Length(1, 100)),
        legal_entity_address=env.str("LEGAL_ENTITY_ADDRESS", "").replace("\\n", "\n"),
        legal_entity_tax_id=env.str("LEGAL_ENTITY_TAX_ID", "", validate=validate.Length(max=40)),
        stripe_secret_key=env.str("STRIPE_SECRET_KEY", ""),
        stripe_publishable_key=env.str("STRIPE_PUBLISHABLE_KEY", ""),
        stripe_webhook_secret=env.str("STRIPE_WEBHOOK_SECRET", ""),
        stripe_api_base=env.str("STRIPE_API_BASE", "") or None,
        sslcommerz_store_id=env.str("SSLCOMMERZ_STORE_ID", ""),
        sslcommerz_store_password=env.str("SSLCOMMERZ_STORE_PASSWORD", ""),
        sslcommerz_api_base=env.str("SSLCOMMERZ_API_BASE", "") or None,
        log_level=env.str("LOG_LEVEL", "INFO", validate=validate.OneOf(_LOG_LEVELS)),
        log_json=env.str(
            "LOG_FORMAT", "json" if production else "text", validate=validate.OneOf(["json", "text"])
        )
        == "json",
    )


def _database(env: Env) -> dict[str, Any]:
    url = env.str("DATABASE_URL", "postgresql://skillwise@127.0.0.1:5432/skillwise")
    try:
        return database_settings(url)
    except ValueError as error:
        raise EnvError(f"DATABASE_URL: {error}") from error


def _mail_server(env: Env) -> MailServer:
    url = env.str("EMAIL_URL", "smtp://127.0.0.1:1025")
    parts = urlsplit(url)
    if parts.scheme not in _MAIL_PORTS or not parts.hostname:
        schemes = ", ".join(f"{scheme}://" for scheme in _MAIL_PORTS)
        raise EnvError(f"EMAIL_URL must be user:password@host:port after one of {schemes}")
    return MailServer(
        host=parts.hostname,
        port=parts.port or _MAIL_PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=parts.scheme == "smtps",
        starttls=parts.scheme == "smtp+starttls",
    )


def _complaints(environment: Environment) -> list[str]:
    """What makes this environment unfit for production, one sentence each."""
    needed = (
        "DATABASE_URL",
        "REDIS_URL",
        "EMAIL_URL",
        "DEFAULT_FROM_EMAIL",
        "S3_BUCKET" if environment.media_storage == "s3" else "MEDIA_ROOT",
        "PUBLIC_URL",
        "ALLOWED_HOSTS",
        "LEGAL_ENTITY",
        "LEGAL_ENTITY_ADDRESS",
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
    if environment.trusted_proxies < 1:
        complaints.append(
            "TRUSTED_PROXIES is 0: TLS ends at a proxy, and without trust in one every request is redirected."
        )
    mail = environment.mail_server
    if mail.password and not (mail.tls or mail.starttls):
        complaints.append("EMAIL_URL sends a password in the clear: use smtps:// or smtp+starttls://.")
    complaints += _media_complaints(environment)
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
    if environment.stripe_webhook_secret and not environment.stripe_webhook_secret.startswith("whsec_"):
        complaints.append("STRIPE_WEBHOOK_SECRET is no webhook's secret: those begin with whsec_.")
    if environment.stripe_api_base:
        complaints.append("STRIPE_API_BASE is set: payments would go to something that is not Stripe.")
    return complaints + _sslcommerz_complaints(environment)


def _media_complaints(environment: Environment) -> list[str]:
    """Of files: they must be where every machine finds them, and their bytes and keys go over TLS alone."""
    complaints = []
    if environment.media_storage == "folder" and not environment.media_root.is_absolute():
        complaints.append(f"MEDIA_ROOT is {environment.media_root}, and must be an absolute path.")
    if (endpoint := environment.s3_endpoint_url) and urlsplit(endpoint).scheme != "https":
        complaints.append(f"S3_ENDPOINT_URL is {endpoint}, and must begin with https://.")
    if bool(environment.s3_access_key_id) != bool(environment.s3_secret_access_key):
        complaints.append("S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together.")
    return complaints


def _sslcommerz_complaints(environment: Environment) -> list[str]:
    """It need not be offered; but if it is, in earnest."""
    complaints = []
    store, password = environment.sslcommerz_store_id, environment.sslcommerz_store_password
    if bool(store) != bool(password):
        complaints.append("SSLCOMMERZ_STORE_ID and SSLCOMMERZ_STORE_PASSWORD belong together.")
    if store == _STAND_INS_STORE:
        complaints.append("SSLCOMMERZ_STORE_ID is the stand-in's: anyone could pay without money.")
    if environment.sslcommerz_api_base:
        complaints.append(
            "SSLCOMMERZ_API_BASE is set: payments would go to something that is not SSLCOMMERZ."
        )
    return complaints


def _key_complaints(key: str) -> list[str]:
    if not os.environ.get("SECRET_KEY"):
        return ["SECRET_KEY is missing."]
    if key.startswith("django-insecure-"):
        return ["SECRET_KEY is one that everyone knows."]
    if len(key) < _SHORTEST_KEY or len(set(key)) < _LEAST_DISTINCT:
        return [f"SECRET_KEY is too simple: make it {_SHORTEST_KEY} random characters or more."]
    return []
