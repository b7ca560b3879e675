"""A program, not a module: becomes another program that ends when the process that launched this one ends.

    python -I -S launch.py UID GID SIGNAL PARENT COMMAND...

Run by path, before anything is installed or importable, so it uses the standard library alone. It stands
between `subprocess` and the command because a `preexec_fn` is unsafe in a process with threads, and because
changing the account clears the death signal: the order (groups, gid, uid, prctl, exec) matters.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    uid, gid, death_signal, parent = (int(argument) for argument in sys.argv[1:5])
    command = sys.argv[5:]
    if os.geteuid() == 0 and uid != 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:  # it ended before it could be watched
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - this is the program's purpose


if __name__ == "__main__":
    main()
