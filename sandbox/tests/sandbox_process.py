"""Starts the real thing: a sandbox in a process of its own, spoken to over HTTP and SMTP."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

PATIENCE = float(os.environ.get("SANDBOX_PATIENCE", "20"))
TO_START = 60.0


def eventually(condition: Any, *, what: str, seconds: float = PATIENCE) -> Any:
    """What `condition()` answers once it is true."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if answer := condition():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s in vain: {what}")


@dataclass
class Sandbox:
    """A sandbox over a data folder; `start` again after `kill` to see what it kept."""

    folder: Path
    arguments: list[str] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    addresses: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return str(self.addresses["http"])

    @property
    def api(self) -> str:
        return str(self.addresses["stripe_api_base"])

    def start(self, *arguments: str) -> "Sandbox":
        self.folder.mkdir(parents=True, exist_ok=True)
        told = self.folder / "addresses.json"
        told.unlink(missing_ok=True)
        command = [sys.executable, "-W", "error", "-m", "skillwise_sandbox", "--data", str(self.folder)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *self.arguments, *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        eventually(
            lambda: told.exists() or self.process.poll() is not None, what="addresses.json", seconds=TO_START
        )
        assert self.process.poll() is None, self.log()
        self.addresses = json.loads(told.read_text())
        return self

    def kill(self) -> None:
        """Kill it with -9."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end; answers its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Turn a switch."""
        answer = httpx.request(method, f"{self.url}/_control{path}", json=body if body is not None else {})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def deliveries(self, event: str | None = None) -> list[dict[str, Any]]:
        query = f"?event={event}" if event else ""
        return httpx.get(f"{self.url}/_control/deliveries{query}").json()["deliveries"]
