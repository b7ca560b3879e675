"""Guests' answers out of this process's memory, else out of Valkey, else rendered."""

import functools
import os
import time
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

from django.core.signals import setting_changed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils.cache import patch_vary_headers

from .answers import CACHE_CONTROL, Address, KeptAnswer, bytes_kept
from .flights import Flights
from .generation import Generation
from .memory import Entry, Memory
from .negotiation import accepts_json, preferred_coding
from .shared import SharedAnswers
from .tracking import TrackedNumber

__all__ = ["KeptAnswersMiddleware", "ResponseCache"]

#: Seconds after which one request renders an answer anew, while all others still get the old one.
_FRESH: Final = 60
#: Seconds after which nobody gets it any more.
_LIFETIME: Final = 120
#: Seconds for which a process waits for what another refreshes before it looks again.
_LOOK_AGAIN: Final = 1
#: Bytes that a process keeps; in its memory they take half as much again.
_MEMORY: Final = 12 * 1024 * 1024
#: How many values a process keeps.
_VALUES: Final = 2000
#: Characters of a longer address are somebody's game, and not worth keeping.
_LONGEST_ADDRESS: Final = 2048

View = Callable[..., HttpResponseBase]
Render = Callable[[], HttpResponseBase]
T = TypeVar("T")

#: All that keep answers, for the middleware.
_caches: Final[list["ResponseCache"]] = []


class ResponseCache:
    """What guests are answered by GET views that share one fate: `invalidate()` makes all of it old.

    A guest is who sends no `Authorization`, which is all that tells this API who asks. Answers are JSON, 200
    and have an ETag; others are not kept. A hit runs no SQL and reaches neither the view nor its throttles.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._generation = Generation(f"{name}.generation")
        self._process = self._begin()
        setting_changed.connect(self._reconnect)

    def cached(self, view: View) -> View:
        """`view` for the URLconf, with its answers to guests kept."""
        if self not in _caches:
            _caches.append(self)

        @functools.wraps(view)
        def serve(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            address = _guests_address(request)
            if address is None:
                return view(request, *args, **kwargs)
            answer = self._find(address, lambda: view(request, *args, **kwargs))
            return _respond(answer, request) if isinstance(answer, KeptAnswer) else answer

        return serve

    def at_hand(self, request: HttpRequest) -> HttpResponse | None:
        """The answer, if this process has it and need not look further."""
        address = _guests_address(request)
        if address is None:
            return None
        process = self._own_process()
        generation = process.generation.current()
        entry = process.memory.get(generation, address) if generation is not None else None
        return _respond(entry.value, request) if entry is not None and entry.is_fresh else None

    def value(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make()` says, or said within the last minute in this process and of this generation: for what
        is not a guest's whole answer, but the same whoever asks for `key`. Nobody may change it.
        """
        process = self._own_process()
        generation = process.generation.current() or self._generation.ask()
        if generation is None:
            return make()
        entry: Entry[T] | None = process.values.get(generation, key)
        if entry is None or not entry.is_fresh:
            entry = Entry(make(), time.time() + _FRESH)
            process.values.put(generation, key, entry)
        return entry.value

    def invalidate(self) -> bool:
        """Make everything kept old, from the next request to any process on. Answers whether Valkey knows."""
        return self._generation.begin()

    def _find(self, address: Address, render: Render) -> KeptAnswer | HttpResponseBase:
        process = self._own_process()
        # whoever is not told of changes asks
        generation = process.generation.current() or self._generation.ask()
        if generation is None:
            return _rendered(render)[0]
        entry = process.memory.get(generation, address)
        if entry is not None and entry.is_fresh:
            return entry.value
        return self._look_further(process, generation, address, entry, render)

    def _look_further(
        self,
        process: "_Process",
        generation: int,
        address: Address,
        entry: Entry[KeptAnswer] | None,
        render: Render,
    ) -> KeptAnswer | HttpResponseBase:
        """Beyond this process, where one of its threads looks for all."""
        flight, is_own = process.flights.join(generation, address)
        old = _alive(entry.value if entry is not None else None)
        if not is_own:
            return old or flight.wait() or _rendered(render)[0]
        kept: KeptAnswer | None = None
        try:
            answer, kept = self._fetch(process, generation, address, old, render)
        finally:
            process.flights.land(generation, address, kept)
        return answer

    def _fetch(
        self, process: "_Process", generation: int, address: Address, old: KeptAnswer | None, render: Render
    ) -> tuple[KeptAnswer | HttpResponseBase, KeptAnswer | None]:
        """From Valkey, or rendered where Valkey has it not, or has it old and nobody else is at it.

        The same twice, unless it is nothing to keep.
        """
        known = _alive(process.shared.get(generation, address)) or old
        if known is not None and _age(known) < _FRESH:
            process.keep(generation, address, known, seconds=_FRESH - _age(known))
            return known, known
        if known is not None and not process.shared.claim_refresh(generation, address):
            process.keep(generation, address, known, seconds=_LOOK_AGAIN)
            return known, known
        answer, kept = _rendered(render)
        if kept is not None:
            process.shared.put(generation, address, kept)
            process.keep(generation, address, kept, seconds=_FRESH)
        return answer, kept

    def _own_process(self) -> "_Process":
        if self._process.id != os.getpid():  # a fork has its parent's connection, and its locks as they were
            self._process = self._begin()
        return self._process

    def _begin(self) -> "_Process":
        return _Process(self._name)

    def _reconnect(self, *, setting: str, **_: Any) -> None:
        if setting == "CACHES":
            self._process.generation.close()
            self._process = self._begin()


class _Process:
    """What this process has of a cache."""

    def __init__(self, name: str) -> None:
        self.id = os.getpid()
        self.generation = TrackedNumber(f"{name}.generation")
        self.memory: Memory[Address, KeptAnswer] = Memory(_MEMORY, bytes_kept)
        self.values: Memory[Hashable, Any] = Memory(_VALUES, lambda key, value: 1)
        self.shared = SharedAnswers(name, _LIFETIME)
        self.flights = Flights()

    def keep(self, generation: int, address: Address, answer: KeptAnswer, *, seconds: float) -> None:
        self.memory.put(generation, address, Entry(answer, time.time() + seconds))


class KeptAnswersMiddleware:
    """Answers guests before Django looks up which view is asked, if this process has the answer at hand.

    The innermost middleware: all others see such requests, and their answers, as any.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        for cache in _caches:
            answer = cache.at_hand(request)
            if answer is not None:
                return answer
        return self._get_response(request)


def _guests_address(request: HttpRequest) -> Address | None:
    """What is asked for; None unless a guest asks, and for what is worth keeping."""
    meta = request.META
    if (
        request.method not in {"GET", "HEAD"}
        or "HTTP_AUTHORIZATION" in meta
        or not accepts_json(meta.get("HTTP_ACCEPT", ""))
    ):
        return None
    address = (request.path, meta.get("QUERY_STRING", ""))
    return address if sum(map(len, address)) <= _LONGEST_ADDRESS else None


def _respond(answer: KeptAnswer, request: HttpRequest) -> HttpResponse:
    meta = request.META
    coding = preferred_coding(meta.get("HTTP_ACCEPT_ENCODING", ""))
    return answer.variants[coding].respond(meta.get("HTTP_IF_NONE_MATCH"))


def _age(answer: KeptAnswer) -> float:
    """In seconds; at least 0, as the clocks of machines differ."""
    return max(0.0, time.time() - answer.rendered_at)


def _alive(answer: KeptAnswer | None) -> KeptAnswer | None:
    return answer if answer is not None and _age(answer) < _LIFETIME else None


def _rendered(render: Render) -> tuple[KeptAnswer | HttpResponseBase, KeptAnswer | None]:
    """What the view answers; the same to keep, or None when it is not."""
    response = render()
    is_ok = response.status_code == 200  # noqa: PLR2004 - OK
    if is_ok:
        response.headers["Cache-Control"] = CACHE_CONTROL
        patch_vary_headers(response, ["Accept-Encoding"])
    # what rendering answers may be a 304 in the place of the response; the response is what is kept
    answer = response.render() if isinstance(response, SimpleTemplateResponse) else response
    if not is_ok or not isinstance(response, HttpResponse) or "ETag" not in response.headers:
        return answer, None
    kept = KeptAnswer.of(response)
    return kept, kept
