"""The parameters that an operation takes: their shapes, read from decoded forms into typed values.

A shape is a function of (text or tree, parameter's name) that answers the value or raises Stripe's
400. An empty text is Stripe's way to unset a field: it becomes None.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from .errors import malformed

Shape = Callable[[Any, str], Any]

_MOST_METADATA = 50
_METADATA_KEY = 40
_METADATA_VALUE = 500
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")


def read(given: Mapping[str, Any], shapes: Mapping[str, Shape], required: frozenset[str]) -> dict[str, Any]:
    """The typed parameters of a call, only those given; 400 for an unknown, missing or malformed one."""
    unknown = [name for name in given if name not in shapes]
    if unknown:
        listed = ", ".join(unknown)
        plural = "s" if len(unknown) > 1 else ""
        raise malformed(
            f"Received unknown parameter{plural}: {listed}", param=unknown[0], code="parameter_unknown"
        )
    for name in sorted(required):
        if given.get(name, "") == "":
            raise malformed(f"Missing required param: {name}.", param=name, code="parameter_missing")
    return {name: shapes[name](value, name) for name, value in given.items()}


def text(value: Any, name: str) -> str | None:
    """A text of at most 5,000 characters."""
    longest = 5000
    if not isinstance(value, str):
        raise malformed(f"Invalid string: {value}", param=name, code="parameter_invalid_string_empty")
    if len(value) > longest:
        raise malformed(f"Invalid string: {name} is longer than {longest} characters.", param=name)
    return value or None


def email(value: Any, name: str) -> str | None:
    """An e-mail address."""
    address = text(value, name)
    if address is not None and not _EMAIL.match(address):
        raise malformed(f"Invalid email address: {address}", param=name, code="email_invalid")
    return address


def integer(value: Any, name: str) -> int:
    """A whole number."""
    digits = 15
    if not isinstance(value, str) or not re.fullmatch(rf"-?[0-9]{{1,{digits}}}", value):
        raise malformed(f"Invalid integer: {value}", param=name, code="parameter_invalid_integer")
    return int(value)


def boolean(value: Any, name: str) -> bool:
    """`true` or `false`."""
    if value not in ("true", "false"):
        raise malformed(f"Invalid boolean: {value}", param=name)
    return bool(value == "true")


def one_of(*choices: str) -> Shape:
    """One of a few words."""

    def shape(value: Any, name: str) -> str | None:
        if value == "":
            return None
        if value not in choices:
            *most, last = choices
            listed = f"{', '.join(most)}, or {last}" if most else last
            raise malformed(f"Invalid {name}: must be one of {listed}", param=name)
        return str(value)

    return shape


def array(item: Shape) -> Shape:
    """A list, each element of the same shape."""

    def shape(value: Any, name: str) -> list[Any]:
        if value == "":
            return []
        if not isinstance(value, list):
            raise malformed("Invalid array", param=name)
        return [item(element, f"{name}[{index}]") for index, element in enumerate(value)]

    return shape


def hash_of(required: tuple[str, ...] = (), **shapes: Shape) -> Shape:
    """A nested object with known members."""

    def shape(value: Any, name: str) -> dict[str, Any] | None:
        if value == "":
            return None
        if not isinstance(value, dict):
            raise malformed("Invalid object", param=name)
        for member in required:
            if value.get(member, "") == "":
                missing = f"{name}[{member}]"
                raise malformed(
                    f"Missing required param: {missing}.", param=missing, code="parameter_missing"
                )
        for member in value:
            if member not in shapes:
                unknown = f"{name}[{member}]"
                raise malformed(
                    f"Received unknown parameter: {unknown}", param=unknown, code="parameter_unknown"
                )
        return {member: shapes[member](element, f"{name}[{member}]") for member, element in value.items()}

    return shape


def free_hash(value: Any, name: str) -> dict[str, Any]:
    """A nested object that the sandbox takes and leaves alone."""
    if value == "":
        return {}
    if not isinstance(value, dict):
        raise malformed("Invalid object", param=name)
    return value


def metadata(value: Any, name: str) -> dict[str, str] | None:
    """Key-value pairs within Stripe's limits; None asks to clear them all."""
    if value == "":
        return None
    if not isinstance(value, dict):
        # `metadata[0]=a` decodes as a list; Stripe takes it as the key "0".
        value = (
            {str(index): element for index, element in enumerate(value)} if isinstance(value, list) else None
        )
    if value is None or not all(isinstance(element, str) for element in value.values()):
        raise malformed("Invalid object", param=name)
    if len(value) > _MOST_METADATA:
        raise malformed(f"Metadata may have at most {_MOST_METADATA} keys.", param=name)
    for key, element in value.items():
        if len(key) > _METADATA_KEY:
            raise malformed(
                f"Metadata keys can be up to {_METADATA_KEY} characters in length. Received: {key}",
                param=name,
            )
        if len(element) > _METADATA_VALUE:
            raise malformed(
                f"Metadata values can be up to {_METADATA_VALUE} characters, but you passed in a value "
                f"of length {len(element)}.",
                param=name,
            )
    return value


def merged(present: Mapping[str, str], change: Mapping[str, str] | None) -> dict[str, str]:
    """Metadata after an update: given keys replace, empty values remove, None clears."""
    if change is None:
        return {}
    return {key: value for key, value in (dict(present) | dict(change)).items() if value != ""}


def moment_range(value: Any, name: str) -> dict[str, int]:
    """`created=7` or `created[gte]=7` as comparisons by name: `eq`, `gt`, `gte`, `lt`, `lte`."""
    if isinstance(value, dict):
        bounds = hash_of(gt=integer, gte=integer, lt=integer, lte=integer)(value, name)
        return dict(bounds or {})
    return {"eq": integer(value, name)}


ADDRESS = hash_of(city=text, country=text, line1=text, line2=text, postal_code=text, state=text)
SHIPPING = hash_of(
    ("name", "address"), address=ADDRESS, name=text, phone=text, carrier=text, tracking_number=text
)
BILLING = hash_of(address=ADDRESS, email=email, name=text, phone=text, tax_id=text)
LIST = {"limit": integer, "starting_after": text, "ending_before": text}
EXPAND = {"expand": array(text)}
