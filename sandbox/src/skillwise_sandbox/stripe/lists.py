"""Lists: newest first, paged by object id, filtered by time."""

from collections.abc import Callable, Mapping
from typing import Any

from .errors import invalid
from .store import Body
from .work import Call, referred

_DEFAULT = 10
_MOST = 100
_OPERATORS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def listing(
    call: Call,
    kind: str,
    url: str,
    *,
    where: Mapping[str, Any] | None = None,
    compare: tuple[tuple[str, str, object], ...] = (),
    keep: Callable[[Body], bool] | None = None,
    moments: tuple[str, ...] = (),
) -> Body:
    """One page of the objects of a kind as the call asks for it (`limit`, cursors, `created`).

    `where` and `compare` narrow it as `Store.select` says; `keep` is a further condition on the body;
    `moments` are further members that a call may compare as it does `created`.
    """
    limit = call.params.get("limit", _DEFAULT)
    if not 1 <= limit <= _MOST:
        raise invalid(
            f"This value must be greater than or equal to 1 and at most {_MOST}.",
            param="limit",
            code="parameter_invalid_integer",
        )
    after, before = call.params.get("starting_after"), call.params.get("ending_before")
    if after and before:
        raise invalid(
            "You cannot parameterize by both starting_after and ending_before.", param="ending_before"
        )
    bounds = [
        (f"$.{member}", _OPERATORS[name], value)
        for member in ("created", *moments)
        for name, value in call.params.get(member, {}).items()
    ]
    if after:
        bounds.append(("position", "<", referred(call, kind, after, "starting_after").position))
    if before:
        bounds.append(("position", ">", referred(call, kind, before, "ending_before").position))
    found = call.store.select(
        kind,
        where=where,
        compare=(*compare, *bounds),
        newest_first=not before,
        limit=-1 if keep else limit + 1,
    )
    bodies = [item.body for item in found if keep is None or keep(item.body)]
    page = bodies[:limit]
    if before:
        page.reverse()
    return {"object": "list", "data": page, "has_more": len(bodies) > limit, "url": url}
