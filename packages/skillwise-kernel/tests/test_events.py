import enum
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from skillwise_kernel.events import DomainEvent, UnknownEventError, decode, encode
from skillwise_kernel.money import CURRENCIES, Money


class Level(enum.Enum):
    BEGINNER = "beginner"
    ADVANCED = "advanced"


@dataclass(frozen=True, slots=True)
class Line:
    course_id: UUID
    price: Money
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EverythingHappened(DomainEvent):
    """Every type that an event may carry, by itself, optional, nested and in tuples."""

    name: ClassVar[str] = "skillwise.kernel_tests.everything.happened.v1"
    text: str
    number: int
    is_so: bool
    id: UUID
    at: datetime
    price: Money
    level: Level
    line: Line
    lines: tuple[Line, ...]
    ids: tuple[UUID, ...]
    perhaps_text: str | None
    perhaps_at: datetime | None
    perhaps_price: Money | None
    perhaps_line: Line | None
    added_later: int = 7


moneys = st.builds(Money, amount=st.integers(), currency=st.sampled_from(sorted(CURRENCIES)))
# Python holds a local time that a clock's change makes ambiguous for unequal to the same moment elsewhere.
moments = st.datetimes(timezones=st.timezones()).filter(lambda moment: moment == moment.astimezone(UTC))
lines = st.builds(Line, price=moneys, tags=st.lists(st.text()).map(tuple))
everything = st.builds(
    EverythingHappened,
    number=st.integers(min_value=-(2**63), max_value=2**63 - 1),
    at=moments,
    price=st.builds(Money, st.integers(-(2**53), 2**53), st.sampled_from(sorted(CURRENCIES))),
    line=lines,
    lines=st.lists(lines, max_size=3).map(tuple),
    ids=st.lists(st.uuids(), max_size=3).map(tuple),
    perhaps_at=st.none() | moments,
    perhaps_price=st.none() | moneys,
    perhaps_line=st.none() | lines,
)


@given(everything)
def test_an_event_comes_out_of_json_as_it_went_in(event: EverythingHappened) -> None:
    stored = json_round_trip(encode(event))

    assert decode(event.name, stored) == event


def test_an_unknown_name_is_an_error_of_its_own() -> None:
    with pytest.raises(UnknownEventError, match="never_heard_of"):
        decode("skillwise.kernel_tests.never_heard_of.v1", {})


def test_members_unknown_to_this_release_are_passed_over_and_missing_ones_take_their_defaults() -> None:
    payload = encode(an_event())
    del payload["added_later"]
    payload["dropped_since"] = [1, 2]
    payload["line"]["dropped_since"] = None

    assert decode(EverythingHappened.name, payload) == an_event()


def test_a_missing_member_without_a_default_is_refused() -> None:
    payload = encode(an_event())
    del payload["text"]

    with pytest.raises(TypeError, match="text"):
        decode(EverythingHappened.name, payload)


def test_times_are_stored_in_utc() -> None:
    bangladesh = timezone(timedelta(hours=6))

    payload = encode(an_event(at=datetime(2026, 3, 1, 5, tzinfo=bangladesh)))

    assert payload["at"] == "2026-02-28T23:00:00+00:00"


def test_what_json_cannot_hold_exactly_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot carry a float"):
        encode(an_event(number=0.5))


def test_a_name_belongs_to_one_event() -> None:
    with pytest.raises(TypeError, match=r"everything\.happened\.v1' is taken by EverythingHappened"):

        class Another(DomainEvent):
            name: ClassVar[str] = EverythingHappened.name


def an_event(**members: Any) -> EverythingHappened:
    course_id = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
    usual: dict[str, Any] = {
        "text": "text",
        "number": 1,
        "is_so": True,
        "id": course_id,
        "at": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "price": Money(4999, "USD"),
        "level": Level.ADVANCED,
        "line": Line(course_id=course_id, price=Money(1, "JPY")),
        "lines": (),
        "ids": (),
        "perhaps_text": None,
        "perhaps_at": None,
        "perhaps_price": None,
        "perhaps_line": None,
    }
    return EverythingHappened(**usual | members)


def json_round_trip(payload: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(payload))
