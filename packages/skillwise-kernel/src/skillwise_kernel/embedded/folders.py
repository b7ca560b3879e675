"""Where an embedded server keeps its data and its socket."""

import hashlib
import os
import stat
from pathlib import Path

from .accounts import Account, may_reach
from .errors import EmbeddedServerError

__all__ = ["MAX_SOCKET_PATH", "digest", "own_folder", "reachable_home", "shared_folder", "socket_folder"]

# sockaddr_un.sun_path holds 108 bytes, the closing NUL among them.
MAX_SOCKET_PATH = 107

_LASTING = Path("/var/tmp")  # noqa: S108 - `shared_folder` refuses what another user put there
_SHORT = Path("/tmp")  # noqa: S108 - the same


def reachable_home(wanted: Path, account: Account) -> Path:
    """`wanted`, or a stand-in below /var/tmp when the way there is closed to `account` (root's home is)."""
    if may_reach(account, wanted):
        wanted.mkdir(parents=True, exist_ok=True)
        return wanted
    return shared_folder(_LASTING / f"skillwise-{digest(wanted)}")


def socket_folder(home: Path, account: Account, *, longest_name: str) -> Path:
    """A folder closed to everyone but `account` (and root) in which a socket of that name can be bound.

    It is `home/run`, or a short stand-in below /tmp when the socket's path would exceed the kernel's limit.
    """
    folder = home / "run"
    if len(os.fsencode(folder / longest_name)) > MAX_SOCKET_PATH:
        folder = _SHORT / f"skillwise-{account.uid}-{digest(home)}"
    return own_folder(folder, account)


def own_folder(folder: Path, account: Account) -> Path:
    """`folder`, made if it was not there, owned by `account` and closed to others."""
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {os.geteuid(), account.uid}:
        raise EmbeddedServerError(
            f"{folder} belongs to someone else; remove it or choose another data folder."
        )
    if status.st_uid != account.uid:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)
    return folder


def shared_folder(folder: Path) -> Path:
    """`folder` in a place where all may write: made if it was not there, refused unless it is our own."""
    folder.mkdir(mode=0o755, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise EmbeddedServerError(
            f"{folder} belongs to someone else; remove it or choose another data folder."
        )
    folder.chmod(0o755)
    return folder


def digest(path: Path) -> str:
    """A short name for a path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
