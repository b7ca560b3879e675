"""API keys: who calls, and what a key of each sort may do."""

import base64
import binascii
from typing import Any

from .errors import StripeError, unauthorized
from .store import Store
from .work import Key

SECRET_KEY = "sk_test_sandbox"  # noqa: S105  (the stand-in's published test key)
PUBLISHABLE_KEY = "pk_test_sandbox"

_NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, using "
    "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See "
    "https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/."
)
_NOT_PUBLISHABLE = (
    "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a "
    "list of your API keys at https://dashboard.stripe.com/account/apikeys."
)


def identify(authorization: str | None, params: dict[str, Any], store: Store, now: int) -> Key:
    """The key that a call carries, as Basic (user name) or Bearer credentials, or as the parameter `key`."""
    given = _credentials(authorization) or params.pop("key", None)
    if not given:
        raise unauthorized(_NO_KEY)
    if given == SECRET_KEY:
        return Key("secret")
    if given == PUBLISHABLE_KEY:
        return Key("publishable")
    if isinstance(given, str) and given.startswith("ek_test_"):
        for found in store.select("ephemeral_key"):
            if found.private["secret"] == given:
                if found.body["expires"] <= now:
                    raise unauthorized("Expired API Key provided: " + _masked(given), code="api_key_expired")
                return Key("ephemeral", customer=found.private["customer"])
    raise unauthorized("Invalid API Key provided: " + _masked(str(given)))


def demand(key: Key, allowed: frozenset[str]) -> None:
    """401 or 403 unless a key of this sort may make the call."""
    if key.kind == "secret" or key.kind in allowed:
        return
    if key.kind == "publishable":
        raise unauthorized(_NOT_PUBLISHABLE, code="secret_key_required")
    message = "The provided ephemeral key does not have the required permissions for this endpoint."
    raise StripeError(403, "invalid_request_error", message)


def _credentials(authorization: str | None) -> str | None:
    scheme, _, value = (authorization or "").strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value.strip(), validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return value
    return None


def _masked(key: str) -> str:
    shown = 4
    if len(key) <= 2 * shown:
        return "*" * len(key)
    head = "sk_test_" if key.startswith("sk_test_") else key[:shown]
    return head + "*" * max(len(key) - len(head) - shown, 1) + key[-shown:]
