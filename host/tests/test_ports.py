"""Ports are remembered, free, and nobody else's."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from skillwise_host.stack.ports import Ports

HOST = "127.0.0.1"


@pytest.fixture
def ports() -> Iterator[Ports]:
    ports = Ports()
    yield ports
    ports.release()


def test_the_first_preference_that_is_free_is_chosen(ports: Ports) -> None:
    with socket.create_server((HOST, 0)) as taken, socket.socket() as passing:
        passing.bind((HOST, 0))
        free = passing.getsockname()[1]
        passing.close()

        chosen = ports.choose(0, taken.getsockname()[1], free, host=HOST)

    assert chosen == free


def test_without_a_free_preference_any_free_port_is_chosen(ports: Ports) -> None:
    with socket.create_server((HOST, 0)) as taken:
        number = taken.getsockname()[1]

        chosen = ports.choose(number, host=HOST)

    assert chosen not in {0, number}


def test_a_chosen_port_is_nobody_elses_though_nothing_listens_on_it_yet(ports: Ports) -> None:
    mine = ports.choose(host=HOST)
    ask = f"from skillwise_host.stack.ports import Ports; print(Ports().choose({mine}, host='{HOST}'))"

    theirs = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)

    assert int(theirs.stdout) not in {0, mine}
