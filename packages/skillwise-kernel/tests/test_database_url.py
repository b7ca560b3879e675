"""A PostgreSQL address becomes Django's database settings."""

import pytest
from skillwise_kernel.database_url import database_settings


def test_every_part_of_an_address_is_understood() -> None:
    settings = database_settings("postgresql://ada:p%40ss@db.example.com:6432/school?sslmode=require")

    assert settings["ENGINE"] == "skillwise_kernel.postgresql"
    assert (settings["USER"], settings["PASSWORD"]) == ("ada", "p@ss")
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == ("db.example.com", "6432", "school")
    assert settings["OPTIONS"] == {"sslmode": "require"}


def test_a_unix_sockets_folder_is_a_host() -> None:
    settings = database_settings("postgresql://skillwise@/skillwise?host=/run/postgresql")

    assert settings["HOST"] == "/run/postgresql"
    assert settings["OPTIONS"] == {}


@pytest.mark.parametrize("url", ["mysql://db/school", "nonsense", "postgresql://db.example.com/", ""])
def test_what_is_no_address_of_a_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="PostgreSQL address"):
        database_settings(url)
