"""Stripe's API as an ASGI application, mounted at /stripe: keys, parameters, idempotency, faults, errors."""

import asyncio
import json
import time
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .. import connections
from ..switches import CallSwitch, SeenCall, Switches
from . import auth, expand, forms, operations, parameters
from .deliverer import Deliverer
from .errors import CardError, RejectedError, StripeError, malformed
from .events import API_VERSION
from .idempotency import IdempotencyKeys
from .store import Store, new_id
from .work import Call

_LARGEST_BODY = 1_000_000
# The fault that befalls a call after its work has begun: its answer is kept under the idempotency key.
_KEPT_FAULT = 500


@dataclass(frozen=True)
class _Answer:
    status: int
    text: str
    replay_of: str | None = None


class StripeApi:
    """Answers every address below /stripe/v1."""

    def __init__(self, store: Store, switches: Switches, deliverer: Deliverer) -> None:
        self._store = store
        self._switches = switches
        self._deliverer = deliverer
        self._keys = IdempotencyKeys(store.database)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        method, path = request.method, _path(request)
        request_id = new_id("req", 14)
        switch = self._switches.for_call(method, path)
        if switch is not None and switch.mode != "slow" and switch.seconds:
            await asyncio.sleep(switch.seconds)
        if switch is not None and switch.mode == "before":
            await connections.drop(scope, receive)
            return
        if switch is not None and switch.mode == "status" and switch.status != _KEPT_FAULT:
            answer = _rendered(switch.status, _fault(switch.status).body())
        else:
            answer = await self._answer(request, request_id, switch)
        idempotency_key = request.headers.get("idempotency-key")
        replayed = answer.replay_of is not None
        self._switches.seen.append(
            SeenCall(method, path, answer.status, request_id, idempotency_key, replayed)
        )
        if switch is not None and switch.mode == "after":
            await connections.drop(scope, receive)
            return
        headers = {
            "Request-Id": request_id,
            "Stripe-Version": request.headers.get("stripe-version", API_VERSION),
            "Cache-Control": "no-cache, no-store",
            "Access-Control-Allow-Origin": "*",
        }
        if idempotency_key and method == "POST":
            headers["Idempotency-Key"] = idempotency_key.encode("ascii", "replace").decode()
            headers["Original-Request"] = answer.replay_of or request_id
        if replayed:
            headers["Idempotent-Replayed"] = "true"
        if answer.status == 401:  # noqa: PLR2004  (Unauthorized)
            headers["WWW-Authenticate"] = 'Bearer realm="Stripe"'
        response = Response(answer.text, answer.status, headers, "application/json")
        await response(scope, receive, send)

    async def _answer(self, request: Request, request_id: str, switch: CallSwitch | None) -> _Answer:
        pause = switch.seconds if switch is not None and switch.mode == "slow" else 0.0
        fault = _fault(switch.status) if switch is not None and switch.mode == "status" else None
        try:
            given = forms.decode(await _text(request))
            operation, call = self._understood(request, given, request_id)
            key = call.idempotency_key
            if key is None:
                await asyncio.sleep(pause)
                return self._carried_out(operation, call, given, fault)
            replay = self._keys.begin(key, _path(request), given, call.now)
            if replay is not None:
                return _Answer(replay.status, replay.answer, replay.request_id)
            try:
                await asyncio.sleep(pause)
                return self._carried_out(operation, call, given, fault)
            finally:
                self._keys.end(key)
        except StripeError as error:
            return _rendered(error.status, error.body())
        finally:
            self._deliverer.wake()

    def _understood(
        self, request: Request, given: dict[str, Any], request_id: str
    ) -> tuple[operations.Operation, Call]:
        """The operation that a request asks for, its caller allowed to, its parameters well-formed."""
        now, method, path = int(time.time()), request.method, _path(request)
        caller = auth.identify(request.headers.get("authorization"), given, self._store, now)
        found = operations.match(method, path)
        if found is None:
            raise RejectedError(
                404,
                "invalid_request_error",
                f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can "
                "help at https://support.stripe.com/. (The sandbox stands in for a part of Stripe only.)",
            )
        operation, named = found
        auth.demand(caller, operation.also)
        call = Call(
            store=self._store,
            now=now,
            public_url=str(request.base_url).rstrip("/"),
            switches=self._switches,
            request_id=request_id,
            idempotency_key=(request.headers.get("idempotency-key") or None) if method == "POST" else None,
            key=caller,
            params=parameters.read(given, operation.params, operation.required),
            path=named,
            api_version=request.headers.get("stripe-version"),
        )
        return operation, call

    def _carried_out(
        self, operation: operations.Operation, call: Call, given: dict[str, Any], fault: StripeError | None
    ) -> _Answer:
        """Do the work, or meet the `fault` instead, and keep the answer under the call's key, both in one
        transaction.

        What an error leaves behind is undone; what a refused payment leaves behind stays.
        """
        try:
            with self._store.database.transaction():
                try:
                    if fault is not None:
                        raise fault
                    body = operation.run(call)
                    answer = _rendered(
                        200, expand.expanded(self._store, body, call.params.get("expand") or [])
                    )
                except CardError as refusal:
                    answer = _rendered(refusal.status, refusal.body())
                self._keep(operation, call, given, answer)
        except RejectedError:
            raise
        except StripeError as error:
            answer = _rendered(error.status, error.body())
            self._keep(operation, call, given, answer)
        return answer

    def _keep(
        self, operation: operations.Operation, call: Call, given: dict[str, Any], answer: _Answer
    ) -> None:
        if call.idempotency_key is not None:
            self._keys.keep(
                call.idempotency_key,
                operation.template.format(**call.path),
                given,
                status=answer.status,
                answer=answer.text,
                request_id=call.request_id or "",
                now=call.now,
            )


def _path(request: Request) -> str:
    """The path below /stripe."""
    return "/v1/" + str(request.path_params["path"]).rstrip("/")


async def _text(request: Request) -> str:
    """The parameters as they came: the query's, then the form's."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise malformed("Request body is too large.")
    if b"\x00" in body:
        raise malformed("Invalid request: the body contains a NUL.")
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and content_type != "application/x-www-form-urlencoded":
        raise malformed(
            "Invalid request (check that your POST content type is application/x-www-form-urlencoded): "
            f"{content_type}"
        )
    try:
        form = body.decode()
    except UnicodeDecodeError as error:
        raise malformed("Invalid request: the body is not UTF-8.") from error
    return "&".join(part for part in (request.url.query, form) if part)


def _rendered(status: int, body: Any) -> _Answer:
    return _Answer(status, json.dumps(body, indent=2, ensure_ascii=False))


def _fault(status: int) -> StripeError:
    """The error with which a test has asked a call to be answered."""
    too_many = 429
    if status == too_many:
        message = "Request rate limit exceeded. You can learn more at https://stripe.com/docs/rate-limits."
        return StripeError(status, "invalid_request_error", message, code="rate_limit")
    kind = "api_error" if status >= 500 else "invalid_request_error"  # noqa: PLR2004  (server errors)
    return StripeError(status, kind, "An error that the sandbox was asked to give.")
