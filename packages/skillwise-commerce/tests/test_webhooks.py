"""Webhooks: genuine ones are stored before they are answered; twice, late or wrong, they do no harm."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection
from django.http import HttpResponse
from endpoints import ORDERS, WEBHOOK, problem
from skillwise_commerce.events import OrderPaid, ProviderEventStored
from skillwise_commerce.models import Order, Payment, ProviderEvent
from skillwise_identity.testing import make_user
from skillwise_kernel.testing.client import ApiClient
from stand_in import StandIn, sign

PostEvent = Callable[..., HttpResponse]
MakeCourse = Callable[..., UUID]
Ordered = dict[str, Any]

EVENT = {
    "id": "evt_of_a_test",
    "object": "event",
    "type": "payment_intent.succeeded",
    "data": {"object": {"id": "pi_of_a_test", "object": "payment_intent"}},
}


@pytest.fixture
def ordered(
    buyer: ApiClient, buy: Callable[..., HttpResponse], make_course: MakeCourse, stripe: StandIn
) -> Ordered:
    """What `payments/create/` answered for one course."""
    body: Ordered = buyer.json(buy(buyer, make_course()))
    return body


def status_of(ordered: Ordered) -> str:
    return Order.objects.get(id=ordered["order"]["id"]).status


@pytest.mark.django_db
class TestSignature:
    def test_a_genuine_event_is_stored_to_the_letter_with_a_note_to_the_worker(
        self, post_event: PostEvent, published: Callable[..., list[Any]]
    ) -> None:
        body = json.dumps(EVENT, indent=2)

        response = post_event(body)

        assert (response.status_code, ApiClient.json(response)) == (200, {"received": True})
        stored = ProviderEvent.objects.get()
        assert stored.payload == body
        assert (stored.provider_event_id, stored.kind, stored.provider_payment_id) == (
            "evt_of_a_test",
            "payment_intent.succeeded",
            "pi_of_a_test",
        )
        assert [event.provider_event_id for event in published(ProviderEventStored)] == [stored.id]

    def test_without_a_signature_it_is_refused(self, api: ApiClient) -> None:
        response = api.post(WEBHOOK, EVENT)

        problem(response, 400, "commerce.webhook_signature_invalid")
        assert not ProviderEvent.objects.exists()

    @pytest.mark.parametrize(
        "signature", ["", "t=1", "v1=abc", "t=,v1=", "t=now,v1=abc", "nonsense", "t=1,v1=ab,v1=cd", "é"]
    )
    def test_a_signature_that_is_none_is_refused(self, post_event: PostEvent, signature: str) -> None:
        problem(post_event(EVENT, signature=signature), 400, "commerce.webhook_signature_invalid")

    def test_a_signature_by_another_secret_is_refused(self, post_event: PostEvent) -> None:
        forged = sign(json.dumps(EVENT, indent=2), secret="whsec_of_somebody_else")

        problem(post_event(EVENT, signature=forged), 400, "commerce.webhook_signature_invalid")

    def test_a_signature_older_than_five_minutes_is_refused(self, post_event: PostEvent) -> None:
        body = json.dumps(EVENT)

        assert post_event(body, signature=sign(body, age=290)).status_code == 200
        problem(post_event(body, signature=sign(body, age=310)), 400, "commerce.webhook_signature_invalid")

    def test_another_body_under_a_genuine_signature_is_refused(self, post_event: PostEvent) -> None:
        body = json.dumps(EVENT)
        changed = body.replace("pi_of_a_test", "pi_of_another")

        problem(post_event(body, sent=changed), 400, "commerce.webhook_signature_invalid")
        assert not ProviderEvent.objects.exists()

    def test_an_unset_secret_lets_nobody_in(self, post_event: PostEvent, settings: Any) -> None:
        settings.SKILLWISE_COMMERCE = settings.SKILLWISE_COMMERCE | {"STRIPE_WEBHOOK_SECRET": ""}
        body = json.dumps(EVENT)

        response = post_event(body, signature=sign(body, secret=""))

        problem(response, 400, "commerce.webhook_signature_invalid")

    @pytest.mark.parametrize(
        "body", ["", "not JSON", "[]", "{}", '{"id": 1, "type": "x"}', '{"id": "", "type": "x"}']
    )
    def test_a_signed_body_that_is_no_event_is_refused(self, post_event: PostEvent, body: str) -> None:
        problem(post_event(body), 400, "commerce.webhook_invalid")

    def test_bytes_that_are_no_text_are_refused(self, api: ApiClient) -> None:
        response = api.post(
            WEBHOOK,
            data=b"\xff\xfe",
            content_type="application/json",
            headers={"Stripe-Signature": sign("x")},
        )

        problem(response, 400, "commerce.webhook_signature_invalid")

    def test_a_body_larger_than_any_event_is_not_read(self, api: ApiClient) -> None:
        response = api.post(
            WEBHOOK, data=b" " * (512 * 1024 + 1), content_type="application/json", headers={}
        )

        problem(response, 413, "commerce.webhook_too_large")

    def test_escaped_nul_characters_in_an_event_are_stored_as_they_came(self, post_event: PostEvent) -> None:
        body = json.dumps(EVENT | {"note": "\x00"})

        assert post_event(body).status_code == 200
        assert ProviderEvent.objects.get().payload == body

    def test_stripe_is_never_throttled(self, post_event: PostEvent) -> None:
        answers = {post_event(EVENT | {"id": f"evt_{number}"}).status_code for number in range(150)}

        assert answers == {200}


@pytest.mark.django_db
class TestStoring:
    def test_a_repeated_event_is_stored_and_noted_once(
        self, post_event: PostEvent, published: Callable[..., list[Any]]
    ) -> None:
        assert [post_event(EVENT).status_code for _ in range(3)] == [200, 200, 200]

        assert ProviderEvent.objects.count() == 1
        assert len(published(ProviderEventStored)) == 1

    @pytest.mark.django_db(transaction=True)
    def test_deliveries_that_race_to_insert_store_one(
        self, post_event: PostEvent, published: Callable[..., list[Any]]
    ) -> None:
        def post(_: int) -> int:
            try:
                return post_event(EVENT).status_code
            finally:
                connection.close()

        with ThreadPoolExecutor(10) as pool:
            answers = list(pool.map(post, range(20)))

        assert answers == [200] * 20
        assert ProviderEvent.objects.count() == 1
        assert len(published(ProviderEventStored)) == 1

    @pytest.mark.django_db(transaction=True)
    def test_an_integrity_error_of_another_kind_is_not_taken_for_a_repetition(
        self, post_event: PostEvent
    ) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE skillwise_commerce_providerevent "
                "ADD CONSTRAINT of_a_test CHECK (kind <> 'broken')"
            )
        try:
            with pytest.raises(IntegrityError, match="of_a_test"):
                post_event(EVENT | {"type": "broken"})
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE skillwise_commerce_providerevent DROP CONSTRAINT of_a_test")

    def test_an_event_whose_note_cannot_be_written_is_not_stored_either(
        self, post_event: PostEvent, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from skillwise_commerce.services import webhooks

        def fail(event: object) -> None:
            raise RuntimeError("the outbox is full")

        with monkeypatch.context() as patch:
            patch.setattr(webhooks, "publish", fail)
            with pytest.raises(RuntimeError):
                post_event(EVENT)
        assert not ProviderEvent.objects.exists()

        assert post_event(EVENT).status_code == 200
        assert ProviderEvent.objects.count() == 1


class TestProcessing:
    def test_a_payment_that_arrived_pays_the_order(
        self, ordered: Ordered, stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int]
    ) -> None:
        intent = ordered["payment"]["payment_intent"]
        stripe.pay(intent)

        post_event(stripe.last_event(intent, "payment_intent.succeeded"))
        assert status_of(ordered) == "pending"
        deliver_events()

        assert status_of(ordered) == "paid"
        event = ProviderEvent.objects.get()
        assert event.outcome == "applied"
        assert event.processed_at is not None

    def test_an_event_is_no_proof(
        self, ordered: Ordered, post_event: PostEvent, deliver_events: Callable[..., int]
    ) -> None:
        """A genuine event may be old news by the time that it is read: Stripe is asked what is true."""
        intent = ordered["payment"]["payment_intent"]

        post_event(
            EVENT | {"data": {"object": {"id": intent, "object": "payment_intent", "status": "succeeded"}}}
        )
        deliver_events()

        assert status_of(ordered) == "pending"
        assert ProviderEvent.objects.get().outcome == "repeated"

    def test_three_d_secure_is_shown_and_then_paid(
        self, ordered: Ordered, stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int]
    ) -> None:
        intent = ordered["payment"]["payment_intent"]
        stripe.pay(intent, "pm_card_authenticationRequired")
        post_event(stripe.last_event(intent, "payment_intent.requires_action"))
        deliver_events()
        assert status_of(ordered) == "requires_action"

        stripe.authenticate(intent)
        post_event(stripe.last_event(intent, "payment_intent.succeeded"))
        deliver_events()

        assert status_of(ordered) == "paid"

    def test_success_after_a_failure_pays_the_order(
        self,
        ordered: Ordered,
        buyer: ApiClient,
        stripe: StandIn,
        post_event: PostEvent,
        deliver_events: Callable[..., int],
    ) -> None:
        intent = ordered["payment"]["payment_intent"]
        stripe.pay(intent, "pm_card_visa_chargeDeclinedInsufficientFunds")
        post_event(stripe.last_event(intent, "payment_intent.payment_failed"))
        deliver_events()
        shown = buyer.json(buyer.get(f"{ORDERS}{ordered['order']['id']}/"))
        assert (shown["status"], shown["failure_code"]) == ("failed", "insufficient_funds")

        stripe.pay(intent)
        post_event(stripe.last_event(intent, "payment_intent.succeeded"))
        deliver_events()

        shown = buyer.json(buyer.get(f"{ORDERS}{ordered['order']['id']}/"))
        assert (shown["status"], shown["failure_code"]) == ("paid", None)

    def test_every_event_of_a_payment_in_any_order_twice_pays_it_once(
        self,
        ordered: Ordered,
        stripe: StandIn,
        post_event: PostEvent,
        deliver_events: Callable[..., int],
        published: Callable[..., list[Any]],
    ) -> None:
        intent = ordered["payment"]["payment_intent"]
        stripe.pay(intent, "pm_card_visa_chargeDeclinedInsufficientFunds")
        stripe.pay(intent, "pm_card_authenticationRequired")
        stripe.authenticate(intent)
        events = stripe.events(intent)
        assert len(events) >= 4

        for event in [*reversed(events), *events]:
            assert post_event(event).status_code == 200
            deliver_events()

        assert status_of(ordered) == "paid"
        assert Payment.objects.count() == 1
        assert len(published(OrderPaid)) == 1
        assert set(ProviderEvent.objects.values_list("outcome", flat=True)) == {"applied", "repeated"}

    def test_a_late_failure_takes_nothing_back(
        self, ordered: Ordered, stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int]
    ) -> None:
        intent = ordered["payment"]["payment_intent"]
        stripe.pay(intent, "pm_card_visa_chargeDeclinedInsufficientFunds")
        stripe.pay(intent)
        post_event(stripe.last_event(intent, "payment_intent.succeeded"))
        deliver_events()

        post_event(stripe.last_event(intent, "payment_intent.payment_failed"))
        deliver_events()

        assert status_of(ordered) == "paid"

    def test_a_canceled_payment_cancels_the_order(
        self, ordered: Ordered, stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int]
    ) -> None:
        intent = ordered["payment"]["payment_intent"]
        stripe.client.v1.payment_intents.cancel(intent)

        post_event(stripe.last_event(intent, "payment_intent.canceled"))
        deliver_events()

        assert status_of(ordered) == "canceled"

    def test_an_event_that_is_faster_than_our_own_commit_finds_its_order(
        self, ordered: Ordered, stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int]
    ) -> None:
        """Stripe may tell of a payment before its answer that names the payment has been stored."""
        intent = ordered["payment"]["payment_intent"]
        Order.objects.filter(id=ordered["order"]["id"]).update(provider_payment_id=None)
        stripe.pay(intent)

        post_event(stripe.last_event(intent, "payment_intent.succeeded"))
        deliver_events()

        order = Order.objects.get(id=ordered["order"]["id"])
        assert (order.status, order.provider_payment_id) == ("paid", intent)

    def test_a_kind_of_event_that_is_none_of_ours_is_kept_and_ignored(
        self, stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int], db: None
    ) -> None:
        post_event(
            {"id": "evt_1", "type": "invented.tomorrow", "data": {"object": {"id": "x", "object": "y"}}}
        )
        post_event({"id": "evt_2", "object": "v2.core.event", "type": "v1.billing.meter.no_meter_found"})
        deliver_events()

        assert list(ProviderEvent.objects.values_list("outcome", flat=True)) == ["ignored", "ignored"]

    def test_a_payment_for_no_order_of_ours_is_kept_and_left_alone(
        self, stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int], db: None
    ) -> None:
        create = stripe.client.v1.payment_intents.create
        foreign = [
            create({"amount": 999, "currency": "usd", "metadata": metadata})
            for metadata in (
                {},
                {"order_id": "not-a-uuid"},
                {"order_id": "0199c4d2-a1b0-7c3e-8f5a-6b7c8d9e0f10"},
            )
        ]

        for intent in foreign:
            post_event(stripe.last_event(intent.id, "payment_intent.created"))
        deliver_events()

        assert set(ProviderEvent.objects.values_list("outcome", flat=True)) == {"unknown_order"}

    def test_a_payment_that_stripe_no_longer_knows_is_kept_and_left_alone(
        self, stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int], db: None
    ) -> None:
        post_event(EVENT)
        deliver_events()

        assert ProviderEvent.objects.get().outcome == "unknown_payment"

    def test_while_stripe_does_not_answer_the_event_waits_with_its_error(
        self, ordered: Ordered, stripe: StandIn, post_event: PostEvent, deliver_events: Callable[..., int]
    ) -> None:
        from skillwise_kernel.models import Delivery

        intent = ordered["payment"]["payment_intent"]
        stripe.pay(intent)
        post_event(stripe.last_event(intent, "payment_intent.succeeded"))
        stripe.fail_calls(
            mode="status", status=500, method="GET", path=f"/v1/payment_intents/{intent}", times=3
        )

        deliver_events(raising=False)

        assert status_of(ordered) == "pending"
        assert ProviderEvent.objects.get().outcome == ""
        delivery = Delivery.objects.get(subscriber="commerce.process_provider_events")
        assert "ProviderFailedError" in delivery.last_error
        Delivery.objects.filter(id=delivery.id).update(next_attempt_at=delivery.event.occurred_at)
        deliver_events()
        assert status_of(ordered) == "paid"

    @pytest.mark.django_db(transaction=True)
    def test_events_of_one_payment_processed_at_once_pay_it_once(
        self,
        api: ApiClient,
        buy: Callable[..., HttpResponse],
        make_course: MakeCourse,
        stripe: StandIn,
        post_event: PostEvent,
        published: Callable[..., list[Any]],
    ) -> None:
        from skillwise_kernel import outbox

        buyer = api.as_actor(make_user().id)
        ordered = buyer.json(buy(buyer, make_course()))
        intent = ordered["payment"]["payment_intent"]
        stripe.pay(intent)
        event = stripe.last_event(intent, "payment_intent.succeeded")
        for number in range(8):
            post_event(event | {"id": f"evt_{intent}_{number}"})

        def work(_: int) -> None:
            try:
                outbox.deliver_due()
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(8)))

        assert status_of(ordered) == "paid"
        assert Payment.objects.count() == 1
        assert len(published(OrderPaid)) == 1
        assert sorted(ProviderEvent.objects.values_list("outcome", flat=True)) == [
            "applied",
            *["repeated"] * 7,
        ]
