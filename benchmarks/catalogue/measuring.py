"""Measuring: whoever is compared is asked in turn, round after round, within one run on the same servers."""

import http.client
import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from http import HTTPStatus
from typing import Any, Final

from django.db import connection

from benchmarks.catalogue.load import Asked, Load, run_load
from benchmarks.catalogue.scenarios import Scenario
from benchmarks.catalogue.servers import Servers, Usage

__all__ = ["Effort", "Figures", "Measured", "measure"]

#: What the bare view repeats of an answer; the rest is the middleware's, which it has too.
_RECORDED: Final = ("Content-Type", "Content-Encoding", "ETag", "Cache-Control", "Vary")
#: A round lasts until so many requests are answered, where these take longer than it would …
_LEAST_REQUESTS: Final = 100
#: … but no longer than so.
_LONGEST_ROUND: Final = 60
_SETTLE_SECONDS: Final = 120


@dataclass(frozen=True, slots=True)
class Effort:
    """How long each contestant is asked in each round, how many rounds there are, how long it is asked before
    the first, and after how many requests memory is looked at again.
    """

    seconds: int
    rounds: int
    warm_up_seconds: int
    memory_requests: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians over the rounds: milliseconds of waiting, and of CPU per request."""

    requests_per_second: float
    p50: float
    p99: float
    app_cpu: float
    database_cpu: float
    cache_cpu: float

    @property
    def cost(self) -> float:
        """CPU milliseconds of one request, wherever they are spent."""
        return self.app_cpu + self.database_cpu + self.cache_cpu


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a scenario, by contestant; `ratios` compare requests per second of the same round."""

    figures: dict[str, Figures]
    ratios: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        return {"figures": {name: asdict(it) for name, it in self.figures.items()}, "ratios": self.ratios}


def measure(servers: Servers, scenario: Scenario, effort: Effort) -> Measured:
    """The scenario's figures. Raises `LoadFailedError`."""
    contestants = _contestants(servers, scenario)
    lengths = {name: _length_of_rounds(servers, requests, effort) for name, requests in contestants.items()}
    taken: dict[str, list[Figures]] = {name: [] for name in contestants}
    for _ in range(effort.rounds):
        for name, requests in contestants.items():
            taken[name].append(_figures(*_load(servers, requests, lengths[name])))
    return Measured(
        figures={name: _medians(figures) for name, figures in taken.items()},
        ratios={
            f"ours/{name}": statistics.median(
                ours.requests_per_second / other.requests_per_second
                for ours, other in zip(taken["ours"], figures, strict=True)
            )
            for name, figures in taken.items()
            if name != "ours"
        },
    )


def _contestants(servers: Servers, scenario: Scenario) -> dict[str, Sequence[Asked]]:
    """Who is asked what. Our answers are recorded for the bare view."""
    folder = servers.answers / scenario.name
    folder.mkdir()
    ours, bare = [], []
    for number, asked in enumerate(scenario.ours):
        _, headers, body = _ask(servers, asked, expected=HTTPStatus.OK)
        folder.joinpath(f"{number}.json").write_text(json.dumps(headers))
        folder.joinpath(f"{number}.body").write_bytes(body)
        again = asked
        if scenario.expected == HTTPStatus.NOT_MODIFIED:
            again = replace(asked, headers={**asked.headers, "If-None-Match": headers["ETag"]})
            _ask(servers, again, expected=scenario.expected)
        ours.append(again)
        bare.append(replace(again, path=f"/benchmarks/bare/{scenario.name}/{number}/"))
        _, _, same = _ask(servers, bare[-1], expected=scenario.expected)
        if same != (body if scenario.expected == HTTPStatus.OK else b""):
            raise RuntimeError(f"the bare view answers something else than {asked.path}")
    contestants: dict[str, Sequence[Asked]] = {"bare": bare}
    if scenario.plain is not None:
        _ask(servers, scenario.plain[0], expected=HTTPStatus.OK)
        contestants["plain"] = scenario.plain
    return contestants | {"ours": ours}


def _ask(servers: Servers, asked: Asked, *, expected: HTTPStatus) -> tuple[int, dict[str, str], bytes]:
    """Status, those headers that are recorded, and body. An unexpected status ends the benchmark."""
    client = http.client.HTTPConnection(servers.host, servers.port, timeout=60)
    try:
        client.request("GET", asked.path, headers=dict(asked.headers))
        answer = client.getresponse()
        body = answer.read()
    finally:
        client.close()
    if answer.status != expected:
        raise RuntimeError(f"{asked.path} answered {answer.status}, not {expected}: {body[:500]!r}")
    return answer.status, {name: value for name in _RECORDED if (value := answer.getheader(name))}, body


def _length_of_rounds(servers: Servers, requests: Sequence[Asked], effort: Effort) -> float:
    """Seconds: long enough that what is under way when a round ends hardly counts."""
    if not effort.warm_up_seconds:
        return effort.seconds
    warm_up, _ = _load(servers, requests, effort.warm_up_seconds)
    per_second = max(warm_up.answered, 1) / warm_up.seconds
    return min(max(effort.seconds, _LEAST_REQUESTS / per_second), _LONGEST_ROUND)


def _load(servers: Servers, requests: Sequence[Asked], seconds: float) -> tuple[Load, Usage]:
    """The load, and what it used. Waits for what was under way when the time was up: it was sent, so it
    counts among the costs.
    """
    before = servers.usage()
    load = run_load(servers.address, requests, seconds=seconds)
    deadline = time.monotonic() + _SETTLE_SECONDS
    while _queries_under_way() and time.monotonic() < deadline:
        time.sleep(0.05)
    return load, servers.usage() - before


def _queries_under_way() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        (count,) = cursor.fetchone()
    return int(count)


def _figures(load: Load, used: Usage) -> Figures:
    return Figures(
        requests_per_second=load.requests_per_second,
        p50=load.p50,
        p99=load.p99,
        app_cpu=used.app / load.sent,
        database_cpu=used.database / load.sent,
        cache_cpu=used.cache / load.sent,
    )


def _medians(taken: Sequence[Figures]) -> Figures:
    rows: Mapping[str, list[float]] = {
        name: [value[name] for value in map(asdict, taken)] for name in asdict(taken[0])
    }
    median: Callable[[list[float]], float] = statistics.median
    return Figures(**{name: median(values) for name, values in rows.items()})
