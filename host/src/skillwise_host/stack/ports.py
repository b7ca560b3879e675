"""Free TCP ports, the same on every run where that is possible."""

import socket
from collections.abc import Mapping

__all__ = ["choose_ports"]


def choose_ports(
    wanted: Mapping[str, int], remembered: Mapping[str, int], *, hosts: Mapping[str, str], elsewhere: str
) -> dict[str, int]:
    """A free port for each name: the remembered one, else the wanted one, else any. A wanted 0 means any.

    `hosts` says on which address a name will listen, `elsewhere` is that of the others.
    """
    chosen: dict[str, int] = {}
    for name, preference in wanted.items():
        host = hosts.get(name, elsewhere)
        candidates = [port for port in (remembered.get(name, 0), preference) if port]
        ports = (_bound(port, host) for port in (*candidates, 0))
        chosen[name] = next(port for port in ports if port and port not in chosen.values())
    return chosen


def _bound(port: int, host: str) -> int:
    """The port that binding to `port` gives (another one for 0), or 0 when it is taken."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return 0
        return int(probe.getsockname()[1])
