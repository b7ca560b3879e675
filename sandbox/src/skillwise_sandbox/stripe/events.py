"""Events: what happened at Stripe, each a snapshot of the object it happened to."""

import copy
from typing import Any

from . import deliveries
from .lists import listing
from .parameters import EXPAND, LIST, array, boolean, moment_range, text
from .store import Body, new_id
from .work import Call, Work

# The shape that the stand-in's answers have, in Stripe's names for its versions.
API_VERSION = "2026-08-26.dahlia"

LIST_PARAMS = {
    **LIST,
    **EXPAND,
    "created": moment_range,
    "type": text,
    "types": array(text),
    "delivery_success": boolean,
}


def record(
    work: Work,
    kind: str,
    subject: Body,
    previous: dict[str, Any] | None = None,
    *,
    account: str | None = None,
) -> Body:
    """Write that something happened to an object, and queue the event for every endpoint that wants it.

    `previous` holds the members that an update changed, with their old values; `account` is the connected
    account that it happened at.
    """
    data: Body = {"object": copy.deepcopy(subject)}
    if previous is not None:
        data["previous_attributes"] = previous
    event: Body = {
        "id": new_id("evt"),
        "object": "event",
        "api_version": API_VERSION,
        "created": work.now,
        "data": data,
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": work.request_id, "idempotency_key": work.idempotency_key},
        "type": kind,
    }
    if account is not None:
        event["account"] = account
    work.store.add(event)
    deliveries.schedule(work, event)
    return event


def retrieve(call: Call) -> Body:
    """GET /v1/events/:id"""
    return _shown(call, call.addressed("event", "id").body)


def list_all(call: Call) -> Body:
    """GET /v1/events"""
    where: dict[str, Any] = {}
    if "type" in call.params:
        where["type"] = call.params["type"]
    if "types" in call.params:
        where["type"] = call.params["types"]
    keep = None
    if "delivery_success" in call.params:
        wanted = call.params["delivery_success"]

        def keep(body: Body) -> bool:
            return (deliveries.outstanding(call.store, body["id"]) == 0) is wanted

    page = listing(call, "event", "/v1/events", where=where, keep=keep)
    return page | {"data": [_shown(call, event) for event in page["data"]]}


def _shown(call: Call, event: Body) -> Body:
    return event | {"pending_webhooks": deliveries.outstanding(call.store, event["id"])}
