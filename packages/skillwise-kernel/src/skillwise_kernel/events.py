"""Domain events: facts, past tense, small and self-sufficient. Framework-free; the outbox carries them.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class CoursePublished(DomainEvent):
        name: ClassVar[str] = "skillwise.catalog.course.published.v1"
        course_id: UUID

Fields may be `str`, `int`, `bool`, `UUID`, `datetime`, `Money`, `None`, enums, frozen dataclasses of these,
and tuples of them. An event carries no e-mail address and no person's name. A changed meaning is a new
version beside the old.
"""

import dataclasses
import enum
import types
import typing
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

__all__ = ["DomainEvent", "UnknownEventError", "decode", "encode"]

_by_name: dict[str, type["DomainEvent"]] = {}


class UnknownEventError(LookupError):
    """No class with this event name has been imported."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DomainEvent:
    """Base of all events. A subclass sets `name` and is then known to `decode`."""

    name: ClassVar[str]

    @classmethod
    def register(cls) -> None:
        known = _by_name.setdefault(cls.name, cls)
        if (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"event name {cls.name!r} is taken by {known.__qualname__}")
        _by_name[cls.name] = cls  # @dataclass(slots=True) makes the class anew: the latter stands

    def __init_subclass__(cls, **kwargs: object) -> None:
        super(DomainEvent, cls).__init_subclass__(**kwargs)
        if "name" in cls.__dict__:
            cls.register()


def encode(event: DomainEvent) -> dict[str, Any]:
    """The event's fields as plain JSON values."""
    return {field.name: _to_json(getattr(event, field.name)) for field in dataclasses.fields(event)}


def decode(name: str, payload: dict[str, Any]) -> DomainEvent:
    """The event that `encode` wrote. Members unknown to the class are ignored, missing ones take defaults.

    Raises `UnknownEventError` when no such event is known, `TypeError` when one without a default is missing.
    """
    try:
        cls = _by_name[name]
    except KeyError:
        raise UnknownEventError(name) from None
    return typing.cast("DomainEvent", _from_json(cls, payload))


def _to_json(value: object) -> Any:
    match value:
        case enum.Enum():
            return value.value
        case None | bool() | int() | str():
            return value
        case UUID():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case tuple():
            return [_to_json(item) for item in value]
        case _ if dataclasses.is_dataclass(value):
            return {field.name: _to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    raise TypeError(f"an event cannot carry a {type(value).__name__}")


def _from_json(kind: Any, value: Any) -> Any:  # noqa: PLR0911 - one for each kind of value
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        (kind,) = [option for option in typing.get_args(kind) if option is not types.NoneType]
        return _from_json(kind, value)
    if origin is tuple:
        return tuple(_from_json(typing.get_args(kind)[0], item) for item in value)
    if kind is UUID:
        return UUID(value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind(value)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        known = {field.name for field in dataclasses.fields(kind)}
        make = typing.cast("type[Any]", kind)
        return make(**{key: _from_json(hints[key], item) for key, item in value.items() if key in known})
    return value
