"""The environment is read once, and production refuses to start with a missing or unsafe value."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from skillwise_host.environment import VARIABLES, MailServer, UnsafeEnvironmentError, read_environment

SAFE = {
    "SKILLWISE_ENV": "production",
    "SECRET_KEY": "k3Yf0rTh3T3sts-0f-Pr0ducti0n-s3ttings_th4t-n0b0dy-3ls3-kn0ws",
    "DATABASE_URL": "postgresql://skillwise:secret@db.example.com/skillwise?sslmode=verify-full",
    "REDIS_URL": "rediss://cache.example.com:6379/0",
    "EMAIL_URL": "smtps://mailer:secret@mail.example.com:465",
    "DEFAULT_FROM_EMAIL": "SkillWise <hello@example.com>",
    "MEDIA_ROOT": "/srv/skillwise/media",
    "PUBLIC_URL": "https://api.example.com",
    "APP_URL": "https://app.example.com",
    "ALLOWED_HOSTS": "api.example.com",
    "CORS_ALLOWED_ORIGINS": "https://app.example.com",
    "TRUSTED_PROXIES": "1",
    "LEGAL_ENTITY": "Example Learning Ltd",
    "LEGAL_ENTITY_ADDRESS": "1 Example Street\\nLondon",
    "STRIPE_SECRET_KEY": "sk_live_abc",
    "STRIPE_PUBLISHABLE_KEY": "pk_live_abc",
    "STRIPE_WEBHOOK_SECRET": "whsec_abc",
}


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that is fit for production."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in SAFE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.usefixtures("environ")
def test_a_safe_production_environment_is_read_as_it_is() -> None:
    environment = read_environment()

    assert environment.production
    assert not environment.debug
    assert environment.log_json
    assert environment.database["HOST"] == "db.example.com"
    assert environment.database["OPTIONS"] == {"sslmode": "verify-full"}
    assert environment.mail_server == MailServer(
        host="mail.example.com", port=465, user="mailer", password="secret", tls=True, starttls=False
    )
    assert environment.stripe_api_base is None
    assert environment.sslcommerz_store_id == ""
    assert environment.legal_entity == "Example Learning Ltd"
    assert environment.legal_entity_address == "1 Example Street\nLondon"


def test_files_may_be_in_a_bucket_and_then_need_no_folder(environ: pytest.MonkeyPatch) -> None:
    environ.delenv("MEDIA_ROOT")
    environ.setenv("MEDIA_STORAGE", "s3")
    environ.setenv("S3_BUCKET", "skillwise-media")

    environment = read_environment()

    assert (environment.media_storage, environment.s3_bucket) == ("s3", "skillwise-media")
    assert environment.s3_endpoint_url is environment.s3_access_key_id is None
    assert not environment.video_renditions


def test_development_needs_nothing(environ: pytest.MonkeyPatch) -> None:
    for name in SAFE:
        environ.delenv(name)

    environment = read_environment()

    assert not environment.production
    assert not environment.debug
    assert environment.app_url == environment.public_url == "http://localhost:8000"


@pytest.mark.parametrize("given", [None, ""])
def test_whoever_gives_no_key_has_one_that_nobody_can_know(
    given: str | None, environ: pytest.MonkeyPatch
) -> None:
    environ.delenv("SKILLWISE_ENV")
    environ.delenv("SECRET_KEY")
    if given is not None:
        environ.setenv("SECRET_KEY", given)

    keys = {read_environment().secret_key for _ in range(2)}

    assert len(keys) == 2
    assert all(len(key) >= 50 for key in keys)


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_KEY",
        "DATABASE_URL",
        "REDIS_URL",
        "EMAIL_URL",
        "DEFAULT_FROM_EMAIL",
        "MEDIA_ROOT",
        "PUBLIC_URL",
        "ALLOWED_HOSTS",
        "LEGAL_ENTITY",
        "LEGAL_ENTITY_ADDRESS",
        "STRIPE_SECRET_KEY",
        "STRIPE_PUBLISHABLE_KEY",
        "STRIPE_WEBHOOK_SECRET",
    ],
)
def test_production_refuses_to_start_without(name: str, environ: pytest.MonkeyPatch) -> None:
    environ.delenv(name)

    with pytest.raises(UnsafeEnvironmentError, match=f"- {name} is missing"):
        read_environment()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DEBUG", "true", "DEBUG is on"),
        ("SECRET_KEY", "short", "SECRET_KEY is too simple"),
        ("SECRET_KEY", "ab" * 40, "SECRET_KEY is too simple"),
        ("SECRET_KEY", "django-insecure-" + "k3Yf0rTh3T3sts" * 4, "SECRET_KEY is one that everyone knows"),
        ("PUBLIC_URL", "http://api.example.com", "PUBLIC_URL is http://api.example.com"),
        ("APP_URL", "http://app.example.com", "APP_URL is http://app.example.com"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS holds a wildcard"),
        ("ALLOWED_HOSTS", "api.example.com,*", "ALLOWED_HOSTS holds a wildcard"),
        (
            "CORS_ALLOWED_ORIGINS",
            "http://app.example.com",
            "CORS_ALLOWED_ORIGINS holds http://app.example.com",
        ),
        ("MEDIA_ROOT", "media", "MEDIA_ROOT is media"),
        ("MEDIA_STORAGE", "s3", "S3_BUCKET is missing"),
        ("S3_ENDPOINT_URL", "http://minio.example.com", "S3_ENDPOINT_URL is http://minio.example.com"),
        ("S3_ACCESS_KEY_ID", "AKIAABC", "S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together"),
        ("STRIPE_SECRET_KEY", "sk_test_sandbox", "STRIPE_SECRET_KEY is a test key"),
        ("STRIPE_PUBLISHABLE_KEY", "pk_test_abc", "STRIPE_PUBLISHABLE_KEY is a test key"),
        ("STRIPE_API_BASE", "http://127.0.0.1:8100/stripe", "STRIPE_API_BASE is set"),
        ("STRIPE_WEBHOOK_SECRET", "sk_live_abc", "STRIPE_WEBHOOK_SECRET is no webhook's secret"),
        ("SSLCOMMERZ_STORE_ID", "skillwise", "SSLCOMMERZ_STORE_ID and SSLCOMMERZ_STORE_PASSWORD belong"),
        ("SSLCOMMERZ_STORE_PASSWORD", "secret", "SSLCOMMERZ_STORE_ID and SSLCOMMERZ_STORE_PASSWORD belong"),
        ("SSLCOMMERZ_API_BASE", "https://sandbox.sslcommerz.com", "SSLCOMMERZ_API_BASE is set"),
        ("TRUSTED_PROXIES", "0", "TRUSTED_PROXIES is 0"),
        ("EMAIL_URL", "smtp://mailer:secret@mail.example.com", "EMAIL_URL sends a password in the clear"),
    ],
)
def test_production_refuses_to_start_with(
    name: str, value: str, sentence: str, environ: pytest.MonkeyPatch
) -> None:
    environ.setenv(name, value)

    with pytest.raises(UnsafeEnvironmentError) as refusal:
        read_environment()

    assert f"- {sentence}" in str(refusal.value)
    assert str(refusal.value).count("\n- ") == 1


@pytest.mark.parametrize(
    "url", ["smtp://relay.internal:25", "smtp+starttls://mailer:secret@mail.example.com"]
)
def test_a_relay_that_asks_for_no_password_may_be_spoken_to_in_the_open(
    url: str, environ: pytest.MonkeyPatch
) -> None:
    environ.setenv("EMAIL_URL", url)

    assert read_environment().mail_server.host in url


def test_sslcommerz_is_offered_in_earnest_or_not_at_all(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("SSLCOMMERZ_STORE_PASSWORD", "skillwise@ssl")
    environ.setenv("SSLCOMMERZ_STORE_ID", "skillwiselive")
    assert read_environment().sslcommerz_store_id == "skillwiselive"

    environ.setenv("SSLCOMMERZ_STORE_ID", "sandbox")

    with pytest.raises(UnsafeEnvironmentError, match="SSLCOMMERZ_STORE_ID is the stand-in's"):
        read_environment()


def test_production_names_everything_that_is_wrong_at_once(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("DEBUG", "1")
    environ.delenv("REDIS_URL")

    with pytest.raises(UnsafeEnvironmentError) as refusal:
        read_environment()

    assert str(refusal.value).count("\n- ") == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SKILLWISE_ENV", "prod"),
        ("DEBUG", "perhaps"),
        ("TRUSTED_PROXIES", "one"),
        ("DATABASE_URL", "mysql://db.example.com/skillwise"),
        ("EMAIL_URL", "console://"),
        ("LOG_LEVEL", "CHATTY"),
        ("LEGAL_ENTITY", "x" * 101),
        ("LEGAL_ENTITY_TAX_ID", "x" * 41),
    ],
)
def test_a_value_that_cannot_be_read_is_named(name: str, value: str, environ: pytest.MonkeyPatch) -> None:
    environ.setenv(name, value)

    with pytest.raises(UnsafeEnvironmentError, match=name):
        read_environment()


@pytest.mark.usefixtures("environ")
def test_djangos_deployment_checks_find_nothing_in_production_settings() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "skillwise_host.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_a_server_refuses_to_start_in_production_and_says_why(environ: pytest.MonkeyPatch) -> None:
    environ.setenv("ALLOWED_HOSTS", "*")

    started = subprocess.run(
        [sys.executable, "-c", "import skillwise_host.wsgi"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "skillwise_host.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert started.returncode != 0
    assert "ALLOWED_HOSTS holds a wildcard" in started.stderr


@pytest.mark.parametrize("command", [["up", "--port", "0"], ["manage", "check", "--database", "default"]])
@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_no_embedded_server_stands_in_for_what_production_lacks(
    command: list[str], name: str, environ: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environ.delenv(name)

    refused = subprocess.run(
        [sys.executable, "-m", "skillwise_host.cli", command[0], "--data", tmp_path / "data", *command[1:]],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert refused.returncode == 1
    assert f"{name} is missing." in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not list((tmp_path / "data").rglob("*.log")), "a server was started"


def test_the_table_in_the_readme_has_every_variable_that_is_read_and_no_other() -> None:
    readme = Path(__file__).parents[2] / "README.md"

    rows = [line.split("|")[1] for line in readme.read_text().splitlines() if line.startswith("| `")]
    documented = {name for row in rows for name in re.findall(r"`([A-Z0-9_]+)`", row)}

    assert documented - {"PG_BIN"} == set(VARIABLES)
