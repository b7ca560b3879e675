"""Form-encoded bodies and query strings, with Stripe's bracket nesting.

`metadata[order]=7&expand[]=customer&card[number]=4242` becomes
`{"metadata": {"order": "7"}, "expand": ["customer"], "card": {"number": "4242"}}`.
A list may be written `types[]=a&types[]=b` or `types[0]=a&types[1]=b`. Every leaf is text.
"""

import re
from typing import Any
from urllib.parse import parse_qsl

from .errors import malformed

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)\Z")
_MOST_FIELDS = 1000
_DEEPEST = 10
_LONGEST_INDEX = 4


def decode(text: str) -> dict[str, Any]:
    """The nested parameters in a form-encoded text; 400 when its brackets do not match."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise malformed("Invalid request: the parameters are not valid form-encoded UTF-8.") from error
    tree: dict[str, Any] = {}
    for name, value in pairs:
        match = _NAME.match(name)
        if match is None or name.count("[") > _DEEPEST:
            raise malformed(f"Invalid parameter name: {name}", param=name)
        steps = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        _place(tree, steps, value, name)
    return {name: _lists(value) for name, value in tree.items()}


def _place(tree: dict[str, Any], steps: list[str], value: str, name: str) -> None:
    """Put a value where its steps lead; an empty step appends."""
    node = tree
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        key = step or str(len(node))
        present = node.get(key)
        if present is not None and isinstance(present, dict) is (following is None):
            raise malformed(f"Invalid parameter: {name} is both a value and a hash.", param=name)
        if following is None:
            node[key] = value
        else:
            node = node.setdefault(key, {})


def _lists(node: Any) -> Any:
    """Turn mappings whose keys are 0, 1, 2, … into lists."""
    if not isinstance(node, dict):
        return node
    values = {key: _lists(value) for key, value in node.items()}
    if values and all(_is_index(key) for key in values):
        return [values[key] for key in sorted(values, key=int)]
    return values


def _is_index(key: str) -> bool:
    return key.isascii() and key.isdigit() and len(key) <= _LONGEST_INDEX
