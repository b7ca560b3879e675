"""Sales of an instructor's courses, and what is owed for them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from skillwise_commerce.domain.payments import ProviderRefund, RefundStatus
from skillwise_commerce.models import LedgerEntry
from skillwise_commerce.services.refunds.booking import record_provider_refund
from skillwise_commerce.services.refunds.opening import open_refund_by_admin
from skillwise_commerce.testing import make_paid_order
from skillwise_identity.testing import make_user
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient

MakeCourse = Callable[..., UUID]
EARNINGS = "/api/v1/instructors/earnings/"
NOW = datetime(2026, 9, 23, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=14)


def sell(seller_id: UUID, make_course: MakeCourse, amount: int = 10_000, at: datetime = NOW) -> UUID:
    """The order of a course of theirs, of which 70 percent are theirs."""
    course = make_course(price=Money(amount, "USD"), owner_id=seller_id)
    return make_paid_order(buyer_id=make_user().id, course_ids=[course], now=at)


def take_back(order_id: UUID, at: datetime) -> None:
    opened = open_refund_by_admin(admin_id=new_id(), order_id=order_id, amounts=None, reason="late", now=at)
    payment = opened.order.payments.get()
    done = ProviderRefund(
        provider=opened.provider,
        id=f"re_{opened.id.hex}",
        payment_id=payment.provider_payment_id,
        status=RefundStatus.SUCCEEDED,
        amount=opened.total,
        refund_id=opened.id,
        created_at=at,
    )
    record_provider_refund(done, now=at)


def payable(seller_id: UUID) -> int:
    """What the ledger says is owed to them, and not sent."""
    entries = LedgerEntry.objects.filter(account=f"instructor_payable:{seller_id}")
    return -sum(entries.values_list("amount_amount", flat=True))


def balance(seller: ApiClient) -> dict[str, int]:
    (of_dollars,) = ApiClient.json(seller.get(EARNINGS))["balances"]
    return {name: of_dollars[name]["amount"] for name in ("available", "held", "on_its_way", "paid")}
