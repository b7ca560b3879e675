"""The HTTP application: Stripe's API, SSLCOMMERZ's, the pages, the mail's JSON and the test switches."""

from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route

from .control import Control
from .pages import SameOrigin, page, problem
from .smtp.mailbox import Mailbox
from .smtp.pages import MailPages
from .sslcommerz.api import PATHS, SslcommerzApi
from .sslcommerz.controls import SslcommerzControls
from .sslcommerz.pages import SslcommerzPages
from .sslcommerz.work import Merchant
from .stripe.app import StripeApi
from .stripe.checkout_pages import CheckoutPages
from .stripe.connect_pages import ConnectPages
from .stripe.controls import StripeControls
from .stripe.deliverer import Deliverer
from .stripe.pages import StripePages
from .stripe.store import Store
from .switches import Switches

_STYLE = Path(__file__).with_name("style.css")


def build(
    store: Store,
    switches: Switches,
    deliverer: Deliverer,
    mailbox: Mailbox,
    *,
    merchant: Merchant,
    addresses: dict[str, Any],
) -> Starlette:
    """Everything that the HTTP port answers."""

    async def index(request: Request) -> Response:
        return page("index.html", title="SkillWise sandbox", here="index", addresses=addresses)

    async def style(request: Request) -> Response:
        return FileResponse(_STYLE, media_type="text/css")

    async def not_found(request: Request, error: Exception) -> Response:
        return problem(404, "No such page")

    more = StripeControls(store, switches).table() + SslcommerzControls(store, switches, merchant).table()
    control = Control(store, switches, deliverer, mailbox, more)
    sslcommerz = SslcommerzApi(store, switches, deliverer, merchant)
    sslcommerz_pages = SslcommerzPages(store, switches, deliverer, merchant)
    stripe_pages = [
        *StripePages(store, switches, deliverer).routes(),
        *CheckoutPages(store, switches, deliverer).routes(),
        *ConnectPages(store, switches, deliverer).routes(),
    ]
    guard = [Middleware(SameOrigin)]
    return Starlette(
        routes=[
            Route("/", index),
            Route("/style.css", style),
            Route("/stripe/v1/{path:path}", StripeApi(store, switches, deliverer)),
            Mount("/stripe", routes=stripe_pages, middleware=guard),
            *[Route(f"/sslcommerz{path}", sslcommerz) for path in PATHS],
            Mount("/sslcommerz", routes=sslcommerz_pages.routes(), middleware=guard),
            Mount("/mail", routes=MailPages(mailbox).routes(), middleware=guard),
            Mount("/_control", routes=control.routes(), middleware=guard),
        ],
        exception_handlers={404: not_found},
    )
