"""Courses bought for somebody else: mailed as a code to them, and nobody's until they are claimed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpResponse
from endpoints import CREATE, GIFTS, QUOTE, problem
from skillwise_commerce.events import EntitlementsGranted
from skillwise_commerce.models import Entitlement, Gift, GiftIntent, Invoice, Order
from skillwise_commerce.services.settlement import settle
from skillwise_commerce.testing import make_paid_order, paid_in_full
from skillwise_identity.testing import sent_mails
from skillwise_kernel.clock import now
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn
from wishes import ADDRESS, WISH

Buy = Callable[..., HttpResponse]

pytestmark = pytest.mark.django_db


def test_a_gift_is_mailed_to_its_recipient_once_it_is_paid(
    buyer: ApiClient,
    buyer_id: UUID,
    buy: Buy,
    course: UUID,
    stripe: StandIn,
    deliver_events: Callable[[], int],
) -> None:
    order_id = buyer.json(buy(buyer, course, gift=WISH))["order"]["id"]
    deliver_events()
    assert not Gift.objects.exists()
    assert sent_mails() == []

    settle(paid_in_full(order_id), now=now())
    deliver_events()

    (listed,) = buyer.json(buyer.get(GIFTS))["results"]
    (mail,) = [mail for mail in sent_mails() if mail.to == [ADDRESS]]
    (receipt,) = [mail for mail in sent_mails() if "receipt" in mail.subject]
    assert "your gift is on its way" in receipt.body
    assert "waiting for you" not in receipt.body + receipt.alternatives[0][0]
    assert listed["code"] in mail.body
    assert "Bread from four ingredients" in mail.subject
    assert "For the <long> evenings." in mail.body
    assert "For the &lt;long&gt; evenings." in mail.alternatives[0][0]
    assert mail.body.startswith("Hello Gran,")


def test_what_is_given_away_is_nobodys_until_it_is_claimed(
    buyer_id: UUID, gift: Gift, published: Callable[..., list[Any]]
) -> None:
    assert not Entitlement.objects.exists()
    assert published(EntitlementsGranted) == []
    assert Order.objects.get().is_gift
    assert Invoice.objects.get().buyer_id == buyer_id


def test_one_gives_away_what_one_has(
    buyer: ApiClient, buyer_id: UUID, buy: Buy, course: UUID, stripe: StandIn
) -> None:
    make_paid_order(buyer_id=buyer_id, course_ids=[course], now=now())

    assert buy(buyer, course, gift=WISH).status_code == 201


def test_a_quoted_gift_is_bought_as_it_was_quoted(
    buyer: ApiClient, buyer_id: UUID, course: UUID, stripe: StandIn
) -> None:
    make_paid_order(buyer_id=buyer_id, course_ids=[course], now=now())
    quote = buyer.json(buyer.post(QUOTE, {"course_ids": [str(course)], "gift": WISH}))

    response = buyer.post(CREATE, {"quote_id": quote["id"]}, headers={"Idempotency-Key": "quoted"})

    order = Order.objects.get(id=buyer.json(response)["order"]["id"])
    assert order.is_gift
    wish = GiftIntent.objects.get(order=order)
    assert (wish.recipient_name, wish.message) == ("Gran", "For the <long> evenings.")


def test_a_gift_begun_twice_for_one_address_is_one_order(
    buyer: ApiClient, buy: Buy, course: UUID, stripe: StandIn
) -> None:
    first = buyer.json(buy(buyer, course, gift=WISH))

    again = buyer.json(buy(buyer, course, gift=WISH | {"recipient_email": "Gran@Example.org"}))

    assert again["order"]["id"] == first["order"]["id"]
    assert GiftIntent.objects.count() == 1


def test_a_gift_begun_again_with_other_words_takes_the_place_of_the_first(
    buyer: ApiClient, buy: Buy, course: UUID, stripe: StandIn
) -> None:
    first = buyer.json(buy(buyer, course, gift=WISH))

    second = buyer.json(buy(buyer, course, gift=WISH | {"message": "Happy birthday."}))

    assert second["order"]["id"] != first["order"]["id"]
    assert buyer.json(buyer.get(f"/api/v1/orders/{first['order']['id']}/"))["status"] == "canceled"


def test_one_course_is_bought_for_several_people_and_oneself_at_once(
    buyer: ApiClient, buy: Buy, course: UUID, stripe: StandIn
) -> None:
    wishes = [WISH, WISH | {"recipient_email": "uncle@example.org"}]

    orders = [
        buyer.json(answer)["order"]
        for answer in (buy(buyer, course), *(buy(buyer, course, gift=wish) for wish in wishes))
    ]

    assert len({order["id"] for order in orders}) == 3
    assert set(Order.objects.values_list("status", flat=True)) == {"pending"}


@pytest.mark.parametrize(
    ("gift", "pointer"),
    [
        ({"recipient_name": "Gran"}, "/gift/recipient_email"),
        ({"recipient_name": "Gran", "recipient_email": "gran"}, "/gift/recipient_email"),
        ({"recipient_name": "", "recipient_email": ADDRESS}, "/gift/recipient_name"),
        (WISH | {"message": "x" * 1001}, "/gift/message"),
    ],
)
def test_a_gift_needs_somebody_to_go_to(
    buyer: ApiClient, course: UUID, gift: dict[str, str], pointer: str
) -> None:
    body = {"course_ids": [str(course)], "gift": gift}

    response = buyer.post(CREATE, body, headers={"Idempotency-Key": "gift"})

    errors = problem(response, 400, "invalid_input")["errors"]
    assert [error["pointer"] for error in errors] == [pointer]


def test_commerce_keeps_no_address(gift: Gift) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'skillwise_commerce%'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(
                f"SELECT count(*) FROM {table} AS kept WHERE to_jsonb(kept)::text ILIKE %s",  # noqa: S608 - a name
                [f"%{ADDRESS}%"],
            )
            assert cursor.fetchone() == (0,), table
