"""As whom the servers run: as whoever starts them, except that root lends them an unprivileged account."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Account", "may_reach", "server_account"]


@dataclass(frozen=True, slots=True)
class Account:
    """A user and its primary group, by number."""

    uid: int
    gid: int


def server_account(existing_data: Path) -> Account:
    """The account to run servers as.

    PostgreSQL refuses to run as root. Root therefore runs them as the owner of the data that is already there
    (an ordinary user's, say), and otherwise as `nobody`, which every Linux has: no account is added.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if existing_data.exists() and (owner := existing_data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def may_reach(account: Account, path: Path) -> bool:
    """Whether `account` may pass through every folder above `path` and enter or execute it, if it is there.

    Judged by the permission bits alone (no supplementary groups), as the servers are started without any.
    """
    resolved = path.resolve()
    for step in (*reversed(resolved.parents), resolved):
        if not step.exists():
            return True
        status = step.stat()
        if status.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif status.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not status.st_mode & needed:
            return False
    return True
