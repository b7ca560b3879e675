"""One purchase is one charge: whatever crashes, repeats or races between the order and its payment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from endpoints import ORDERS, problem
from skillwise_commerce.models import Order, OrderLine, OrderTransition, ProviderCustomer
from skillwise_commerce.services.checkout import create_payment
from skillwise_commerce.services.pricing import price_basket
from skillwise_commerce.services.settlement import settle
from skillwise_commerce.testing import make_order, paid_in_full
from skillwise_identity.testing import make_user
from skillwise_kernel.clock import now
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn

Buy = Callable[..., HttpResponse]
MakeCourse = Callable[..., UUID]
INTENTS = "/v1/payment_intents"


def moves_of(order_id: str) -> list[tuple[str, str, str]]:
    moves = OrderTransition.objects.filter(order_id=order_id)
    return [(move.from_status, move.to_status, move.cause) for move in moves]


def test_a_second_device_resumes_the_order_there_is(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    one, other = make_course(), make_course()
    first = buyer.json(buy(buyer, one, other))

    second = buyer.json(buy(buyer, other, one))

    assert second["order"]["id"] == first["order"]["id"]
    assert second["payment"]["payment_intent"] == first["payment"]["payment_intent"]
    assert second["payment"]["client_secret"] == first["payment"]["client_secret"]


@pytest.mark.parametrize("mode", ["before", "after"])
def test_a_crash_before_the_answer_was_stored_leads_to_the_same_intent(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn, mode: str
) -> None:
    course = make_course()
    stripe.fail_calls(mode=mode, method="POST", path=INTENTS, times=3)
    lost = buy(buyer, course, key="tap")
    problem(lost, 503, "commerce.provider_unavailable")
    order = Order.objects.get()
    assert (order.status, order.provider_payment_id) == ("pending", None)

    resumed = buyer.json(buy(buyer, course, key="tap"))

    assert resumed["order"]["id"] == str(order.id)
    intents = stripe.client.v1.payment_intents.list({"customer": resumed["payment"]["customer"]}).data
    assert [intent.id for intent in intents] == [resumed["payment"]["payment_intent"]]


def test_a_process_that_dies_between_stripes_answer_and_our_commit_starts_nothing_twice(
    buyer: ApiClient,
    buy: Buy,
    make_course: MakeCourse,
    stripe: StandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    course = make_course()
    from skillwise_commerce.services import checkout

    def die(*_: object, **__: object) -> None:
        raise SystemExit("killed")

    with monkeypatch.context() as patch:
        patch.setattr(checkout, "_store", die)
        with pytest.raises(SystemExit):
            buy(buyer, course)

    resumed = buyer.json(buy(buyer, course))

    intents = stripe.client.v1.payment_intents.list({"customer": resumed["payment"]["customer"]}).data
    assert [intent.id for intent in intents] == [resumed["payment"]["payment_intent"]]
    assert Order.objects.count() == 1


def test_a_failure_that_stripe_remembers_does_not_lock_the_buyer_out(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    course = make_course()
    stripe.fail_calls(mode="status", status=500, method="POST", path=INTENTS, times=3)
    problem(buy(buyer, course), 503, "commerce.provider_unavailable")

    resumed = buy(buyer, course)

    assert resumed.status_code == 201
    keys = {call["idempotency_key"] for call in stripe.calls("POST", INTENTS)}
    order_id = buyer.json(resumed)["order"]["id"]
    assert keys == {f"skillwise:order:{order_id}:0", f"skillwise:order:{order_id}:1"}


@pytest.mark.parametrize(("path", "calls"), [("/v1/customers", 6), (INTENTS, 3), ("/v1/ephemeral_keys", 3)])
def test_a_provider_that_is_down_at_any_call_is_said_so_and_resumed(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn, path: str, calls: int
) -> None:
    course = make_course()
    stripe.fail_calls(mode="status", status=503, method="POST", path=path, times=calls)

    response = buy(buyer, course, key="tap")

    problem(response, 503, "commerce.provider_unavailable")
    assert response["Retry-After"]
    assert buy(buyer, course, key="tap").status_code == 201
    assert Order.objects.count() == 1


def test_a_provider_that_is_not_there_at_all_leaves_an_order_to_resume(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, settings: Any
) -> None:
    settings.SKILLWISE_COMMERCE = settings.SKILLWISE_COMMERCE | {
        "STRIPE_API_BASE": "http://127.0.0.1:9/stripe"
    }

    problem(buy(buyer, make_course()), 503, "commerce.provider_unavailable")

    assert Order.objects.get().is_open


def test_a_wrong_key_of_ours_is_no_fault_of_the_buyers(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn, settings: Any
) -> None:
    settings.SKILLWISE_COMMERCE = settings.SKILLWISE_COMMERCE | {"STRIPE_SECRET_KEY": "sk_test_wrong"}

    problem(buy(buyer, make_course()), 503, "commerce.provider_unavailable")


def test_another_purchase_with_a_course_in_common_cancels_the_older_intent_first(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    shared = make_course()
    older = buyer.json(buy(buyer, shared, make_course()))

    newer = buyer.json(buy(buyer, shared))

    intent = stripe.client.v1.payment_intents.retrieve(older["payment"]["payment_intent"])
    assert intent.status == "canceled"
    assert newer["payment"]["payment_intent"] != intent.id
    assert moves_of(older["order"]["id"])[-1] == ("pending", "canceled", "superseded")
    assert OrderLine.objects.filter(is_open=True).count() == 1


def test_a_changed_price_makes_a_new_order_in_the_old_ones_place(
    buyer: ApiClient,
    buy: Buy,
    make_course: MakeCourse,
    change_price: Callable[[UUID, Money], None],
    stripe: StandIn,
) -> None:
    course = make_course(price=Money(4999, "USD"))
    older = buyer.json(buy(buyer, course))
    change_price(course, Money(5999, "USD"))

    newer = buyer.json(buy(buyer, course))

    assert newer["order"]["total"]["amount"] == 5999
    assert Order.objects.get(id=older["order"]["id"]).status == "canceled"


def test_an_order_of_which_the_provider_never_answered_is_superseded_without_asking_it(
    buyer: ApiClient, buyer_id: UUID, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    shared = make_course()
    older = make_order(buyer_id=buyer_id, course_ids=[shared, make_course()], now=now())

    assert buy(buyer, shared).status_code == 201

    assert moves_of(str(older))[-1] == ("pending", "canceled", "superseded")


def test_an_older_order_that_proves_to_be_paid_is_not_paid_again(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    shared = make_course()
    older = buyer.json(buy(buyer, shared, make_course()))
    stripe.pay(older["payment"]["payment_intent"])

    response = buy(buyer, shared)

    assert problem(response, 409, "commerce.order_already_paid")["order_id"] == older["order"]["id"]
    assert Order.objects.get().status == "paid"


def test_an_order_that_was_paid_before_we_heard_of_it_is_not_handed_out_again(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    course = make_course()
    order = buyer.json(buy(buyer, course))
    stripe.pay(order["payment"]["payment_intent"])

    problem(buy(buyer, course), 409, "commerce.order_already_paid")

    assert Order.objects.get().status == "paid"
    problem(buy(buyer, course), 409, "commerce.already_owned")


def test_money_on_its_way_is_waited_for(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    course = make_course()
    order = buyer.json(buy(buyer, course, make_course()))
    stripe.pay(order["payment"]["payment_intent"], "pm_usBankAccount_processing")

    problem(buy(buyer, course), 409, "commerce.payment_in_progress")

    assert Order.objects.get().is_open


def test_an_intent_that_was_canceled_elsewhere_gives_way_to_a_new_order(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    course = make_course()
    first = buyer.json(buy(buyer, course))
    stripe.client.v1.payment_intents.cancel(first["payment"]["payment_intent"])

    second = buyer.json(buy(buyer, course))

    assert second["order"]["id"] != first["order"]["id"]
    assert Order.objects.get(id=first["order"]["id"]).status == "canceled"


def test_an_intent_that_stripe_no_longer_knows_gives_way_to_a_new_order(
    buyer: ApiClient, buyer_id: UUID, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    course = make_course()
    forgotten = make_order(buyer_id=buyer_id, course_ids=[course], now=now())
    Order.objects.filter(id=forgotten).update(provider_payment_id="pi_forgotten")

    assert buy(buyer, course).status_code == 201

    assert Order.objects.get(id=forgotten).status == "canceled"


def test_trying_again_after_a_refusal_is_the_same_payment(
    buyer: ApiClient, buy: Buy, make_course: MakeCourse, post_event: Any, deliver_events: Any, stripe: StandIn
) -> None:
    course = make_course()
    first = buyer.json(buy(buyer, course))
    intent = first["payment"]["payment_intent"]
    stripe.pay(intent, "pm_card_visa_chargeDeclinedInsufficientFunds")
    post_event(stripe.last_event(intent, "payment_intent.payment_failed"))
    deliver_events()
    assert buyer.json(buyer.get(f"{ORDERS}{first['order']['id']}/"))["status"] == "failed"

    second = buyer.json(buy(buyer, course))

    assert second["payment"]["payment_intent"] == intent
    assert (second["order"]["status"], second["order"]["failure_code"]) == ("pending", None)
    assert moves_of(first["order"]["id"])[-1] == ("failed", "pending", "retry")


def test_an_order_that_was_closed_while_stripe_answered_has_its_intent_canceled(
    buyer: ApiClient,
    buyer_id: UUID,
    buy: Buy,
    make_course: MakeCourse,
    stripe: StandIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    course = make_course()
    from skillwise_commerce.services import checkout

    real_store = checkout._store

    def store_after_another_device(order: Order, payment: Any, **more: Any) -> Order:
        monkeypatch.setattr(checkout, "_store", real_store)
        basket = price_basket(buyer_id=buyer_id, course_ids=[course, make_course()], now=now())
        create_payment(buyer_id=buyer_id, basket=basket, provider="stripe", now=now())
        return real_store(order, payment, **more)

    monkeypatch.setattr(checkout, "_store", store_after_another_device)

    problem(buy(buyer, course), 409, "commerce.order_superseded")

    customer = ProviderCustomer.objects.get(user_id=buyer_id).provider_customer_id
    intents = stripe.client.v1.payment_intents.list({"customer": customer}).data
    assert sorted(intent.status for intent in intents) == ["canceled", "requires_payment_method"]


@pytest.mark.django_db(transaction=True)
def test_twelve_taps_at_once_make_one_order_and_one_intent(
    api: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    buyer_id, course = make_user().id, make_course()

    def tap(_: int) -> HttpResponse:
        try:
            return buy(api.as_actor(buyer_id), course)
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        responses = list(pool.map(tap, range(12)))

    assert {response.status_code for response in responses} == {201}
    bodies = [ApiClient.json(response) for response in responses]
    assert len({body["order"]["id"] for body in bodies}) == 1
    assert len({body["payment"]["payment_intent"] for body in bodies}) == 1
    intents = stripe.client.v1.payment_intents.list({"customer": bodies[0]["payment"]["customer"]}).data
    assert len(intents) == 1


@pytest.mark.django_db(transaction=True)
def test_overlapping_purchases_at_once_leave_one_chargeable_intent_for_a_course(
    api: ApiClient, buy: Buy, make_course: MakeCourse, stripe: StandIn
) -> None:
    buyer_id, shared, other = make_user().id, make_course(), make_course()
    baskets = [[shared, other, make_course()] if turn % 2 else [other, shared] for turn in range(6)]

    def tap(basket: list[UUID]) -> int:
        try:
            return buy(api.as_actor(buyer_id), *basket).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(tap, baskets))

    assert set(statuses) <= {201, 409}
    customer = ProviderCustomer.objects.get(user_id=buyer_id).provider_customer_id
    intents = stripe.client.v1.payment_intents.list({"customer": customer, "limit": 100}).data
    chargeable = [intent for intent in intents if intent.status != "canceled"]
    assert len(chargeable) <= 1
    assert OrderLine.objects.filter(course_id=shared, is_open=True).count() == 1


def test_lines_are_written_in_the_order_of_their_courses(buyer_id: UUID, make_course: MakeCourse) -> None:
    """Two baskets with the same courses would wait for each other in a circle otherwise."""
    courses = [make_course() for _ in range(4)]

    make_order(buyer_id=buyer_id, course_ids=[*reversed(courses)], now=now())

    with connection.cursor() as cursor:
        cursor.execute("SELECT course_id, position FROM skillwise_commerce_orderline ORDER BY ctid")
        assert cursor.fetchall() == [(course, 4 - index) for index, course in enumerate(sorted(courses))]


@pytest.mark.django_db(transaction=True)
def test_what_is_being_paid_for_at_this_moment_cannot_be_ordered_again(make_course: MakeCourse) -> None:
    buyer_id, course = make_user().id, make_course()
    first = make_order(buyer_id=buyer_id, course_ids=[course], now=now())

    def order_again() -> str:
        try:
            make_order(buyer_id=buyer_id, course_ids=[course], now=now())
        except Exception as error:  # noqa: BLE001 - its kind is the result
            return type(error).__name__
        finally:
            connection.close()
        return "ordered"

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            settle(paid_in_full(first), now=now())
            waiting = pool.submit(order_again)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)

        assert waiting.result(timeout=10) == "AlreadyOwnedError"
