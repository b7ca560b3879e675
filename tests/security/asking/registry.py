"""How each row of the matrix is asked: a well-formed request, so that only permission decides."""

from collections.abc import Callable
from typing import Any

from security.world import World

Request = dict[str, Any]
Builder = Callable[[World, str], Request]

REQUESTS: dict[str, Builder] = {}
PASSWORD = "correct horse battery staple"


def ask(row: str, **names: Callable[[World], Any]) -> Callable[[Builder], Builder]:
    """Register the builder of a row. It answers what httpx takes; `names` fill the path's parameters."""

    def register(builder: Builder) -> Builder:
        def build(world: World, who: str) -> Request:
            path = row.split(" ")[1].format(**{name: find(world) for name, find in names.items()})
            return {"path": path, **builder(world, who)}

        assert row not in REQUESTS, f"{row} is asked twice"
        REQUESTS[row] = build
        return build

    return register


def plain(*rows: str, **names: Callable[[World], Any]) -> None:
    """Register rows whose request has no body."""
    for row in rows:
        ask(row, **names)(lambda world, who: {})


def with_body(row: str, body: Callable[[World], dict[str, Any]], **names: Callable[[World], Any]) -> None:
    ask(row, **names)(lambda world, who: {"json": body(world)})


def repeatable(request: Request) -> Request:
    return request | {"headers": {"Idempotency-Key": "one-key"}}
