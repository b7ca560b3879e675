"""A program: becomes another program that ends when the process that launched this one ends.

A module too, for processes that `multiprocessing` started.

    python -I -S launch.py UID GID SIGNAL PARENT COMMAND...

Run by path, before anything is installed or importable, so it uses the standard library alone. It stands
between `subprocess` and the command because a `preexec_fn` is unsafe in a process with threads, and because
changing the account clears the death signal: the order (groups, gid, uid, prctl, exec) matters.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def end_with(parent: int, death_signal: int) -> bool:
    """Have this process receive `death_signal` when its `parent` ends. False when that is not its
    parent, or has ended.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    return os.getppid() == parent


def main() -> None:
    uid, gid, death_signal, parent = (int(argument) for argument in sys.argv[1:5])
    command = sys.argv[5:]
    if os.geteuid() == 0 and uid != 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if not end_with(parent, death_signal):
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - this is the program's purpose


if __name__ == "__main__":
    main()
