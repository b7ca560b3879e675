"""Starting processes that end with the one that started them, and finding what a killed one left behind."""

import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from skillwise_kernel import launch

from .accounts import Account

__all__ = ["ending_with_parent", "processes_with"]


def ending_with_parent(
    command: Sequence[str],
    *,
    death_signal: signal.Signals = signal.SIGTERM,
    account: Account | None = None,
) -> list[str]:
    """The command that runs `command` (its program an absolute path) as a child of this very process, sends
    it `death_signal` when this process ends, however it ends, and runs it as `account` if this process is
    root's.

    The kernel counts the end of the thread that starts the child as the end of the parent: start it from one
    that stays.
    """
    uid, gid = (account.uid, account.gid) if account else (os.geteuid(), os.getegid())
    numbers = (uid, gid, int(death_signal), os.getpid())
    return [sys.executable, "-I", "-S", launch.__file__, *map(str, numbers), *command]


def processes_with(mark: str, *, of: str = "cmdline") -> list[int]:
    """The processes that have `mark` in their command line, or in another file of theirs below /proc.

    Anyone may read command lines; a process's `environ` is for its own user and root.
    """
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):  # it has ended, or is not ours to read
                if os.fsencode(mark) in (entry / of).read_bytes():
                    found.append(int(entry.name))
    return found
