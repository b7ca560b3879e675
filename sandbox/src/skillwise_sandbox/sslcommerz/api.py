"""SSLCOMMERZ's API as an ASGI application, mounted at /sslcommerz: credentials, faults, answers."""

import asyncio
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from .. import connections
from ..stripe.deliverer import Deliverer
from ..stripe.store import Store
from ..switches import SeenCall, Switches
from . import queries, refunds, sessions
from .work import Merchant, RefusedError, Work

SESSION_PATH = "/gwprocess/v4/api.php"
VALIDATION_PATH = "/validator/api/validationserverAPI.php"
TRANSACTION_PATH = "/validator/api/merchantTransIDvalidationAPI.php"
PATHS = {SESSION_PATH: "POST", VALIDATION_PATH: "GET", TRANSACTION_PATH: "GET"}

_LARGEST_BODY = 100_000
_OK = 200

# Which of the calls at TRANSACTION_PATH one is, by the first parameter that is there.
_BY_PARAMETER: dict[str, Callable[[Work, Mapping[str, str]], dict[str, Any]]] = {
    "bank_tran_id": refunds.create,
    "refund_ref_id": refunds.query,
    "sessionkey": queries.by_session,
    "tran_id": queries.by_transaction,
}


class SslcommerzApi:
    """Answers the addresses in `PATHS`. Whatever is wrong is said in the body: the status is always 200."""

    def __init__(self, store: Store, switches: Switches, deliverer: Deliverer, merchant: Merchant) -> None:
        self._store = store
        self._switches = switches
        self._deliverer = deliverer
        self._merchant = merchant

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = request.url.path.removeprefix("/sslcommerz")
        switch = self._switches.for_call(request.method, path)
        if switch is not None and switch.seconds:
            await asyncio.sleep(switch.seconds)
        if switch is not None and switch.mode == "before":
            await connections.drop(scope, receive)
            return
        if switch is not None and switch.mode == "status":
            # As its web server puts it when it is in trouble, with 200 too.
            status = switch.status
            response: Response = HTMLResponse("<html><body>The service is busy.</body></html>", status)
        else:
            status, answer = _OK, await self._answer(request, path)
            response = Response(json.dumps(answer, ensure_ascii=False), status, media_type="application/json")
        self._switches.seen.append(SeenCall(request.method, path, status, "", None, replayed=False))
        if switch is not None and switch.mode == "after":
            await connections.drop(scope, receive)
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request, path: str) -> dict[str, Any]:
        params = await _params(request)
        known = hmac.compare_digest(params.get("store_id", "").encode(), self._merchant.store_id.encode())
        opens = hmac.compare_digest(params.get("store_passwd", "").encode(), self._merchant.password.encode())
        if not (known and opens):
            return _turned_away(path)
        work = Work(
            store=self._store,
            switches=self._switches,
            merchant=self._merchant,
            public_url=f"{request.url.scheme}://{request.url.netloc}",
            now=time.time(),
        )
        try:
            with self._store.database.transaction():
                return _operation(path, params)(work, params)
        except RefusedError as error:
            return {"status": "FAILED", "failedreason": str(error), "sessionkey": "", "GatewayPageURL": ""}
        finally:
            self._deliverer.wake()


def _operation(path: str, params: Mapping[str, str]) -> Callable[[Work, Mapping[str, str]], dict[str, Any]]:
    if path == SESSION_PATH:
        return sessions.create
    if path == VALIDATION_PATH:
        return queries.validate
    return next((run for name, run in _BY_PARAMETER.items() if name in params), _nothing_asked)


def _nothing_asked(work: Work, params: Mapping[str, str]) -> dict[str, Any]:
    return {"APIConnect": "INVALID_REQUEST"}


def _turned_away(path: str) -> dict[str, Any]:
    """The answer to whoever does not show the store's id and password."""
    if path == SESSION_PATH:
        reason = "Store Credential Error Or Store is De-active"
        return {"status": "FAILED", "failedreason": reason, "sessionkey": "", "GatewayPageURL": ""}
    return {"APIConnect": "INVALID_REQUEST", "status": "INVALID_TRANSACTION"}


async def _params(request: Request) -> dict[str, str]:
    """The query's, or the form's; of a name that is there twice, the last."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            return {}
    text = request.url.query if request.method == "GET" else body.decode(errors="replace")
    return dict(parse_qsl(text, keep_blank_values=True))
