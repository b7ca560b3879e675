"""One person of the tour: speaks to the API over HTTP, and prints each request and answer for a reader."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import httpx
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.syntax import Syntax

__all__ = ["Addresses", "Answer", "TourFailedError", "Traveller"]

T = TypeVar("T")

PATIENCE = 30.0
"""Seconds to wait for what happens behind the scenes: a mail, a webhook, an enrolment."""

LONGEST_TEXT = 90
MOST_ITEMS = 2
DEEPEST = 3


class TourFailedError(AssertionError):
    """A step did not show what it must show."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the stack answers. `stripe` is the base of Stripe's API, `mail` of the page of received mail."""

    api: str
    stripe: str
    mail: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: httpx.Headers
    body: Any

    def __getitem__(self, name: str | int) -> Any:
        return self.body[name]


@dataclass(slots=True)
class Traveller:
    """`who` is printed before each request. `token` is the access token, once logged in."""

    who: str
    colour: str
    http: httpx.Client
    console: Console
    token: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    latest: Callable[[], None] = lambda: None
    """Prints the latest request and its answer."""

    def get(self, url: str, *, expect: int = 200, **options: Any) -> Answer:
        return self.call("GET", url, expect=expect, **options)

    def post(self, url: str, *, expect: int = 201, **options: Any) -> Answer:
        return self.call("POST", url, expect=expect, **options)

    def call(self, method: str, url: str, *, expect: int, quiet: bool = False, **options: Any) -> Answer:
        """Send it, print both sides, and fail unless the status is the expected one.

        `quiet` is for looking again and again: `wait_for` prints the look that found something.
        """
        headers = dict(options.pop("headers", {}))
        if self.token and url.startswith("/"):  # ours alone: nobody else is shown the token
            headers["Authorization"] = f"Bearer {self.token}"
        response = self.http.request(method, url, headers=headers, **options)
        answer = Answer(response.status_code, response.headers, self._body_of(response))
        self.latest = partial(self._print_exchange, response.request, headers, options, answer)
        if not quiet or answer.status != expect:
            self.latest()
        if answer.status != expect:
            raise TourFailedError(f"{method} {url} answered {answer.status}, not {expect}")
        return answer

    def check(self, what: str, shown: bool) -> None:
        """Print `what` with a tick, or fail the tour with it."""
        if not shown:
            self.console.print(f"  [bold red]✗ {escape(what)}[/]")
            raise TourFailedError(what)
        self.console.print(f"  [green]✓[/] {escape(what)}")

    def show(self, title: str, text: str) -> None:
        """Print a text that was received, whole."""
        self.console.print(Panel(escape(text.strip()), title=escape(title), width=100))

    def wait_for(self, what: str, look: Callable[[], T | None]) -> T:
        """Look until `look` finds something; fail the tour with `what`, and what was seen instead, after
        `PATIENCE` seconds.
        """
        deadline = time.monotonic() + PATIENCE
        while (found := look()) is None:
            if time.monotonic() > deadline:
                self.latest()
                raise TourFailedError(f"{what}: not within {PATIENCE:.0f} seconds")
            time.sleep(0.1)
        self.latest()
        self.check(what, shown=True)
        return found

    def anonymous(self) -> "Traveller":
        """Somebody else at the same API, who has not logged in."""
        return Traveller("guest", "white", self.http, self.console)

    @staticmethod
    def _body_of(response: httpx.Response) -> Any:
        is_json = "json" in response.headers.get("content-type", "")
        return response.json() if is_json and response.content else response.text

    def _print_exchange(
        self, request: httpx.Request, headers: dict[str, str], options: dict[str, Any], answer: Answer
    ) -> None:
        self._print_request(request, headers, options)
        self._print_answer(answer)

    def _print_request(
        self, request: httpx.Request, headers: dict[str, str], options: dict[str, Any]
    ) -> None:
        self.console.print(
            f"\n[{self.colour}]{self.who}[/] [bold]{request.method}[/] {escape(str(request.url))}"
        )
        if key := headers.get("Idempotency-Key"):
            self.console.print(f"  [dim]Idempotency-Key: {key}[/]")
        for kind in ("json", "data"):
            if kind in options:
                self._print_json(options[kind])
        for name, file in options.get("files", {}).items():
            self.console.print(f"  [dim]{name}: {file[0]}, {len(file[1])} bytes[/]")

    def _print_answer(self, answer: Answer) -> None:
        colour = "green" if answer.status < 400 else "yellow"  # noqa: PLR2004 - HTTP's own border
        self.console.print(f"  [{colour}]{answer.status} {httpx.codes.get_reason_phrase(answer.status)}[/]")
        if isinstance(answer.body, dict | list):
            self._print_json(answer.body)

    def _print_json(self, value: Any) -> None:
        text = json.dumps(shortened(value), indent=2, ensure_ascii=False)
        self.console.print(Syntax(text, "json", background_color="default", padding=(0, 2), word_wrap=True))


def shortened(value: Any, depth: int = 0) -> Any:
    """The same value, with what is long or deep inside cut and secrets hidden, to be read."""
    match value:
        case dict() | list() if value and depth > DEEPEST:
            return "…"
        case dict():
            return {
                name: "…"
                if name in {"password", "access", "refresh"} and isinstance(item, str)
                else shortened(item, depth + 1)
                for name, item in value.items()
            }
        case list() if len(value) > MOST_ITEMS:
            return [
                *(shortened(item, depth + 1) for item in value[:MOST_ITEMS]),
                f"… and {len(value) - MOST_ITEMS} more",
            ]
        case list():
            return [shortened(item, depth + 1) for item in value]
        case str() if len(value) > LONGEST_TEXT:
            return value[:LONGEST_TEXT] + "…"
    return value
