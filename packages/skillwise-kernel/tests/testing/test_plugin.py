"""The plugin gives tests a real PostgreSQL and a real Valkey."""


import pytest
from django.core.cache import cache
from django.db import connection


@pytest.mark.django_db
def test_the_database_is_postgresql_18_in_utf8_and_utc() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), current_setting('server_encoding'), now()::text"
        )
        version, encoding, now = cursor.fetchone()

    assert version.startswith("18")
    assert encoding == "UTF8"
    assert now.endswith("+00")


def test_the_cache_is_there() -> None:
    cache.set("greeting", "hello")

    assert cache.get("greeting") == "hello"
