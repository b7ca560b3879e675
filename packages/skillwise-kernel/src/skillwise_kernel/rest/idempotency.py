"""`Idempotency-Key`: a client that lost the answer asks again with the same key, and the effect happens once.

A key belongs to an actor and to one request: method, path, query and body. It is claimed in PostgreSQL, in a
transaction of its own, before the view runs:

* the same request with it again gets the stored answer, byte for byte, with `Idempotent-Replayed: true`;
* another request with it gets 422 `idempotency_key_reused`;
* while the first still runs, a repeat gets 409 `idempotency_key_in_flight` with `Retry-After`.

What is stored is what the use case decided: success, and refusals such as 402, 404, 409 or 422. What came
before any decision (400, 401, 403, 406, 413, 415, 429) and what failed (5xx, a crash) frees the key: trying
again is then the remedy. An attempt whose process died keeps the key for `LEASE`; after that a repeat takes
it over. A request must therefore end within the lease, and what it does must itself survive being begun
twice. Answers are kept for `RETENTION`.
"""

import functools
import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotAuthenticated, ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from skillwise_kernel.actor import Actor
from skillwise_kernel.clock import now
from skillwise_kernel.errors import ConflictError, InvalidError
from skillwise_kernel.ids import new_id
from skillwise_kernel.rest.models import IdempotencyRecord
from skillwise_kernel.rest.views import ApiView

__all__ = [
    "LEASE",
    "RETENTION",
    "IdempotencyKeyInFlightError",
    "IdempotencyKeyReusedError",
    "idempotent",
    "purge_idempotency_records",
]

#: How long an attempt is believed to be running: longer than the server lets any request run.
LEASE: Final = timedelta(seconds=60)
RETENTION: Final = timedelta(hours=24)

#: How often a key that others free at that moment is reached for.
_TRIES = 3
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_SERVER_ERROR = 500
#: Refused before the use case decided anything: the same key may carry the corrected request.
_UNDECIDED = frozenset({400, 401, 403, 405, 406, 408, 413, 415, 425, 429})
_KEPT_HEADERS = ("Cache-Control", "Content-Language", "Content-Location", "Content-Type", "ETag", "Location")

V = TypeVar("V", bound=ApiView)
P = ParamSpec("P")
Handler = Callable[Concatenate[V, Request, P], HttpResponseBase]


class IdempotencyKeyReusedError(InvalidError):
    code = "idempotency_key_reused"
    title = "This Idempotency-Key belongs to another request."


class IdempotencyKeyInFlightError(ConflictError):
    code = "idempotency_key_in_flight"
    title = "The first request with this Idempotency-Key is still running."


def idempotent(*, required: bool = False) -> Callable[[Handler[V, P]], Handler[V, P]]:
    """Decorates a view's method. `required`: without a key it answers 400 `idempotency_key_required`.

    Only authenticated actors have keys; a guest who sends one gets 401.
    """

    def decorate(method: Handler[V, P]) -> Handler[V, P]:
        @functools.wraps(method)
        def handler(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            key = _key(request, required=required)
            if key is None:
                return method(view, request, *args, **kwargs)
            attempt = _Attempt(request, key)
            if (replay := attempt.claim()) is not None:
                return replay
            return attempt.run(view, functools.partial(method, view, request, *args, **kwargs))

        handler.idempotency_key = "required" if required else "optional"  # type: ignore[attr-defined]  # read by openapi
        return handler

    return decorate


def _key(request: Request, *, required: bool) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        if required:
            raise ParseError(
                "Send an Idempotency-Key: a new UUID for each intent.", "idempotency_key_required"
            )
        return None
    if not _KEY.fullmatch(key):
        raise ParseError(
            "An Idempotency-Key is 1 to 255 visible ASCII characters.", "idempotency_key_invalid"
        )
    return key


class _Attempt:
    """One attempt at a request under a key."""

    def __init__(self, request: Request, key: str) -> None:
        if not isinstance(request.user, Actor):
            raise NotAuthenticated
        self._request: Final[Request] = request
        self._owner: Final[dict[str, Any]] = {"actor_id": request.user.id, "key": key}
        self._content: Final[dict[str, Any]] = {
            "method": request.method,
            "path": request.get_full_path(),
            "body_hash": hashlib.sha256(request._request.body).hexdigest(),
        }
        self._claim: UUID = new_id()

    def claim(self) -> HttpResponse | None:
        """Take the key, or answer what it already led to. Raises when it is another's or in flight."""
        for _ in range(_TRIES):
            moment = now()
            if self._insert(moment) or self._take_over(moment):
                return None
            record = IdempotencyRecord.objects.filter(**self._owner).first()
            if record is None:
                continue  # freed since
            if any(getattr(record, name) != value for name, value in self._content.items()):
                raise IdempotencyKeyReusedError("Use a new key for a new request.")
            if record.status is None:
                break
            return _replay(record)
        raise IdempotencyKeyInFlightError("Repeat the request shortly.", extra={"retry_after": 1})

    def run(self, view: ApiView, method: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        """Run the view's method to its final bytes, and store them or free the key."""
        try:
            try:
                response = method()
            except Exception as exc:  # noqa: BLE001 - DRF's own seam: it raises again what has no answer
                response = view.handle_exception(exc)
            response = view.finalize_response(self._request, cast("Response", response))
            if hasattr(response, "render"):
                response = response.render()
        except BaseException:
            self._free()
            raise
        if response.status_code >= _SERVER_ERROR or response.status_code in _UNDECIDED:
            self._free()
        else:
            self._store(response)
        return response

    def _insert(self, moment: datetime) -> bool:
        try:
            with transaction.atomic(durable=True):
                IdempotencyRecord.objects.create(**self._owner, **self._content, **self._terms(moment))
        except IntegrityError:
            return False
        return True

    def _take_over(self, moment: datetime) -> bool:
        """Take the key from an answer that has expired, or from an attempt at this same request that died."""
        keys = IdempotencyRecord.objects.filter(**self._owner)
        expired = keys.filter(expires_at__lte=moment)
        abandoned = keys.filter(**self._content, status__isnull=True, locked_until__lte=moment)
        fresh = {**self._content, **self._terms(moment), "status": None, "headers": {}, "body": None}
        with transaction.atomic(durable=True):
            return bool(expired.update(**fresh) or abandoned.update(**fresh))

    def _terms(self, moment: datetime) -> dict[str, Any]:
        return {
            "claim": self._claim,
            "locked_until": moment + LEASE,
            "created_at": moment,
            "expires_at": moment + RETENTION,
        }

    def _store(self, response: HttpResponseBase) -> None:
        self._mine().update(
            status=response.status_code,
            headers={name: response[name] for name in _KEPT_HEADERS if response.has_header(name)},
            body=response.content,  # type: ignore[attr-defined]  # nobody streams the answer to a write
        )

    def _free(self) -> None:
        self._mine().delete()

    def _mine(self) -> Any:
        return IdempotencyRecord.objects.filter(**self._owner, claim=self._claim, status__isnull=True)


def _replay(record: IdempotencyRecord) -> HttpResponse:
    return HttpResponse(
        bytes(record.body or b""),
        status=record.status,
        headers={**record.headers, "Idempotent-Replayed": "true"},
    )


def purge_idempotency_records(*, now: datetime, batch: int = 1000) -> int:
    """Forget the keys that expired before `now`, `batch` rows to a statement; answers how many there were."""
    purged = 0
    while True:
        expired = (
            IdempotencyRecord.objects.filter(expires_at__lte=now).order_by("expires_at").values("pk")[:batch]
        )
        deleted, _ = IdempotencyRecord.objects.filter(pk__in=expired).delete()
        purged += deleted
        if deleted < batch:
            return purged
