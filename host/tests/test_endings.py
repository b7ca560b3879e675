"""A stack ends whole, whatever its processes write and however long they take."""

import io
import sys
from pathlib import Path

import pytest
from skillwise_host.stack import ephemeral
from skillwise_host.stack.folder import StackFolder
from skillwise_host.stack.logs import PrefixedLog
from skillwise_host.stack.plan import Plan, Program
from skillwise_host.stack.ports import Ports
from skillwise_host.stack.supervisor import Supervisor

CHATTERBOX = """
import os, signal, time
try:
    print("x" * 3_000_000, flush=True)
    print("the line after", flush=True)
finally:
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(60)
"""

STUBBORN = """
import os, signal, sys, time
from pathlib import Path
from skillwise_host.stack.folder import StackFolder, StackState

folder = StackFolder(Path(sys.argv[1]))
signal.signal(signal.SIGTERM, signal.SIG_IGN)
with folder.held():
    folder.write_state(StackState(pid=os.getpid(), ready=True, urls={}, environment={}))
    time.sleep(60)
"""


def test_a_line_without_end_is_left_out_and_stops_nothing(tmp_path: Path) -> None:
    written = io.StringIO()
    plan = Plan(
        folder=StackFolder(tmp_path),
        production=False,
        urls={},
        probes=[],
        own_environment={},
        environment={"PUBLIC_URL": "http://localhost"},
        servers=[],
        preparation=[],
        programs=[Program("web", [sys.executable, "-c", CHATTERBOX])],
        ports=Ports(),
    )

    Supervisor(plan, PrefixedLog(written), announce=lambda: None).run()

    assert "web       | the line after\n" in written.getvalue()
    assert "a line of more than 1 MiB was left out" in written.getvalue()
    assert "everything has ended" in written.getvalue()


def test_a_stack_that_does_not_end_when_asked_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ephemeral, "_STOP_SECONDS", 0.2)
    monkeypatch.setattr(
        ephemeral, "up_command", lambda folder, *_: [sys.executable, "-c", STUBBORN, str(folder.path)]
    )

    with ephemeral.ephemeral_stack() as state:
        pid = state.pid

    assert not Path(f"/proc/{pid}").exists()
