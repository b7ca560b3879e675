"""/_control: with what tests make calls and webhooks go wrong, and see what became of them."""

import dataclasses
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, get_args

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .database import Database
from .smtp.mailbox import Mailbox
from .sslcommerz.work import RefusedError
from .stripe import confirmation, deliveries, endpoints
from .stripe.deliverer import Deliverer
from .stripe.errors import StripeError
from .stripe.store import Store
from .stripe.work import Work
from .switches import CallMode, CallSwitch, Switches, WebhookMode, WebhookSwitch

_LARGEST_BODY = 100_000

_Table = Sequence[tuple[str, str, Callable[[Request, dict[str, Any]], Any]]]


class _BadRequestError(Exception):
    """The switch asked for does not exist; the message says why."""


class Control:
    """The switches over HTTP: JSON in and out. `more` are those of a single stand-in."""

    def __init__(
        self, store: Store, switches: Switches, deliverer: Deliverer, mailbox: Mailbox, more: _Table = ()
    ) -> None:
        self._store = store
        self._switches = switches
        self._deliverer = deliverer
        self._mailbox = mailbox
        self._more = more

    def routes(self) -> list[Route]:
        """All addresses, relative to /_control."""
        table: _Table = [
            ("GET", "/", self._show),
            ("POST", "/webhooks", self._set_webhooks),
            ("POST", "/calls", self._set_calls),
            ("POST", "/clear", self._clear),
            ("POST", "/reset", self._reset),
            ("PUT", "/webhook", self._configure),
            ("DELETE", "/webhook", self._unconfigure),
            ("GET", "/deliveries", self._deliveries),
            ("POST", "/deliveries/retry", self._retry),
            ("POST", "/events/{id}/resend", self._resend),
            ("POST", "/payment_intents/{id}/authenticate", self._authenticate),
            *self._more,
        ]
        return [Route(path, self._view(run), methods=[method]) for method, path, run in table]

    def _show(self, request: Request, body: dict[str, Any]) -> Any:
        """What is set, and the calls answered lately (oldest first)."""
        return dataclasses.asdict(self._switches) | {
            "seen": [dataclasses.asdict(call) for call in self._switches.seen]
        }

    def _set_webhooks(self, request: Request, body: dict[str, Any]) -> Any:
        """Set a WebhookSwitch, after those that are set already."""
        if isinstance(body.get("events"), list):
            body["events"] = tuple(body["events"])
        switch = _built(WebhookSwitch, body, get_args(WebhookMode))
        self._switches.webhooks.append(switch)
        return dataclasses.asdict(switch)

    def _set_calls(self, request: Request, body: dict[str, Any]) -> Any:
        """Set a CallSwitch, after those that are set already."""
        switch = _built(CallSwitch, body, get_args(CallMode))
        self._switches.calls.append(switch)
        return dataclasses.asdict(switch)

    def _clear(self, request: Request, body: dict[str, Any]) -> Any:
        """Everything behaves again; what is held or delayed is sent now."""
        self._switches.clear()
        return {"released": deliveries.retry_now(self._store.database)}

    def _reset(self, request: Request, body: dict[str, Any]) -> Any:
        """Forget everything but the endpoint of the command line."""
        self._switches.clear()
        self._mailbox.clear()
        _forget(self._store.database)
        return {}

    def _configure(self, request: Request, body: dict[str, Any]) -> Any:
        """Send events to `url`, signed with `secret`, instead of where the command line said."""
        url, secret = body.get("url"), body.get("secret")
        if not isinstance(url, str) or not isinstance(secret, str):
            raise _BadRequestError("url and secret are required, as texts")
        events = body.get("events", ["*"])
        return endpoints.configure(
            self._store, url=url, secret=secret, enabled_events=events, now=int(time.time())
        )

    def _unconfigure(self, request: Request, body: dict[str, Any]) -> Any:
        """Send nothing to the endpoint of the command line any more."""
        self._store.remove(endpoints.CONFIGURED)
        return {}

    def _deliveries(self, request: Request, body: dict[str, Any]) -> Any:
        """Deliveries, newest first; of one event with `?event=`."""
        rows = deliveries.recent(self._store.database, event=request.query_params.get("event"))
        return {"deliveries": rows}

    def _retry(self, request: Request, body: dict[str, Any]) -> Any:
        """Try every waiting delivery now."""
        return {"retried": deliveries.retry_now(self._store.database)}

    def _resend(self, request: Request, body: dict[str, Any]) -> Any:
        """Send an event once more."""
        found = self._store.find("event", request.path_params["id"])
        if found is None:
            raise _BadRequestError("no such event")
        with self._store.database.transaction():
            return {"endpoints": deliveries.resend(self._store, found.body)}

    def _authenticate(self, request: Request, body: dict[str, Any]) -> Any:
        """Pass (`{"succeeds": true}`) or fail 3-D Secure, as the cardholder would on the page."""
        succeeds = body.get("succeeds", True)
        found = self._store.find("payment_intent", request.path_params["id"])
        if found is None or found.body["status"] != "requires_action" or not isinstance(succeeds, bool):
            raise _BadRequestError("no intent of this id awaits authentication")
        work = Work(
            store=self._store,
            now=int(time.time()),
            public_url=str(request.base_url).rstrip("/"),
            switches=self._switches,
        )
        with self._store.database.transaction():
            return confirmation.authenticate(work, found.body, succeeds=succeeds)

    def _view(
        self, run: Callable[[Request, dict[str, Any]], Any]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def view(request: Request) -> Response:
            try:
                answer = run(request, await _body(request))
            except (_BadRequestError, RefusedError) as error:
                return JSONResponse({"error": str(error)}, 400)
            except StripeError as error:
                return JSONResponse({"error": error.message}, 400)
            self._deliverer.wake()
            return JSONResponse(answer)

        return view


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if not raw:
        return {}
    if len(raw) > _LARGEST_BODY:
        raise _BadRequestError("the body is too large")
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise _BadRequestError(f"the body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise _BadRequestError("the body is not a JSON object")
    return body


def _built(kind: Any, body: dict[str, Any], modes: tuple[str, ...]) -> Any:
    """A switch from JSON: known members, each of the type that the dataclass says."""
    if body.get("mode") not in modes:
        raise _BadRequestError(f"mode must be one of {', '.join(modes)}")
    accepted: dict[str, type | tuple[type, ...]] = {
        "events": tuple,
        "times": (int, type(None)),
        "seconds": (int, float),
        "copies": int,
        "count": int,
        "status": int,
    }
    names = {field.name for field in dataclasses.fields(kind)}
    for name, value in body.items():
        if name not in names:
            raise _BadRequestError(f"unknown member {name}; there are {', '.join(sorted(names))}")
        if isinstance(value, bool) or not isinstance(value, accepted.get(name, str)):
            raise _BadRequestError(f"{name} has the wrong type")
        if isinstance(value, (int, float)) and value < (0 if name == "seconds" else 1):
            raise _BadRequestError(f"{name} is too small")
    return kind(**body)


def _forget(database: Database) -> None:
    with database.transaction():
        database.execute("DELETE FROM objects WHERE id <> ?", (endpoints.CONFIGURED,))
        for table in ("idempotency", "settlements", "deliveries"):
            database.execute(f"DELETE FROM {table}")  # noqa: S608  (a name from the line above)
