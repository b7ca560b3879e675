"""The HTTP application: Stripe's API, the pages, the mail's JSON and the test switches."""

from typing import Any

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from .smtp.mailbox import Mailbox
from .stripe.app import StripeApi
from .stripe.deliverer import Deliverer
from .stripe.store import Store
from .switches import Switches


def build(
    store: Store, switches: Switches, deliverer: Deliverer, mailbox: Mailbox, addresses: dict[str, Any]
) -> Starlette:
    """Everything that the HTTP port answers."""
    api = StripeApi(store, switches, deliverer)
    return Starlette(
        routes=[
            Route("/stripe/v1/{path:path}", api, methods=["GET", "POST", "DELETE", "PUT", "PATCH"]),
        ]
    )
