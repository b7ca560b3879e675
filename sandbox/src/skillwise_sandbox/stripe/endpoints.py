"""Webhook endpoints: /v1/webhook_endpoints, and the one that the command line names."""

from collections.abc import Iterable

import httpx

from .errors import invalid
from .lists import listing
from .parameters import EXPAND, LIST, array, boolean, merged, metadata, text
from .store import Body, Store, new_id, random_text
from .work import Call

CREATE_PARAMS = {
    **EXPAND,
    "api_version": text,
    "description": text,
    "enabled_events": array(text),
    "metadata": metadata,
    "url": text,
}
UPDATE_PARAMS = {
    **EXPAND,
    "description": text,
    "disabled": boolean,
    "enabled_events": array(text),
    "metadata": metadata,
    "url": text,
}
LIST_PARAMS = {**LIST, **EXPAND}

CONFIGURED = "we_configured"


def create(call: Call) -> Body:
    """POST /v1/webhook_endpoints; the only answer that shows the signing secret."""
    params = call.params
    endpoint = _endpoint(new_id("we"), _url(params["url"]), params["enabled_events"], call.now)
    endpoint |= {
        "api_version": params.get("api_version"),
        "description": params.get("description"),
        "metadata": merged({}, params.get("metadata")),
    }
    secret = "whsec_" + random_text(32)
    call.store.add(endpoint, {"secret": secret})
    return endpoint | {"secret": secret}


def retrieve(call: Call) -> Body:
    """GET /v1/webhook_endpoints/:id"""
    return call.addressed("webhook_endpoint", "id").body


def update(call: Call) -> Body:
    """POST /v1/webhook_endpoints/:id"""
    endpoint, params = call.addressed("webhook_endpoint", "id").body, call.params
    if "url" in params:
        endpoint["url"] = _url(params["url"])
    if "enabled_events" in params:
        endpoint["enabled_events"] = params["enabled_events"]
    if "description" in params:
        endpoint["description"] = params["description"]
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    if "metadata" in params:
        endpoint["metadata"] = merged(endpoint["metadata"], params["metadata"])
    call.store.save(endpoint)
    return endpoint


def delete(call: Call) -> Body:
    """DELETE /v1/webhook_endpoints/:id"""
    endpoint = call.addressed("webhook_endpoint", "id").body
    call.store.remove(endpoint["id"])
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


def list_all(call: Call) -> Body:
    """GET /v1/webhook_endpoints"""
    return listing(call, "webhook_endpoint", "/v1/webhook_endpoints")


def configure(store: Store, *, url: str, secret: str, enabled_events: Iterable[str], now: int) -> Body:
    """Make `we_configured` the endpoint with this address and this secret, replacing the one before."""
    endpoint = _endpoint(CONFIGURED, _url(url), list(enabled_events), now)
    endpoint["description"] = "The endpoint that the sandbox was started or told to send to."
    if store.find("webhook_endpoint", CONFIGURED):
        store.save(endpoint, {"secret": secret})
    else:
        store.add(endpoint, {"secret": secret})
    return endpoint


def _endpoint(identifier: str, url: str, enabled_events: list[str], now: int) -> Body:
    return {
        "id": identifier,
        "object": "webhook_endpoint",
        "api_version": None,
        "application": None,
        "created": now,
        "description": None,
        "enabled_events": enabled_events,
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": url,
    }


def _url(given: str | None) -> str:
    try:
        parsed = httpx.URL(given or "")
    except httpx.InvalidURL:
        parsed = httpx.URL()
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise invalid(f"Invalid URL: {given}", param="url", code="url_invalid")
    return str(given)
