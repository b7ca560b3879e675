"""Refunds are made at the provider once, however often they are sent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from ledger import balances
from refunds import NOW
from skillwise_commerce import api as commerce
from skillwise_commerce.errors import RefundRefusedError
from skillwise_commerce.models import Order, Payment, Refund
from skillwise_commerce.services.refunds.opening import open_refund_by_admin, open_refund_by_policy
from skillwise_commerce.services.refunds.sending import resume_refunds, send_refund
from skillwise_commerce.services.settlement import settle
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from stand_in import StandIn

MakeCourse = Callable[..., UUID]


def test_what_was_free_goes_back_as_nothing(buyer_id: UUID, make_course: MakeCourse) -> None:
    course = make_course(price=Money(0, "USD"))
    order_id = commerce.take_free_course(user_id=buyer_id, course_id=course, now=NOW)
    opened = open_refund_by_policy(buyer_id=buyer_id, order_id=order_id, course_ids=None, reason="", now=NOW)

    done = send_refund(refund_id=opened.id, now=NOW)

    assert (done.status, Order.objects.get().status) == ("succeeded", "refunded")
    assert commerce.get_entitled_course_ids(user_id=buyer_id, course_ids=[course]) == frozenset()


class TestAtTheProvider:
    """With Stripe's stand-in."""

    @pytest.fixture
    def bought(
        self, buyer: Any, buy: Callable[..., Any], make_course: MakeCourse, stripe: StandIn, buyer_id: UUID
    ) -> UUID:
        """An order that was paid at the stand-in."""
        from skillwise_commerce.gateways import get_gateway

        answer = buyer.json(buy(buyer, make_course(price=Money(4999, "USD"))))
        intent = answer["payment"]["payment_intent"]
        stripe.pay(intent)
        settle(get_gateway("stripe").fetch(intent), now=NOW)
        return UUID(answer["order"]["id"])

    def opened(self, order_id: UUID) -> Refund:
        return open_refund_by_admin(
            admin_id=new_id(), order_id=order_id, amounts=None, reason="asked nicely", now=NOW
        )

    def test_a_refund_is_made_there_once_however_often_it_is_sent(
        self, bought: UUID, stripe: StandIn
    ) -> None:
        opened = self.opened(bought)

        for _ in range(2):
            done = send_refund(refund_id=opened.id, now=NOW)

        assert (done.status, Order.objects.get().status) == ("succeeded", "refunded")
        assert len(stripe.calls("POST", "/v1/refunds")) == 1

    @pytest.mark.parametrize("mode", ["before", "after"])
    def test_a_provider_that_is_down_leaves_it_pending_and_it_is_resumed_once(
        self, bought: UUID, stripe: StandIn, mode: str
    ) -> None:
        opened = self.opened(bought)
        stripe.fail_calls(mode=mode, method="POST", path="/v1/refunds", times=3)

        assert send_refund(refund_id=opened.id, now=NOW).status == "pending"
        assert Order.objects.get().status == "paid"
        later = NOW + timedelta(minutes=10)
        assert resume_refunds(older_than=timedelta(minutes=5), now=later) == 1

        assert Order.objects.get().status == "refunded"
        payment = Payment.objects.get()
        made = stripe.client.v1.refunds.list({"payment_intent": payment.provider_payment_id}).data
        assert [one.amount for one in made] == [4999]

    def test_an_attempt_that_failed_there_is_not_made_twice(self, bought: UUID, stripe: StandIn) -> None:
        opened = self.opened(bought)
        stripe.fail_calls(mode="status", status=500, method="POST", path="/v1/refunds", times=3)
        assert send_refund(refund_id=opened.id, now=NOW).status == "pending"
        payment = Payment.objects.get()
        stripe.client.v1.refunds.create(
            {"payment_intent": payment.provider_payment_id, "metadata": {"refund_id": str(opened.id)}}
        )

        done = send_refund(refund_id=opened.id, now=NOW)

        assert done.status == "succeeded"
        made = stripe.client.v1.refunds.list({"payment_intent": payment.provider_payment_id}).data
        assert len(made) == 1

    def test_a_refund_that_waited_until_its_key_was_forgotten_is_not_made_twice(
        self, bought: UUID, stripe: StandIn
    ) -> None:
        opened = self.opened(bought)
        payment = Payment.objects.get()
        stripe.client.v1.refunds.create(
            {"payment_intent": payment.provider_payment_id, "metadata": {"refund_id": str(opened.id)}}
        )

        resume_refunds(older_than=timedelta(minutes=5), now=NOW + timedelta(days=2))

        made = stripe.client.v1.refunds.list({"payment_intent": payment.provider_payment_id}).data
        assert len(made) == 1
        assert Order.objects.get().status == "refunded"

    def test_a_provider_that_refuses_leaves_the_books_as_they_were(
        self, bought: UUID, stripe: StandIn
    ) -> None:
        before = balances()
        payment = Payment.objects.get()
        stripe.client.v1.refunds.create({"payment_intent": payment.provider_payment_id})
        opened = self.opened(bought)

        with pytest.raises(RefundRefusedError) as refused:
            send_refund(refund_id=opened.id, now=NOW)

        assert refused.value.extra["provider_code"] == "charge_already_refunded"
        opened.refresh_from_db()
        assert (opened.status, opened.failure_code) == ("failed", "charge_already_refunded")
        assert (balances(), Order.objects.get().status) == (before, "paid")
