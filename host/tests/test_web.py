"""The web server by itself, as the README says to start it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psutil
import pytest
from skillwise_host.stack.ports import Ports

from .conftest import eventually


@contextmanager
def running_web(**environment: str) -> Iterator[tuple[psutil.Process, str]]:
    """It, and its address, with nothing to connect to."""
    ports = Ports()
    port = ports.choose(host="127.0.0.1")
    process = subprocess.Popen(
        [sys.executable, "-m", "skillwise_host.web", "--port", str(port), "skillwise_host.wsgi:application"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "skillwise_host.settings", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield psutil.Process(process.pid), f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait()
        ports.release()


def answers(site: str) -> bool | None:
    try:
        return httpx.get(f"{site}health/live").is_success or None
    except httpx.TransportError:
        return None


def workers_of(web: psutil.Process, *, without: int = 0) -> list[int]:
    return [child.pid for child in web.children() if child.pid != without]


def test_it_has_two_workers_and_forks_again_one_that_died() -> None:
    with running_web() as (web, site):
        eventually(lambda: answers(site), lambda: "no answer")
        first, second = workers_of(web)

        os.kill(first, signal.SIGKILL)

        eventually(lambda: len(workers_of(web, without=first)) == 2 or None, lambda: "one worker")
        assert second in workers_of(web)
        assert answers(site)


@pytest.mark.parametrize("workers", [1, 3])
def test_its_options_are_for_the_environment_to_say(workers: int) -> None:
    with running_web(GRANIAN_WORKERS=str(workers)) as (web, site):
        eventually(lambda: answers(site), lambda: "no answer")

        assert len(workers_of(web)) == workers
