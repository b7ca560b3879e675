"""What a probe hears."""

from typing import Any

import pytest
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ConnectionHandler
from skillwise_kernel import health
from skillwise_kernel.testing.client import ApiClient


def ready(api: ApiClient) -> tuple[int, dict[str, Any]]:
    response = api.get("/health/ready")
    assert "no-store" in response["Cache-Control"]
    return response.status_code, api.json(response)


def test_a_process_that_answers_is_alive_whatever_else_is_down(api: ApiClient, valkey_down: None) -> None:
    response = api.get("/health/live")  # no database either: this test was given none

    assert (response.status_code, api.json(response)) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_with_everything_up_it_is_ready(api: ApiClient) -> None:
    assert ready(api) == (
        200,
        {"status": "ok", "checks": {"database": "ok", "migrations": "ok", "cache": "ok", "broker": "ok"}},
    )


@pytest.mark.django_db
def test_without_valkey_it_is_degraded_but_serves(api: ApiClient, valkey_down: None) -> None:
    status, body = ready(api)

    assert (status, body["status"]) == (200, "degraded")
    assert body["checks"] == {
        "database": "ok",
        "migrations": "ok",
        "cache": "down: ConnectionError",
        "broker": "down: ConnectionError",
    }


@pytest.mark.django_db
def test_without_the_database_it_is_unavailable_and_tells_no_address(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = {**connections["default"].settings_dict, "HOST": "/nonexistent", "PORT": ""}
    monkeypatch.setattr(health, "connection", ConnectionHandler({"default": dead})["default"])

    status, body = ready(api)

    assert (status, body["status"]) == (503, "unavailable")
    assert body["checks"] == {"database": "down: OperationalError", "cache": "ok", "broker": "ok"}


@pytest.mark.django_db
def test_with_migrations_still_to_run_it_is_unavailable(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health._migrations, "complete", False)
    MigrationRecorder.Migration.objects.filter(app="skillwise_kernel").delete()

    status, body = ready(api)

    assert (status, body["status"]) == (503, "unavailable")
    assert body["checks"]["migrations"] == "pending"


@pytest.mark.django_db
def test_once_migrated_the_migrations_are_not_read_again(
    api: ApiClient, django_assert_num_queries: Any
) -> None:
    ready(api)

    with django_assert_num_queries(1):
        ready(api)


def test_a_probe_only_looks(api: ApiClient) -> None:
    assert api.post("/health/live").status_code == 405
    assert api.head("/health/live").status_code == 200
