"""What is to be reached, and whether it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from benchmarks.catalogue.measuring import Measured
from benchmarks.catalogue.memory import Memory

__all__ = ["SizeResult", "Target", "judge"]

_HUNDRED_THOUSAND: Final = 100_000
_MILLION: Final = 1_000_000
_MEBIBYTE: Final = 1 << 20
#: Of signed-in lists, from so many courses on.
_TIMES_PLAIN: Final[Mapping[int, float]] = {_HUNDRED_THOUSAND: 4, _MILLION: 100}


@dataclass(frozen=True, slots=True)
class SizeResult:
    """All that was measured at one size of the catalogue."""

    courses: int
    scenarios: dict[str, Measured]
    queries: Mapping[str, int]
    memory: Memory


@dataclass(frozen=True, slots=True)
class Target:
    """`figure` is to be at least, or at most, `bound`."""

    courses: int
    text: str
    figure: float
    bound: float
    at_least: bool = True

    @property
    def is_reached(self) -> bool:
        return self.figure >= self.bound if self.at_least else self.figure <= self.bound


def judge(results: Mapping[int, SizeResult]) -> list[Target]:
    """Every target for which these results hold a figure."""
    targets = [target for result in results.values() for target in _of_size(result)]
    if {_HUNDRED_THOUSAND, _MILLION} <= set(results):
        costs = [_cost(results[size], "search") for size in (_MILLION, _HUNDRED_THOUSAND)]
        text = "CPU of a search for the commonest word, × the same at 100,000"
        targets.append(Target(_MILLION, text, costs[0] / costs[1], 2, at_least=False))
    return targets


def _of_size(result: SizeResult) -> Iterator[Target]:
    size, measured = result.courses, result.scenarios
    for name, text, bound in (
        ("guest_list", "list from cache, × bare", 0.85),
        ("guest_detail", "detail from cache, × bare", 0.85),
        ("guest_list_304", "list 304, × bare", 0.95),
        ("guest_detail_304", "detail 304, × bare", 0.95),
    ):
        yield Target(size, text, measured[name].ratios["ours/bare"], bound)
    if size in _TIMES_PLAIN:
        yield Target(
            size, "signed-in list, × plain DRF", measured["list"].ratios["ours/plain"], _TIMES_PLAIN[size]
        )
        yield Target(size, "signed-in list, × bare", measured["list"].ratios["ours/bare"], 0.12)
    yield Target(size, "signed-in detail, × plain DRF", measured["detail"].ratios["ours/plain"], 2)
    yield Target(size, "queries of a list", result.queries["list"], 3, at_least=False)
    yield Target(size, "queries of a detail", result.queries["detail"], 4, at_least=False)
    search = _cost(result, "search") / _cost(result, "list")
    yield Target(size, "CPU of a search for the commonest word, × a list", search, 5, at_least=False)
    suggestion = _cost(result, "suggest") / _cost(result, "list")
    yield Target(size, "CPU of a suggestion, × a list", suggestion, 1, at_least=False)
    yield Target(size, "MiB of two workers (PSS)", result.memory.after / _MEBIBYTE, 200, at_least=False)
    growth = result.memory.after / result.memory.before
    text = f"their memory after {result.memory.requests:,} requests, × before"
    yield Target(size, text, growth, 1.05, at_least=False)


def _cost(result: SizeResult, scenario: str) -> float:
    return result.scenarios[scenario].figures["ours"].cost
