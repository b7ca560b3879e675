"""What commerce's tests share."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpResponse
from endpoints import CREATE, WEBHOOK
from skillwise_catalog import api as catalog
from skillwise_catalog import testing as catalog_testing
from skillwise_identity.testing import make_user
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from sslcommerz import Sslcommerz
from stand_in import StandIn, sign


@pytest.fixture(scope="session")
def _stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    with StandIn(tmp_path_factory.mktemp("stripe")) as stand_in:
        yield stand_in


@pytest.fixture
def stripe(_stand_in: StandIn, settings: Any) -> StandIn:
    """Stripe's stand-in, behaving, and ours pointed at it."""
    _stand_in.behave()
    settings.SKILLWISE_COMMERCE = settings.SKILLWISE_COMMERCE | {
        "STRIPE_API_BASE": _stand_in.addresses["stripe_api_base"]
    }
    return _stand_in


@pytest.fixture
def sslcommerz(_stand_in: StandIn, settings: Any) -> Sslcommerz:
    """SSLCOMMERZ's stand-in, behaving, and ours pointed at it."""
    sslcommerz = Sslcommerz(_stand_in)
    sslcommerz.behave()
    settings.SKILLWISE_COMMERCE = settings.SKILLWISE_COMMERCE | {
        "SSLCOMMERZ_API_BASE": _stand_in.addresses["sslcommerz_api_base"]
    }
    return sslcommerz


@pytest.fixture
def buyer_id(db: None) -> UUID:
    return make_user().id


@pytest.fixture
def buyer(api: ApiClient, buyer_id: UUID) -> ApiClient:
    """The client of somebody verified."""
    return api.as_actor(buyer_id)


@pytest.fixture
def seller_id(db: None) -> UUID:
    return make_user(roles=["instructor"]).id


@pytest.fixture
def seller(api: ApiClient, seller_id: UUID) -> ApiClient:
    return api.as_actor(seller_id, roles=["instructor"])


@pytest.fixture
def make_course(db: None) -> Callable[..., UUID]:
    """`make_course(price=…, owner_id=…, title=…, published=False)`: the id of a course of one lesson."""

    def make(**fields: Any) -> UUID:
        return catalog_testing.make_course(lessons=1, **fields).id

    return make


@pytest.fixture
def as_seller(api: ApiClient) -> Callable[[UUID], ApiClient]:
    """`as_seller(course_id)`: the client of whoever owns the course."""

    def as_seller(course_id: UUID) -> ApiClient:
        owner_id = catalog.get_courses(ids=[course_id])[course_id].owner_id
        return api.as_actor(owner_id, roles=["instructor"])

    return as_seller


@pytest.fixture
def withdraw_course(as_seller: Callable[[UUID], ApiClient]) -> Callable[[UUID], None]:
    """`withdraw_course(course_id)`: its owner takes it off the list."""

    def withdraw(course_id: UUID) -> None:
        response = as_seller(course_id).post(f"/api/v1/courses/{course_id}/unpublish/")
        assert response.status_code == 200, response.content

    return withdraw


@pytest.fixture
def change_price(as_seller: Callable[[UUID], ApiClient]) -> Callable[[UUID, Money], None]:
    """`change_price(course_id, Money(5999, "USD"))`: its owner asks another price."""

    def change(course_id: UUID, price: Money) -> None:
        body = {"price": {"amount": price.amount, "currency": price.currency}}
        seller, path = as_seller(course_id), f"/api/v1/courses/{course_id}/"
        for response in (seller.patch(path, body), seller.post(f"{path}publish/")):
            assert response.status_code == 200, response.content

    return change


@pytest.fixture
def buy() -> Callable[..., HttpResponse]:
    """`buy(client, course, another)`: the answer of `payments/create/`, under a new key unless given one."""

    def buy(client: ApiClient, *course_ids: UUID, key: str | None = None, **more: Any) -> HttpResponse:
        body = {"course_ids": [str(course_id) for course_id in course_ids], **more}
        return client.post(CREATE, body, headers={"Idempotency-Key": key or str(new_id())})

    return buy


@pytest.fixture
def post_event(api: ApiClient) -> Callable[..., HttpResponse]:
    """`post_event(event)`: the webhook's answer to an event (or the text of one), signed as Stripe signs."""

    def post_event(
        event: dict[str, Any] | str, *, signature: str | None = None, sent: str | None = None
    ) -> HttpResponse:
        body = event if isinstance(event, str) else json.dumps(event, indent=2)
        return api.post(
            WEBHOOK,
            data=(sent or body).encode(),
            content_type="application/json; charset=utf-8",
            headers={"Stripe-Signature": sign(body) if signature is None else signature},
        )

    return post_event
