"""`skillwise up` and what belongs to it, run as people run it: the command, in processes of its own."""

import os
import pwd
import signal
from collections.abc import Callable

import httpx
import pytest

from .conftest import Command, eventually, processes_of

pytestmark = pytest.mark.slow

# The cache does without a Valkey that is slow, so these two speak to it themselves.
_VALKEY = """
import redis
from django.conf import settings
valkey = redis.Redis.from_url(settings.CACHES["default"]["LOCATION"])
"""
KEEP = f"{_VALKEY}valkey.set('kept', 1)\nprint(valkey.execute_command('WAITAOF', 1, 0, 30_000))"
READ = f"{_VALKEY}print(valkey.get('kept'))"


def test_a_stack_comes_up_answers_and_goes_down_without_leaving_a_process(command: Command) -> None:
    up = command.run("up", "--detach", "--port", "0", "--fast")

    assert up.returncode == 0, up.stderr
    assert "/api/docs/" in up.stdout
    state = command.folder.read_state()
    assert state is not None
    site = state.urls["api"].removesuffix("/api/v1/")
    for path in ("/health/live", "/health/ready", "/api/v1/courses/", "/api/docs/", "/admin/login/"):
        assert httpx.get(site + path).status_code == 200, path
    assert httpx.get(state.urls["mail"]).status_code == 200
    assert httpx.get(state.urls["payments"]).status_code == 200
    assert httpx.get(state.urls["sslcommerz"]).status_code == 200

    status = command.run("status")
    assert status.returncode == 0
    assert {"postgres", "valkey", "web", "worker", "scheduler", "sandbox"} <= set(status.stdout.split())
    again = command.run("up")
    assert again.returncode == 1
    assert "already up" in again.stderr
    assert command.run("reset", "--yes").returncode == 1
    assert command.folder.path.joinpath("postgres").exists()

    down = command.run("down")

    assert down.returncode == 0, down.stderr
    assert processes_of(command.folder) == []
    assert command.run("status").returncode == 1
    assert command.run("reset").returncode == 1  # there is nobody to ask
    assert command.run("reset", "--yes").returncode == 0
    assert not command.folder.path.exists()


def test_what_dies_is_started_again_and_ctrl_c_stops_all_of_it(command: Command) -> None:
    up = command.up("--port", "0", "--fast")
    pids = {part.name: part.pid for part in up.state().processes}

    for name in ("web", "worker", "valkey"):
        os.kill(pids[name] or 0, signal.SIGKILL)

    def restarted() -> bool | None:
        state = command.folder.read_state()
        parts = {part.name: part for part in state.processes} if state else {}
        return all(parts[name].restarts == 1 for name in ("web", "worker", "valkey")) or None

    eventually(restarted, up.log)
    site = up.state().urls["api"].removesuffix("/api/v1/")
    eventually(lambda: _is_ok(f"{site}/health/ready") or None, up.log)

    up.process.send_signal(signal.SIGINT)  # the terminal's; then that of whoever runs us and passes it on
    assert up.stop(signal.SIGINT) == 0
    assert "ending everything at once" not in up.log()
    assert processes_of(command.folder) == []
    assert "everything has ended" in up.log()


def test_a_stack_killed_with_9_leaves_no_process_and_comes_up_again_with_its_data(command: Command) -> None:
    up = command.up("--port", "0")
    state = up.state()
    made = command.run("manage", "shell", "--command", KEEP)
    assert made.returncode == 0, made.stderr
    assert made.stdout.split("\n")[-2] == "[1, 0]", made.stdout  # on its disk

    up.stop(signal.SIGKILL)

    eventually(lambda: processes_of(command.folder) == [] or None, up.log)
    again = command.up()
    assert again.state().urls == state.urls  # the ports are free again, and remembered
    kept = command.run("manage", "shell", "--command", READ)
    assert kept.stdout.split()[-1] == "b'1'"
    assert again.stop(signal.SIGTERM) == 0
    assert again.log().count("The demonstration is there") == 1  # on first use alone


def test_two_stacks_run_side_by_side(new_command: Callable[[], Command]) -> None:
    one, other = new_command(), new_command()

    ups = [one.up("--fast"), other.up("--fast")]
    states = [up.state() for up in ups]

    assert states[0].urls["api"] != states[1].urls["api"]
    assert all(_is_ok(state.urls["api"].replace("/api/v1/", "/health/ready")) for state in states)
    assert [up.stop(signal.SIGTERM) for up in ups] == [0, 0]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_needs_nothing_more(command: Command) -> None:
    person = pwd.getpwnam("nobody")
    os.chown(command.folder.path, person.pw_uid, person.pw_gid)
    # Root's interpreter may be in a closed home: the person may look there, and nothing more.
    person_alone = ["setpriv", f"--reuid={person.pw_uid}", f"--regid={person.pw_gid}", "--clear-groups"]
    look_anywhere = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]
    command.prefix = [*person_alone, *look_anywhere, *command.prefix]
    command.environment["HOME"] = "/nonexistent"

    up = command.run("up", "--detach", "--port", "0", "--fast")

    assert up.returncode == 0, up.stderr
    assert {path.owner() for path in command.folder.path.iterdir()} == {"nobody"}
    assert command.run("down").returncode == 0


def _is_ok(url: str) -> bool:
    try:
        return httpx.get(url).json()["status"] == "ok"
    except httpx.TransportError:
        return False
