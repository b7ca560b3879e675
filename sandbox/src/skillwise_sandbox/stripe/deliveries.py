"""The queue of webhook deliveries: what is to be sent where, and what became of it.

One row for each event and endpoint (several when a switch doubles them). Times are unix seconds.
"""

import json
import time
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from ..database import Database
from ..switches import WebhookSwitch
from .store import Body, Found, Store
from .work import Work

# Stripe gives up on a live endpoint after three days.
_GIVE_UP_AFTER = 3 * 24 * 3600
_FIRST_RETRY = 0.5
_SLOWEST_RETRY = 30.0

# What may be attempted once it is due: not before the delivery that it comes after has been tried.
_READY = """
    deliveries d LEFT JOIN deliveries p ON p.id = d.after
    WHERE d.state = 'pending' AND (p.id IS NULL OR p.attempts > 0 OR p.state <> 'pending')
"""

# Before this version a PaymentIntent carried the list `charges` where it now carries `latest_charge`.
_LATEST_CHARGE_SINCE = "2022-11-15"


def schedule(work: Work, event: Body) -> None:
    """Queue an event for every enabled endpoint that asked for its type, as the switches say."""
    wanting = [
        endpoint
        for endpoint in work.store.select("webhook_endpoint", newest_first=False)
        if endpoint.body["status"] == "enabled" and _wants(endpoint, event["type"])
    ]
    for endpoint in wanting:
        switch = work.switches.for_event(event["type"])
        version = endpoint.body["api_version"] or event["api_version"]
        sent = event | {"pending_webhooks": len(wanting), "api_version": version}
        if switch is not None and switch.mode == "drift":
            sent = drifted(work.store, sent, switch.api_version)
        _queue(work.store.database, sent, endpoint.body["id"], switch)


def resend(store: Store, event: Body) -> int:
    """Queue an event once more for every endpoint that is enabled; answers to how many."""
    enabled = store.select("webhook_endpoint", where={"status": "enabled"}, newest_first=False)
    for endpoint in enabled:
        version = endpoint.body["api_version"] or event["api_version"]
        sent = event | {"pending_webhooks": len(enabled), "api_version": version}
        _queue(store.database, sent, endpoint.body["id"], None)
    return len(enabled)


def queue(
    database: Database,
    *,
    event: str,
    event_type: str,
    endpoint: str,
    payload: str,
    switch: WebhookSwitch | None,
) -> None:
    """Queue what an endpoint is told, as the switch says. `endpoint` is an endpoint's id, or an address."""
    now = time.time()
    state, due, copies = "pending", now, 1
    if switch is not None:
        state = {"drop": "dropped", "reorder": "held"}.get(switch.mode, "pending")
        due = now + switch.seconds if switch.mode in ("delay", "reorder") else now
        copies = switch.copies if switch.mode == "double" else 1
    for _ in range(copies):
        database.execute(
            "INSERT INTO deliveries (event, type, endpoint, payload, state, due, created) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (event, event_type, endpoint, payload, state, due, now),
        )
    if switch is not None and switch.mode == "reorder":
        held = database.execute("SELECT count(*) AS n FROM deliveries WHERE state = 'held'").fetchone()["n"]
        if held >= switch.count:
            _release_held(database, now)


def outstanding(store: Store, event: str) -> int:
    """To how many endpoints an event has still to be delivered."""
    row = store.database.execute(
        "SELECT count(DISTINCT endpoint) AS n FROM deliveries "
        "WHERE event = ? AND state IN ('pending', 'held')",
        (event,),
    ).fetchone()
    return int(row["n"])


def drifted(store: Store, event: Body, api_version: str) -> Body:
    """The event as an endpoint of another API version would receive it."""
    data = event["data"]
    subject = dict(data["object"])
    if api_version < _LATEST_CHARGE_SINCE and subject["object"] == "payment_intent":
        latest = subject.pop("latest_charge")
        charges = [store.get("charge", latest)] if latest else []
        url = f"/v1/charges?payment_intent={subject['id']}"
        subject["charges"] = {"object": "list", "data": charges, "has_more": False, "url": url}
    return event | {"api_version": api_version, "data": data | {"object": subject}}


def take_due(database: Database, now: float, limit: int) -> list[dict[str, Any]]:
    """The deliveries to attempt now, oldest first; held ones whose time is up are let go before."""
    if database.execute("SELECT 1 FROM deliveries WHERE state = 'held' AND due <= ?", (now,)).fetchone():
        with database.transaction():
            _release_held(database, now)
    rows = database.execute(
        f"SELECT d.* FROM {_READY} AND d.due <= ? ORDER BY d.due, d.id LIMIT ?",  # noqa: S608  (a constant)
        (now, limit),
    )
    return [dict(row) for row in rows]


def next_due(database: Database, *, besides: Sequence[int]) -> float | None:
    """When the next delivery is due, if any waits besides those that are being attempted."""
    marks = ", ".join("?" for _ in besides)
    row = database.execute(
        f"SELECT min(due) AS due FROM (SELECT d.due FROM {_READY} AND d.id NOT IN ({marks}) "  # noqa: S608  (as above)
        "UNION ALL SELECT due FROM deliveries WHERE state = 'held')",
        tuple(besides),
    ).fetchone()
    return None if row["due"] is None else float(row["due"])


def settle(database: Database, delivery: dict[str, Any], *, status: int | None, error: str | None) -> None:
    """Write what an attempt came to: any 2xx is the end of it, anything else is tried again, later."""
    now = time.time()
    attempts = delivery["attempts"] + 1
    if status is not None and 200 <= status < 300:  # noqa: PLR2004  (2xx)
        state, due = "delivered", delivery["due"]
    elif now - delivery["created"] > _GIVE_UP_AFTER:
        state, due = "failed", delivery["due"]
    else:
        state, due = "pending", now + min(_FIRST_RETRY * 2 ** min(attempts - 1, 16), _SLOWEST_RETRY)
    database.execute(
        """
        UPDATE deliveries SET state = ?, due = ?, attempts = ?, last_status = ?, last_error = ?, last_at = ?
        WHERE id = ?
        """,
        (state, due, attempts, status, error, now, delivery["id"]),
    )


def retry_now(database: Database) -> int:
    """Make every waiting delivery due at once; answers how many."""
    return database.execute(
        "UPDATE deliveries SET state = 'pending', due = ? WHERE state IN ('pending', 'held')", (time.time(),)
    ).rowcount


def recent(database: Database, *, event: str | None = None, limit: int = 200) -> list[dict[str, Any]]:
    """Deliveries, newest first, without their payload."""
    columns = "id, event, type, endpoint, state, due, attempts, last_status, last_error, last_at, created"
    sql = f"SELECT {columns} FROM deliveries WHERE ? IS NULL OR event = ? ORDER BY id DESC LIMIT ?"  # noqa: S608
    return [dict(row) for row in database.execute(sql, (event, event, limit))]


def _wants(endpoint: Found, event_type: str) -> bool:
    return any(fnmatchcase(event_type, pattern) for pattern in endpoint.body["enabled_events"])


def _queue(database: Database, event: Body, endpoint: str, switch: WebhookSwitch | None) -> None:
    queue(
        database,
        event=event["id"],
        event_type=event["type"],
        endpoint=endpoint,
        payload=json.dumps(event, indent=2, ensure_ascii=False),
        switch=switch,
    )


def _release_held(database: Database, now: float) -> None:
    """Let the held deliveries go, last first, each after the one before it has been tried."""
    previous = None
    for row in database.execute("SELECT id FROM deliveries WHERE state = 'held' ORDER BY id DESC").fetchall():
        database.execute(
            "UPDATE deliveries SET state = 'pending', due = ?, after = ? WHERE id = ?",
            (now, previous, row["id"]),
        )
        previous = row["id"]
