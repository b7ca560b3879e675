"""What dashboards show is what the ledger holds, whatever was sold, given back, disputed or paid out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from skillwise_catalog.testing import make_course
from skillwise_commerce.domain.baskets import Billing
from skillwise_commerce.domain.payments import (
    DisputeStatus,
    ProviderDispute,
    ProviderRefund,
    RefundStatus,
)
from skillwise_commerce.models import Coupon, SellerShare, TaxRate
from skillwise_commerce.selectors.ledger import balance, trial_balance
from skillwise_commerce.services.disputes import record_provider_dispute
from skillwise_commerce.services.refunds.booking import record_provider_refund
from skillwise_commerce.testing import make_paid_order, make_payout, paid_in_full
from skillwise_identity.testing import make_user
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def instructors() -> list[UUID]:
    return [make_user(roles=["instructor"]).id for _ in range(2)]


@pytest.fixture
def courses(instructors: list[UUID]) -> list[UUID]:
    """Two courses, of which the first is taught by both."""
    owner, *editors = instructors
    made = [
        make_course(price=Money(price, "USD"), owner_id=owner, editor_ids=editors).id
        for price in (10_001, 4_999)
    ]
    for instructor, percent in zip(instructors, (40, 33), strict=True):
        SellerShare.objects.create(course_id=made[0], seller_id=instructor, percent=percent)
    return made


def test_after_everything_that_can_become_of_a_sale(
    api: ApiClient, instructors: list[UUID], courses: list[UUID], deliver_events: Callable[[], int]
) -> None:
    admin = make_user(roles=["admin"]).id
    at = now()
    TaxRate.objects.create(country="BD", rate=15, is_inclusive=True, valid_from=at.date() - timedelta(days=1))
    Coupon.objects.create(
        code="TEN", code_key="TEN", percent_off=10, max_uses_per_person=None, created_by=admin, created_at=at
    )

    def sell(*course_ids: UUID, coupon: str = "", country: str = "") -> UUID:
        return make_paid_order(
            buyer_id=make_user().id,
            course_ids=list(course_ids),
            coupon_code=coupon,
            billing=Billing(country=country),
            now=at,
        )

    sell(*courses)
    sell(*courses, coupon="ten", country="BD")
    partly = sell(courses[0], country="BD")
    failing = sell(courses[1])
    won, lost, still_open = (sell(courses[0]) for _ in range(3))
    record_provider_refund(_refund(partly, 3_333), now=at)
    back = _refund(failing, 4_999)
    record_provider_refund(back, now=at)
    record_provider_refund(_refund(failing, 4_999, id=back.id, status=RefundStatus.FAILED), now=at)
    for order, outcome in ((won, DisputeStatus.WON), (lost, DisputeStatus.LOST), (still_open, None)):
        dispute = _dispute(order, 10_001)
        record_provider_dispute(ProviderDispute(**dispute), now=at)
        if outcome is not None:
            closed = dispute | {"status": outcome, "is_withdrawn": outcome is DisputeStatus.LOST}
            record_provider_dispute(ProviderDispute(**closed), now=at)
    paid_out = {instructors[0]: Money(1_000, "USD")}
    make_payout(seller_id=instructors[0], amount=paid_out[instructors[0]], now=at)
    deliver_events()

    assert trial_balance() == {"USD": Money.zero("USD")}
    for instructor in instructors:
        owed = -balance(account=f"instructor_payable:{instructor}", currency="USD")
        earned = owed + paid_out.get(instructor, Money.zero("USD"))
        client = api.as_actor(instructor, roles=["instructor"])
        dashboard = ApiClient.json(client.get("/api/v1/instructors/dashboard/"))
        assert dashboard["totals"]["earnings"] == [{"amount": earned.amount, "currency": "USD"}]
    analytics = ApiClient.json(api.as_actor(admin, roles=["admin"]).get("/api/v1/admin/analytics/"))
    (earnings,) = analytics["totals"]["earnings"]
    kept = -balance(account="platform_revenue", currency="USD")
    assert earnings["gross"]["amount"] - earnings["instructors"]["amount"] == kept.amount


def _refund(order_id: UUID, amount: int, **more: Any) -> ProviderRefund:
    fields = {
        "provider": "stripe",
        "id": f"re_{new_id().hex}",
        "payment_id": paid_in_full(order_id).id,
        "status": RefundStatus.SUCCEEDED,
        "amount": Money(amount, "USD"),
        "refund_id": None,
        "created_at": now(),
    }
    return ProviderRefund(**(fields | more))


def _dispute(order_id: UUID, amount: int) -> dict[str, Any]:
    return {
        "provider": "stripe",
        "id": f"dp_{new_id().hex}",
        "payment_id": paid_in_full(order_id).id,
        "status": DisputeStatus.OPEN,
        "amount": Money(amount, "USD"),
        "reason": "fraudulent",
        "is_withdrawn": True,
        "created_at": now(),
    }
