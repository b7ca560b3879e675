"""Purchases of which nothing is heard."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.http import HttpResponse
from skillwise_identity.testing import make_user
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn


@pytest.fixture
def purchase(
    api: ApiClient, buy: Callable[..., HttpResponse], make_course: Callable[..., UUID], stripe: StandIn
) -> Callable[[], tuple[UUID, str]]:
    """`purchase()`: a new buyer's order of which no webhook will be heard, and its payment at Stripe."""

    def purchase() -> tuple[UUID, str]:
        buyer = api.as_actor(make_user().id)
        ordered = buyer.json(buy(buyer, make_course()))
        return UUID(ordered["order"]["id"]), ordered["payment"]["payment_intent"]

    return purchase


@pytest.fixture(autouse=True)
def _nothing_at_stripe(stripe: StandIn) -> None:
    stripe.forget()
