"""HTTP connections that the sandbox can drop in the middle of a call, as a bad network does."""

import asyncio

from starlette.types import Receive, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_OPEN: dict[tuple[str, int], asyncio.Transport] = {}


class DroppableProtocol(H11Protocol):
    """uvicorn's protocol, which also remembers its connection by the client's address."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        if self.client is not None:
            _OPEN[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.client is not None:
            _OPEN.pop(self.client, None)


async def drop(scope: Scope, receive: Receive) -> None:
    """Close a call's connection without an answer."""
    transport = _OPEN.get(scope["client"])
    if transport is not None:
        transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
