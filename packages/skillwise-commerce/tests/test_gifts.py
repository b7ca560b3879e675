"""Courses for somebody else: bought, mailed as a code, claimed once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from endpoints import CREATE, GIFTS, problem
from skillwise_commerce import api as commerce
from skillwise_commerce.errors import AlreadyOwnedError
from skillwise_commerce.events import EntitlementsGranted
from skillwise_commerce.models import Entitlement, Gift, GiftIntent, Invoice, Order
from skillwise_commerce.services.claims import claim_gift
from skillwise_commerce.services.settlement import settle
from skillwise_commerce.testing import (
    end_entitlements_of,
    make_order,
    make_paid_gift,
    make_paid_order,
    paid_in_full,
)
from skillwise_identity.testing import make_user, sent_mails
from skillwise_kernel.clock import now
from skillwise_kernel.testing.client import ApiClient
from skillwise_kernel.testing.racing import wait_until_blocked
from stand_in import StandIn

Buy = Callable[..., HttpResponse]
MakeCourse = Callable[..., UUID]

ADDRESS = "gran@example.org"
WISH = {"recipient_email": ADDRESS, "recipient_name": "Gran", "message": "For the <long> evenings."}
CLAIM = f"{GIFTS}claim/"
QUOTE = "/api/v1/payments/quote/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(make_course: MakeCourse) -> UUID:
    return make_course(title="Bread from four ingredients")


@pytest.fixture
def gift(buyer_id: UUID, course: UUID) -> Gift:
    """Paid for by the buyer, and waiting to be claimed."""
    make_paid_gift(buyer_id=buyer_id, course_ids=[course], email=ADDRESS, now=now())
    return Gift.objects.select_related("line").get()


@pytest.fixture
def claimer_id() -> UUID:
    return make_user().id


@pytest.fixture
def claimer(api: ApiClient, claimer_id: UUID) -> ApiClient:
    return api.as_actor(claimer_id)


# Buying


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


# What became of them


def test_the_giver_sees_what_became_of_each(
    buyer: ApiClient, buyer_id: UUID, claimer_id: UUID, make_course: MakeCourse
) -> None:
    moment = now()
    for title in ("Waiting", "Claimed", "Canceled"):
        make_paid_gift(buyer_id=buyer_id, course_ids=[make_course(title=title)], email=ADDRESS, now=moment)
    make_paid_gift(
        buyer_id=buyer_id,
        course_ids=[make_course(title="Expired")],
        email=ADDRESS,
        now=moment - timedelta(days=400),
    )
    by_title = {gift.line.title: gift for gift in Gift.objects.select_related("line")}
    claim_gift(user_id=claimer_id, code=by_title["Claimed"].code, now=moment)
    end_entitlements_of(by_title["Canceled"].line.order_id, now=moment)

    shown = buyer.json(buyer.get(GIFTS))["results"]

    assert {gift["title"]: gift["status"] for gift in shown} == {
        title: title.lower() for title in ("Waiting", "Claimed", "Canceled", "Expired")
    }
    assert [gift["title"] for gift in shown if gift["code"]] == ["Waiting"]


@pytest.mark.parametrize("number", [1, 5])
def test_the_list_takes_one_query_and_shows_ones_own(
    buyer: ApiClient,
    buyer_id: UUID,
    make_course: MakeCourse,
    number: int,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    make_paid_gift(buyer_id=make_user().id, course_ids=[make_course()], email=ADDRESS, now=now())
    courses = [make_course() for _ in range(number)]
    make_paid_gift(buyer_id=buyer_id, course_ids=courses, email=ADDRESS, now=now())

    with django_assert_num_queries(1):
        shown = buyer.json(buyer.get(GIFTS))["results"]

    assert {gift["course_id"] for gift in shown} == {str(course) for course in courses}


def test_a_code_is_mailed_again_once_a_day_and_to_another_address_at_once(
    buyer: ApiClient, gift: Gift, deliver_events: Callable[[], int]
) -> None:
    deliver_events()
    url = f"{GIFTS}{gift.id}/resend/"

    statuses = [
        buyer.post(url, body).status_code
        for body in ({}, {}, {"recipient_email": "grandma@example.org"}, {"recipient_email": ADDRESS})
    ]

    assert statuses == [202] * 4
    addresses = [mail.to[0] for mail in sent_mails() if "gave you a course" in mail.subject]
    assert addresses == [ADDRESS, ADDRESS, "grandma@example.org"]


def test_somebody_elses_gift_is_not_mailed(claimer: ApiClient, gift: Gift) -> None:
    problem(claimer.post(f"{GIFTS}{gift.id}/resend/", {}), 404, "commerce.gift_not_found")


def test_a_claimed_gift_is_not_mailed_again(buyer: ApiClient, claimer_id: UUID, gift: Gift) -> None:
    claim_gift(user_id=claimer_id, code=gift.code, now=now())

    problem(buyer.post(f"{GIFTS}{gift.id}/resend/", {}), 409, "commerce.gift_claimed")


# Claiming


def test_who_brings_the_code_may_take_the_course(
    buyer: ApiClient,
    claimer: ApiClient,
    claimer_id: UUID,
    gift: Gift,
    course: UUID,
    published: Callable[..., list[Any]],
) -> None:
    (listed,) = buyer.json(buyer.get(GIFTS))["results"]

    response = claimer.post(CLAIM, {"code": f" {listed['code'].lower().replace('-', ' ')} "})

    assert (response.status_code, claimer.json(response)["course_id"]) == (200, str(course))
    (granted,) = published(EntitlementsGranted)
    assert (granted.user_id, granted.course_ids, granted.how) == (claimer_id, (course,), "gift")
    assert commerce.get_entitled_course_ids(user_id=claimer_id, course_ids=[course]) == {course}


def test_claiming_again_is_answered_the_same_and_gives_nothing_more(
    claimer: ApiClient, gift: Gift, published: Callable[..., list[Any]]
) -> None:
    first = claimer.post(CLAIM, {"code": gift.code})

    again = claimer.post(CLAIM, {"code": gift.code})

    assert claimer.json(again) == claimer.json(first)
    assert len(published(EntitlementsGranted)) == Entitlement.objects.count() == 1


def test_an_unknown_code_is_no_gift(claimer: ApiClient, gift: Gift) -> None:
    problem(claimer.post(CLAIM, {"code": "A" * 20}), 404, "commerce.gift_not_found")


def test_a_gift_is_claimed_by_one_person_alone(api: ApiClient, claimer_id: UUID, gift: Gift) -> None:
    claim_gift(user_id=claimer_id, code=gift.code, now=now())

    problem(api.as_actor(make_user().id).post(CLAIM, {"code": gift.code}), 409, "commerce.gift_claimed")


def test_a_gift_that_was_not_claimed_in_time_has_expired(
    claimer: ApiClient, buyer_id: UUID, course: UUID
) -> None:
    make_paid_gift(
        buyer_id=buyer_id, course_ids=[course], email=ADDRESS, now=now() - timedelta(days=365, seconds=1)
    )

    problem(claimer.post(CLAIM, {"code": Gift.objects.get().code}), 410, "commerce.gift_expired")


def test_a_refunded_gift_is_canceled(claimer: ApiClient, gift: Gift) -> None:
    end_entitlements_of(gift.line.order_id, now=now())

    problem(claimer.post(CLAIM, {"code": gift.code}), 410, "commerce.gift_canceled")


def test_refunding_a_claimed_gift_ends_the_claimers_course(
    claimer: ApiClient, claimer_id: UUID, gift: Gift, course: UUID
) -> None:
    claim_gift(user_id=claimer_id, code=gift.code, now=now())

    end_entitlements_of(gift.line.order_id, now=now())

    assert not commerce.get_entitled_course_ids(user_id=claimer_id, course_ids=[course])
    problem(claimer.post(CLAIM, {"code": gift.code}), 410, "commerce.gift_canceled")


def test_a_gift_whose_payment_is_disputed_waits(claimer: ApiClient, gift: Gift) -> None:
    order = Order.objects.get()
    order.status = "disputed"
    order.save(update_fields=["status"])

    problem(claimer.post(CLAIM, {"code": gift.code}), 409, "commerce.gift_suspended")


def test_the_teacher_of_a_course_cannot_claim_it_and_the_gift_stays_good(
    api: ApiClient, claimer: ApiClient, gift: Gift
) -> None:
    teacher = api.as_actor(gift.line.seller_id, roles=["instructor"])

    problem(teacher.post(CLAIM, {"code": gift.code}), 403, "commerce.own_course")

    assert claimer.post(CLAIM, {"code": gift.code}).status_code == 200


def test_who_has_the_course_cannot_claim_it_and_the_gift_stays_good(
    api: ApiClient, claimer: ApiClient, gift: Gift, course: UUID
) -> None:
    owner_id = make_user().id
    make_paid_order(buyer_id=owner_id, course_ids=[course], now=now())

    problem(api.as_actor(owner_id).post(CLAIM, {"code": gift.code}), 409, "commerce.already_owned")

    assert claimer.post(CLAIM, {"code": gift.code}).status_code == 200


def test_what_was_given_is_had_though_it_was_unpublished_meanwhile(
    claimer: ApiClient, gift: Gift, course: UUID, withdraw_course: Callable[[UUID], None]
) -> None:
    withdraw_course(course)

    assert claimer.post(CLAIM, {"code": gift.code}).status_code == 200


def test_ten_people_with_one_code_at_once_are_one_claimer(
    transactional_db: None, api: ApiClient, make_course: MakeCourse
) -> None:
    course = make_course()
    make_paid_gift(buyer_id=make_user().id, course_ids=[course], email=ADDRESS, now=now())
    code = Gift.objects.get().code
    people = [make_user().id for _ in range(10)]

    def claim(user_id: UUID) -> int:
        try:
            return api.as_actor(user_id).post(CLAIM, {"code": code}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(claim, people))

    assert sorted(statuses) == [200] + [409] * 9
    (entitled,) = Entitlement.objects.all()
    assert entitled.user_id == people[statuses.index(200)] == Gift.objects.get().claimed_by


def test_a_code_and_a_purchase_at_once_give_the_course_once_and_keep_the_gift(
    transactional_db: None, make_course: MakeCourse
) -> None:
    course, person = make_course(), make_user().id
    make_paid_gift(buyer_id=make_user().id, course_ids=[course], email=ADDRESS, now=now())
    code = Gift.objects.get().code
    payment = paid_in_full(make_order(buyer_id=person, course_ids=[course], now=now()))

    def claim() -> str:
        try:
            claim_gift(user_id=person, code=code, now=now())
        except AlreadyOwnedError as error:
            return error.code
        finally:
            connection.close()
        return "claimed"

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            settle(payment, now=now())  # the entitlement is written, and not committed
            claiming = pool.submit(claim)
            wait_until_blocked()
        outcome = claiming.result(timeout=30)

    assert outcome == "commerce.already_owned"
    assert Entitlement.objects.count() == 1
    assert Gift.objects.get().claimed_by is None


def test_the_database_holds_that_a_gift_is_claimed_once(claimer_id: UUID, gift: Gift) -> None:
    claim_gift(user_id=claimer_id, code=gift.code, now=now())

    with pytest.raises(IntegrityError, match="is claimed or canceled already"), transaction.atomic():
        Gift.objects.update(claimed_by=make_user().id)
