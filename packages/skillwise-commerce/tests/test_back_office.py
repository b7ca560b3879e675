"""The back office shows what happened, and changes nothing of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.contrib import admin
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from skillwise_commerce.gateways import get_gateway
from skillwise_commerce.models import (
    Bundle,
    Coupon,
    CouponBatch,
    CoursePrice,
    Discrepancy,
    Dispute,
    LedgerSnapshot,
    Order,
    OrderLine,
    ProviderEvent,
    ReconciliationRun,
    Refund,
    SellerShare,
    TaxRate,
)
from skillwise_commerce.services.settlement import settle
from skillwise_commerce.testing import make_order, make_paid_order
from skillwise_identity.testing import make_user
from stand_in import StandIn

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
OURS = [
    model
    for model in admin.site._registry
    if model._meta.app_label == "skillwise_commerce" and model is not TaxRate
]


@pytest.fixture
def office(db: None) -> Client:
    client = Client()
    client.force_login(make_user(roles=["admin"]))
    return client


@pytest.fixture
def records(
    buyer_id: UUID, make_course: Callable[..., UUID], post_event: Callable[..., HttpResponse]
) -> None:
    """At least one row of everything."""
    course_id = make_course(title="A <b>bold</b> course")
    batch = CouponBatch.objects.create(name="<script>alert(1)", size=1, created_by=buyer_id, created_at=NOW)
    Coupon.objects.create(
        code="SPRING",
        code_key="SPRING",
        batch=batch,
        percent_off=20,
        created_by=buyer_id,
        created_at=NOW,
    )
    bundle = Bundle.objects.create(
        title="<script>alert(1)", owner_id=buyer_id, created_at=NOW, updated_at=NOW
    )
    bundle.courses.create(course_id=course_id, position=1)
    bundle.prices.create(price_amount=1, price_currency="USD")
    CoursePrice.objects.create(course_id=course_id, price_amount=1, price_currency="JPY", updated_at=NOW)
    SellerShare.objects.create(course_id=course_id, seller_id=buyer_id, percent=10)
    order_id = make_paid_order(buyer_id=buyer_id, course_ids=[course_id], coupon_code="spring", now=NOW)
    LedgerSnapshot.objects.create(account="fees", currency="USD", balance=1, horizon=1, taken_at=NOW)
    Discrepancy.objects.create(
        order_id=order_id,
        kind="paid_twice",
        provider="stripe",
        provider_payment_id="pi_x",
        received_amount=1,
        received_currency="USD",
        noticed_at=NOW,
    )
    refund = Refund.objects.create(
        order_id=order_id,
        origin="admin",
        reason="<script>alert(1)",
        amount=1,
        currency="USD",
        created_at=NOW,
        updated_at=NOW,
    )
    refund.lines.create(line=OrderLine.objects.get(), amount=1)
    Dispute.objects.create(
        order_id=order_id,
        provider="stripe",
        provider_dispute_id="du_x",
        status="open",
        reason="<script>alert(1)",
        amount=1,
        currency="USD",
        opened_at=NOW,
        updated_at=NOW,
    )
    ReconciliationRun.objects.create(
        provider="stripe",
        since=NOW,
        started_at=NOW,
        counts={"payments": {"seen": 3, "right": 1, "repaired": 2, "reported": 0, "failed": 0}},
    )
    post_event({"id": "evt_1", "type": "<script>", "data": {"object": {"note": "<script>alert(1)</script>"}}})


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_everything_can_be_looked_at_and_nothing_changed(office: Client, records: None, model: type) -> None:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    row = model._default_manager.first()

    assert office.get(reverse(f"{name}_changelist")).status_code == 200
    assert office.get(reverse(f"{name}_changelist"), {"q": "x"}).status_code == 200
    page = office.get(reverse(f"{name}_change", args=[row.pk]))
    assert page.status_code == 200
    assert "<script>alert(1)" not in page.content.decode()
    assert office.post(reverse(f"{name}_change", args=[row.pk]), {}).status_code == 403
    assert office.get(reverse(f"{name}_delete", args=[row.pk])).status_code == 403
    assert office.get(reverse(f"{name}_add")).status_code == 403


def test_orders_payments_events_ledger_discrepancies_and_offers_are_all_there() -> None:
    shown = {model._meta.model_name for model in OURS}

    assert shown == {
        "order",
        "payment",
        "discrepancy",
        "providerevent",
        "reconciliationrun",
        "invoice",
        "ledgertransaction",
        "ledgerentry",
        "ledgersnapshot",
        "coupon",
        "couponbatch",
        "bundle",
        "courseprice",
        "sellershare",
        "refund",
        "dispute",
    }


def test_a_list_of_orders_takes_no_more_queries_for_more_orders(
    office: Client,
    buyer_id: UUID,
    make_course: Callable[..., UUID],
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    for _ in range(6):
        make_paid_order(buyer_id=buyer_id, course_ids=[make_course()], now=NOW)

    for model in (Order, ProviderEvent):
        with django_assert_max_num_queries(8):
            office.get(reverse(f"admin:skillwise_commerce_{model._meta.model_name}_changelist"))


class TestGivingBack:
    """An administrator gives all that is left of an order back, and says why."""

    @pytest.fixture
    def order_id(self, buyer_id: UUID, make_course: Callable[..., UUID], stripe: StandIn) -> UUID:
        """An order that was paid at Stripe's stand-in."""
        order_id = make_order(buyer_id=buyer_id, course_ids=[make_course()], now=NOW)
        order = Order.objects.get(id=order_id)
        intent = stripe.client.v1.payment_intents.create(
            {
                "amount": order.total_amount,
                "currency": "usd",
                "metadata": {"order_id": str(order_id)},
            }
        )
        stripe.pay(intent.id)
        settle(get_gateway("stripe").fetch(intent.id), now=NOW)
        return order_id

    def give_back(self, office: Client, order_id: UUID, reason: str) -> str:
        response = office.post(
            reverse("admin:skillwise_commerce_order_changelist"),
            {"action": "give_back", "_selected_action": [str(order_id)], "reason": reason},
            follow=True,
        )
        return response.content.decode()

    def test_an_order_is_refunded_with_a_reason(self, office: Client, order_id: UUID) -> None:
        self.give_back(office, order_id, "The teacher left.")

        refund = Refund.objects.get()
        assert (refund.status, refund.origin, refund.reason) == ("succeeded", "admin", "The teacher left.")
        assert str(refund.requested_by) == office.session["_auth_user_id"]
        assert Order.objects.get().status == "refunded"

    def test_without_a_reason_nothing_goes_back(self, office: Client, order_id: UUID) -> None:
        assert "Say why" in self.give_back(office, order_id, " ")
        assert not Refund.objects.exists()

    def test_a_refusal_is_shown(self, office: Client, order_id: UUID) -> None:
        self.give_back(office, order_id, "Once")

        assert "Nothing is left of this" in self.give_back(office, order_id, "Twice")
        assert Refund.objects.count() == 1


def test_a_coupon_is_ended_in_the_office_and_its_count_is_not_written(office: Client, records: None) -> None:
    coupon = Coupon.objects.get()
    action = {"action": "end", "_selected_action": [str(coupon.id)]}

    office.post(reverse("admin:skillwise_commerce_coupon_changelist"), action)
    office.post(reverse("admin:skillwise_commerce_coupon_change", args=[coupon.id]), {"uses": "0"})

    coupon.refresh_from_db()
    assert coupon.ended_at is not None
    assert coupon.uses == 1
    with pytest.raises(IntegrityError, match="counted, not written"), transaction.atomic():
        Coupon.objects.update(uses=0)


def test_tax_rates_are_kept_in_the_office(office: Client) -> None:
    place = reverse("admin:skillwise_commerce_taxrate_add")
    rate = {"country": "BD", "name": "VAT", "rate": "15", "is_inclusive": "on", "valid_from": "2026-07-01"}

    assert office.post(place, rate | {"country": "bd"}).status_code == 200
    assert office.post(place, rate | {"rate": "101"}).status_code == 200
    assert not TaxRate.objects.exists()
    assert office.post(place, rate).status_code == 302

    kept = TaxRate.objects.get()
    assert (kept.country, kept.rate, kept.is_inclusive, kept.reverse_charge) == ("BD", 15, True, False)
    change = reverse("admin:skillwise_commerce_taxrate_change", args=[kept.id])
    assert office.post(change, rate | {"rate": "17.5"}).status_code == 302
    kept.refresh_from_db()
    assert str(kept.rate) == "17.500"
