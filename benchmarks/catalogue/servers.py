"""PostgreSQL, Valkey and the web server, as `skillwise up` runs them, and what they use of the machine."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
from skillwise_host.stack.plan import web_program
from skillwise_host.stack.ports import Ports
from skillwise_kernel.embedded import EmbeddedPostgres, EmbeddedServer, EmbeddedValkey, ending_with_parent

from benchmarks.catalogue.contestants import FOLDER_VARIABLE

__all__ = ["Data", "Servers", "Usage", "running_data", "running_web"]

ROOT: Final = Path(__file__).parents[2]
_HOST: Final = "127.0.0.1"
_READY_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU milliseconds since their start, of all processes of each part."""

    app: float
    database: float
    cache: float

    def __sub__(self, before: "Usage") -> "Usage":
        return Usage(self.app - before.app, self.database - before.database, self.cache - before.cache)


@dataclass(frozen=True, slots=True)
class Data:
    """The servers that the web server needs, and the environment that says where they are."""

    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey
    environment: dict[str, str]


@dataclass(frozen=True, slots=True)
class Servers:
    """All of it, running."""

    data: Data
    host: str
    port: int
    web: psutil.Process
    answers: Path

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}/"

    def usage(self) -> Usage:
        return Usage(
            app=_cpu_milliseconds(self.web),
            database=_cpu_milliseconds(_process_of(self.data.postgres)),
            cache=_cpu_milliseconds(_process_of(self.data.valkey)),
        )

    def workers_pss(self) -> int:
        """Bytes of the web server's workers, each page that several processes share counted in part."""
        return sum(worker.memory_full_info().pss for worker in self.web.children())


@contextmanager
def running_data(folder: Path) -> Iterator[Data]:
    """PostgreSQL and Valkey in this folder."""
    folder.chmod(0o711)  # the account that the servers run as passes through
    with EmbeddedPostgres(folder, fast=True) as postgres, EmbeddedValkey(folder, fast=True) as valkey:
        yield Data(postgres, valkey, {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url})


@contextmanager
def running_web(data: Data, *, answers: Path) -> Iterator[Servers]:
    """The web server on these, once it answers. `answers` is where the bare view finds what to say."""
    ports = Ports()
    port = ports.choose(host=_HOST)
    with (answers / "web.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            ending_with_parent(web_program(_HOST, port).command),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, FOLDER_VARIABLE: str(answers)},
        )
    try:
        _await_ready(process, port, answers / "web.log")
        yield Servers(data, _HOST, port, psutil.Process(process.pid), answers)
    finally:
        process.terminate()
        process.wait()
        ports.release()


def _await_ready(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection(_HOST, port, timeout=10)
        try:
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    sys.exit(f"The web server did not come up:\n{log.read_text(errors='replace')[-4000:]}")


def _process_of(server: EmbeddedServer) -> psutil.Process:
    if server.pid is None:
        raise RuntimeError(f"{server.name} has ended")
    return psutil.Process(server.pid)


def _cpu_milliseconds(process: psutil.Process) -> float:
    """Of the process and all below it. Those that ended meanwhile are in their parents' account."""
    total = 0.0
    for member in (process, *process.children(recursive=True)):
        try:
            times = member.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total * 1000
