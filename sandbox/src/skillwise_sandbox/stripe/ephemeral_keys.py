"""Ephemeral keys, with which a mobile app sees its own customer: /v1/ephemeral_keys"""

from . import customers
from .errors import malformed
from .parameters import EXPAND, text
from .store import Body, new_id, random_text
from .work import Call

CREATE_PARAMS = {**EXPAND, "customer": text}

_LIFETIME = 3600


def create(call: Call) -> Body:
    """POST /v1/ephemeral_keys; 400 without a Stripe-Version header, since the app speaks its own version."""
    if call.api_version is None:
        raise malformed(
            "To create an ephemeral key, you must set the Stripe-Version header to the API version of your "
            "mobile SDK."
        )
    customer = customers.living(call, call.params["customer"], "customer")
    key: Body = {
        "id": new_id("ephkey"),
        "object": "ephemeral_key",
        "associated_objects": [{"id": customer["id"], "type": "customer"}],
        "created": call.now,
        "expires": call.now + _LIFETIME,
        "livemode": False,
    }
    secret = "ek_test_" + random_text(60)
    call.store.add(key, {"secret": secret, "customer": customer["id"]})
    return key | {"secret": secret}


def delete(call: Call) -> Body:
    """DELETE /v1/ephemeral_keys/:id: the key opens nothing any more."""
    key = call.addressed("ephemeral_key", "id").body
    expired = key | {"expires": call.now}
    call.store.save(expired)
    return expired
