"""`expand[]`: objects in the place of their ids."""

import copy
from typing import Any

from .errors import invalid
from .store import Body, Store

_DEEPEST = 4

# For each kind of object, the members that hold an id, and of what kind of object.
_LINKS: dict[str, dict[str, tuple[str, ...]]] = {
    "payment_intent": {
        "customer": ("customer",),
        "payment_method": ("payment_method",),
        "latest_charge": ("charge",),
    },
    "charge": {
        "customer": ("customer",),
        "payment_intent": ("payment_intent",),
        "balance_transaction": ("balance_transaction",),
        "failure_balance_transaction": ("balance_transaction",),
    },
    "refund": {
        "charge": ("charge",),
        "payment_intent": ("payment_intent",),
        "balance_transaction": ("balance_transaction",),
        "failure_balance_transaction": ("balance_transaction",),
    },
    "balance_transaction": {
        "source": ("charge", "refund", "dispute", "transfer", "transfer_reversal", "payout")
    },
    "dispute": {"charge": ("charge",), "payment_intent": ("payment_intent",)},
    "payment_method": {"customer": ("customer",)},
    "transfer": {
        "balance_transaction": ("balance_transaction",),
        "destination": ("account",),
        "source_transaction": ("charge",),
    },
    "transfer_reversal": {
        "balance_transaction": ("balance_transaction",),
        "transfer": ("transfer",),
    },
    "checkout.session": {"customer": ("customer",), "payment_intent": ("payment_intent",)},
    "payout": {"balance_transaction": ("balance_transaction",)},
}


def expanded(store: Store, body: Body, paths: list[str]) -> Body:
    """The answer with every path (`latest_charge.balance_transaction`, `data.customer`) expanded."""
    if not paths:
        return body
    body = copy.deepcopy(body)
    for path in paths:
        steps = path.split(".")
        depth = len(steps) - (1 if steps[0] == "data" else 0)
        if depth > _DEEPEST:
            raise invalid(f"You cannot expand more than {_DEEPEST} levels of a property. Property: {path}.")
        _expand(store, body, steps, path)
    return body


def _expand(store: Store, node: Any, steps: list[str], path: str) -> None:
    step, *rest = steps
    if node.get("object") == "list" and step == "data":
        if not rest:
            raise _refusal(path)
        for item in node["data"]:
            _expand(store, item, rest, path)
        return
    if node.get("object") == "charge" and step == "refunds":
        node["refunds"] = _refunds(store, node["id"])
    elif node.get("object") == "checkout.session" and step == "line_items":
        node["line_items"] = _line_items(store, node["id"])
    elif step in _LINKS.get(node.get("object", ""), {}):
        _replace(store, node, step)
    else:
        raise _refusal(path)
    if rest and isinstance(node.get(step), dict):
        _expand(store, node[step], rest, path)


def _replace(store: Store, node: Body, member: str) -> None:
    """Put the object where its id stands; nothing stands there when it is null or already expanded."""
    identifier = node.get(member)
    if isinstance(identifier, str):
        kinds = _LINKS[node["object"]][member]
        found = next(found for kind in kinds if (found := store.find(kind, identifier)))
        node[member] = found.body


def _refunds(store: Store, charge: str) -> Body:
    found = store.select("refund", where={"charge": charge}, limit=11)
    data = [item.body for item in found[:10]]
    return {
        "object": "list",
        "data": data,
        "has_more": len(found) > len(data),
        "url": f"/v1/charges/{charge}/refunds",
    }


def _line_items(store: Store, session: str) -> Body:
    found = store.find("checkout.session", session)
    items = found.private["line_items"] if found else []
    url = f"/v1/checkout/sessions/{session}/line_items"
    return {"object": "list", "data": items[:10], "has_more": len(items) > 10, "url": url}  # noqa: PLR2004


def _refusal(path: str) -> Exception:
    return invalid(f"This property cannot be expanded ({path}).", param="expand")
