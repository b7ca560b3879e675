"""Stripe's own OpenAPI document, against which every answer of the stand-in is held.

The document is not part of this project. It lies beside a checkout, at `../shared/data`; where it is
missing, answers go unchecked and the tests of the contract skip.
"""

import gzip
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

DOCUMENT = Path(__file__).parents[2] / "../shared/data/stripe/spec3-2026-08-26.dahlia.json.gz"
MISSING = f"Stripe's OpenAPI document is not at {DOCUMENT}"

# Members that Stripe sends and its document leaves out.
_UNDOCUMENTED = {"ephemeral_key": ("associated_objects",)}


class Contract:
    """Checks answers, and remembers which operations it has seen answered with 200."""

    def __init__(self) -> None:
        self.document = _document()
        self.seen: set[tuple[str, str]] = set()

    def check_answer(self, method: str, path: str, status: int, body: Any) -> None:
        """Fail when this is not what Stripe's document says the operation answers."""
        template = self.template(path)
        if template is None:
            assert status in (401, 404), f"{path} is not Stripe's, yet answered {status}"
            _check({"$ref": "#/components/schemas/error"}, body, path)
            return
        responses = self.document["paths"][template].get(method.lower(), {}).get("responses")
        assert responses is not None, f"Stripe has no {method} {template}"
        response = responses.get(str(status), responses["default"])
        _check(response["content"]["application/json"]["schema"], body, f"{method} {path}")
        if status == 200:
            self.seen.add((method, re.sub(r"\{\w+\}", "{}", template)))
        if isinstance(body, dict):
            for event in [body, *(body.get("data") if isinstance(body.get("data"), list) else [])]:
                if event.get("object") == "event":
                    self.check_event(event)

    def check_event(self, event: dict[str, Any]) -> None:
        """Fail when an event, or the object in it, is not as Stripe's document says."""
        _check({"$ref": "#/components/schemas/event"}, event, event["type"])
        subject = event["data"]["object"]
        _check({"$ref": f"#/components/schemas/{subject['object']}"}, subject, event["type"])

    def parameters(self, method: str, template: str) -> set[str]:
        """The names of the parameters that an operation takes by Stripe's document."""
        operation = self.document["paths"][template][method.lower()]
        names = {part["name"] for part in operation.get("parameters", []) if part["in"] == "query"}
        for content in operation.get("requestBody", {}).get("content", {}).values():
            names |= set(content["schema"].get("properties", {}))
        return names

    def template(self, path: str) -> str | None:
        """The path of the document that an address, or one of our own templates, belongs to."""
        plain = re.sub(r"\{\w+\}", "x", path.partition("?")[0].rstrip("/"))
        fitting = [name for name in self.document["paths"] if _pattern(name).fullmatch(plain)]
        return min(fitting, key=lambda name: name.count("{"), default=None)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{\w+\}", "[^/]+", template))


@cache
def _document() -> dict[str, Any]:
    document = json.loads(gzip.decompress(DOCUMENT.read_bytes()))
    for name, members in _UNDOCUMENTED.items():
        properties = document["components"]["schemas"][name]["properties"]
        properties |= {member: {} for member in members}
    return _as_json_schema(document)


def _as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0's schemas as JSON Schema: `nullable` spelt out, and no member beyond those named."""
    if isinstance(node, list):
        return [_as_json_schema(element) for element in node]
    if not isinstance(node, dict):
        return node
    result = {name: _as_json_schema(value) for name, value in node.items()}
    if isinstance(result.get("properties"), dict) and result.get("type") == "object":
        result.setdefault("additionalProperties", False)
    if result.get("nullable") is True:
        del result["nullable"]
        return {"anyOf": [result, {"type": "null"}]}
    return result


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema) | {"components": _document()["components"]})


def _check(schema: dict[str, Any], body: Any, what: str) -> None:
    error = best_match(_validator(json.dumps(schema, sort_keys=True)).iter_errors(body))
    assert error is None, f"{what}: {error.json_path}: {error.message[:600]}"
