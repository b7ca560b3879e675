"""Free TCP ports, the same on every run where that is possible."""

import socket
from dataclasses import dataclass, field

__all__ = ["PortTakenError", "Ports"]


class PortTakenError(RuntimeError):
    """The port that was asked for is not free."""


@dataclass(slots=True)
class Ports:
    """Ports that this process chose. No other stack chooses them as long as it lives, listened on or not.

    Between choosing a port and listening on it lie seconds, in which another stack may be looking for one. So
    each chosen port is also the name of an abstract unix socket: it is known wherever the port is, and ends
    with us.
    """

    _claims: list[socket.socket] = field(default_factory=list)

    def choose(self, *preferences: int, host: str) -> int:
        """The first of `preferences` that is free on `host`, or any port that is. A preference of 0 means
        none.
        """
        for preference in (*filter(None, preferences), 0):
            port = _free(preference, host)
            if port and self._claim(port):
                return port
        return self.choose(host=host)

    def release(self) -> None:
        """Gives up the claims; whoever listens goes on listening."""
        while self._claims:
            self._claims.pop().close()

    def _claim(self, port: int) -> bool:
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0skillwise-port-{port}")
        except OSError:
            claim.close()
            return False
        self._claims.append(claim)
        return True


def _free(port: int, host: str) -> int:
    """The port that binding to `port` gives (some other for 0), or 0 when it is taken."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return 0
        return int(probe.getsockname()[1])
