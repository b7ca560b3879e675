"""Random lives of a shop, played against a model of plain Python: whatever is bought, refunded, disputed,
paid out, told twice or told late, the books, the orders, the entitlements and the invoices agree.

The model knows amounts in minor units and nothing of tables. How a part of a line falls into tax and shares
it does not foresee to the minor unit: it holds that to what must be left when all has gone back.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from skillwise_catalog.testing import make_course
from skillwise_commerce import api as commerce
from skillwise_commerce.domain.baskets import Billing
from skillwise_commerce.domain.payments import (
    DisputeStatus,
    PaymentStatus,
    ProviderDispute,
    ProviderPayment,
    ProviderRefund,
    ProviderTransfer,
    RefundStatus,
    TransferStatus,
)
from skillwise_commerce.errors import (
    AlreadyOwnedError,
    CouponUsedByYouError,
    CouponUsedUpError,
    LineAlreadyRefundedError,
    OrderDisputedError,
    OrderNotPaidError,
    RefundExceedsPaidError,
)
from skillwise_commerce.models import (
    Coupon,
    Earning,
    Invoice,
    LedgerEntry,
    Order,
    Refund,
    SellerAccount,
    SellerShare,
    TaxRate,
)
from skillwise_commerce.services.disputes import record_provider_dispute
from skillwise_commerce.services.ordering import write_order
from skillwise_commerce.services.payouts.paying import open_payout, record_transfer
from skillwise_commerce.services.pricing import price_basket
from skillwise_commerce.services.refunds.booking import record_provider_refund
from skillwise_commerce.services.refunds.opening import open_refund_by_admin
from skillwise_commerce.services.settlement import settle
from skillwise_commerce.testing import paid_in_full
from skillwise_identity.testing import make_user
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

START = datetime(2026, 11, 1, 10, 0, tzinfo=UTC)
#: Such that no coupon leaves a line at nothing beside others that cost something.
PRICES = (2, 333, 4999, 10_000)
COUNTRIES = ("", "BD", "US")


@dataclass
class Line:
    """A course of an order: what was paid for it, and what of that has gone back."""

    course: UUID
    paid: int
    back: int = 0
    disputed: int = 0


@dataclass
class Sale:
    """An order, as the model has it."""

    id: UUID
    buyer: UUID
    lines: dict[UUID, Line]
    coupon: str = ""
    is_paid: bool = False
    is_closed: bool = False
    refunds: dict[UUID, dict[UUID, int]] = field(default_factory=dict)
    dispute: ProviderDispute | None = None

    @property
    def total(self) -> int:
        return sum(line.paid for line in self.lines.values())

    @property
    def back(self) -> int:
        return sum(line.back for line in self.lines.values())

    @property
    def status(self) -> str:
        if not self.is_paid:
            return "canceled" if self.is_closed else "pending"
        if self.dispute is not None and self.dispute.is_withdrawn:
            return "charged_back" if self.dispute.status is DisputeStatus.LOST else "disputed"
        if not self.back:
            return "paid"
        return "refunded" if self.back == self.total else "partially_refunded"


class Shop(RuleBasedStateMachine):
    sales = Bundle("sales")

    def __init__(self) -> None:
        super().__init__()
        self._rollback = transaction.atomic()
        self._rollback._from_testcase = True  # as pytest's own: what must be outermost may stand in it
        self._rollback.__enter__()
        self.now = START
        self.by_course: dict[tuple[UUID, UUID], Sale] = {}
        self.all: list[Sale] = []
        self.told: list[Any] = []
        self.credit_notes = 0
        self.clearing = 0
        self.paid_out: Counter[UUID] = Counter()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._rollback.__exit__(None, None, None)

    @initialize()
    def open_shop(self) -> None:
        self.buyers = [make_user().id for _ in range(2)]
        self.sellers = [make_user(roles=["instructor"]).id for _ in range(2)]
        self.courses = [
            make_course(
                price=Money(price, "USD"),
                owner_id=self.sellers[index % 2],
                editor_ids=[self.sellers[1 - index % 2]],
                lessons=1,
            ).id
            for index, price in enumerate(PRICES)
        ]
        for seller, percent in zip(self.sellers, (40, 33), strict=True):
            SellerShare.objects.create(course_id=self.courses[2], seller_id=seller, percent=percent)
            SellerAccount.objects.create(
                seller_id=seller,
                provider="stripe",
                provider_account_id=f"acct_{seller.hex}",
                can_be_paid=True,
                created_at=START,
                updated_at=START,
            )
        TaxRate.objects.create(country="BD", rate=15, is_inclusive=True, valid_from=START.date())
        TaxRate.objects.create(
            country="US", name="Tax", rate="8.875", is_inclusive=False, valid_from=START.date()
        )
        for code, terms in {
            "HALF": {"percent_off": 50, "max_uses": 3, "max_uses_per_person": None},
            "FOUR": {"off_amount": 400, "off_currency": "USD", "max_uses": None, "max_uses_per_person": 1},
        }.items():
            Coupon.objects.create(
                code=code, code_key=code, created_by=self.sellers[0], created_at=START, **terms
            )

    # What people and providers do

    @rule(
        target=sales,
        buyer=st.integers(0, 1),
        courses=st.sets(st.integers(0, len(PRICES) - 1), min_size=1, max_size=3),
        coupon=st.sampled_from(["", "HALF", "FOUR"]),
        country=st.sampled_from(COUNTRIES),
    )
    def order(self, buyer: int, courses: set[int], coupon: str, country: str) -> Any:
        return self._place(buyer, courses, coupon, country) or multiple()

    @rule(sale=sales)
    def pay(self, sale: Sale) -> None:
        payment = paid_in_full(sale.id)
        settle(payment, now=self.now)
        self._remember(payment)
        if not sale.is_paid:
            sale.is_paid = True
            self.clearing += sale.total
            for course in sale.lines:
                self.by_course.setdefault((sale.buyer, course), sale)

    @rule(sale=sales)
    def abandon(self, sale: Sale) -> None:
        canceled = replace(paid_in_full(sale.id), status=PaymentStatus.CANCELED, received=0)
        settle(canceled, now=self.now)
        if not sale.is_paid:
            sale.is_closed = True

    @rule(sale=sales, course=st.integers(0, 2), amount=st.one_of(st.none(), st.integers(1, 5000)))
    def refund(self, sale: Sale, course: int, amount: int | None) -> None:
        line = list(sale.lines.values())[course % len(sale.lines)]
        left = line.paid - line.back
        money = None if amount is None else Money(amount, "USD")
        try:
            opened = open_refund_by_admin(
                admin_id=new_id(),
                order_id=sale.id,
                amounts={line.course: money},
                reason="a test",
                now=self.now,
            )
        except OrderDisputedError:
            assert sale.status in ("disputed", "charged_back")
        except LineAlreadyRefundedError:
            assert left == 0
        except RefundExceedsPaidError:
            assert amount is not None
            assert amount > left
        except OrderNotPaidError:
            assert not sale.is_paid
        else:
            self._succeed(sale, opened)

    @rule(sale=sales, amount=st.integers(1, 20_000))
    def refund_in_the_dashboard(self, sale: Sale, amount: int) -> None:
        if not sale.is_paid or sale.dispute is not None:
            return
        left = sum(line.paid - line.back for line in sale.lines.values())
        told = self._provider_refund(sale, amount, None)
        record_provider_refund(told, now=self.now)
        self._remember(told)
        made = Refund.objects.filter(provider_refund_id=told.id).first()
        assert (made is not None) == (amount <= left)
        if made is not None:
            self._book(sale, made)

    @precondition(lambda self: self._failable())
    @rule(which=st.integers(0, 10**6))
    def fail_a_refund(self, which: int) -> None:
        sale = self._failable()[which % len(self._failable())]
        refund_id, parts = sale.refunds.popitem()
        made = Refund.objects.get(id=refund_id)
        failed = replace(
            self._provider_refund(sale, made.amount, refund_id),
            id=made.provider_refund_id,
            status=RefundStatus.FAILED,
        )
        record_provider_refund(failed, now=self.now)
        self._remember(failed)
        self.clearing += made.amount
        for course, amount in parts.items():
            line = sale.lines[course]
            was_whole = line.back == line.paid
            line.back -= amount
            if was_whole:
                self.by_course.setdefault((sale.buyer, course), sale)

    @rule(target=sales, buyer=st.integers(0, 1), course=st.integers(0, len(PRICES) - 1))
    def pay_for_both_of_two_devices(self, buyer: int, course: int) -> Any:
        """The order that another one took the place of is paid all the same."""
        first = self._place(buyer, {course}, "", "")
        if first is None:
            return multiple()
        self.abandon(sale=first)
        second = self._place(buyer, {course}, "", "")
        assert second is not None
        self.pay(sale=second)
        self.pay(sale=first)
        return multiple(first, second)

    @rule(sale=sales)
    def dispute(self, sale: Sale) -> None:
        left = sale.total - sale.back
        if not sale.is_paid or sale.dispute is not None or not left:
            return
        sale.dispute = ProviderDispute(
            provider="stripe",
            id=f"dp_{new_id().hex}",
            payment_id=paid_in_full(sale.id).id,
            status=DisputeStatus.OPEN,
            amount=Money(left, "USD"),
            reason="fraudulent",
            is_withdrawn=True,
            created_at=self.now,
        )
        record_provider_dispute(sale.dispute, now=self.now)
        self._remember(sale.dispute)
        self.clearing -= left

    @rule(sale=sales, is_won=st.booleans())
    def decide(self, sale: Sale, *, is_won: bool) -> None:
        if sale.dispute is None or sale.dispute.status is not DisputeStatus.OPEN:
            return
        status = DisputeStatus.WON if is_won else DisputeStatus.LOST
        sale.dispute = replace(sale.dispute, status=status, is_withdrawn=not is_won)
        record_provider_dispute(sale.dispute, now=self.now)
        self._remember(sale.dispute)
        if is_won:
            self.clearing += sale.dispute.amount.amount
        else:
            self._lose(sale, [line.course for line in sale.lines.values() if line.back < line.paid])

    @rule(seller=st.integers(0, 1))
    def pay_out(self, seller: int) -> None:
        seller_id = self.sellers[seller]
        account = SellerAccount.objects.get(seller_id=seller_id)
        payout = open_payout(account=account, currency="USD", now=self.now)
        if payout is None:
            return
        sent = ProviderTransfer(
            provider="stripe",
            id=f"tr_{payout.id.hex}",
            account_id=account.provider_account_id,
            status=TransferStatus.PAID,
            amount=payout.total,
            payout_id=payout.id,
            created_at=self.now,
        )
        record_transfer(sent, now=self.now)
        self._remember(sent)
        self.clearing -= payout.amount
        self.paid_out[seller_id] += payout.amount

    @precondition(lambda self: self.told)
    @rule(which=st.integers(0, 10**6))
    def tell_again(self, which: int) -> None:
        """Anything that was true once, however old: what happened since stands."""
        fact = self.told[which % len(self.told)]
        match fact:
            case ProviderPayment():
                settle(fact, now=self.now)
            case ProviderRefund():
                record_provider_refund(fact, now=self.now)
            case ProviderDispute():
                record_provider_dispute(fact, now=self.now)
            case ProviderTransfer():
                record_transfer(fact, now=self.now)

    @rule(days=st.integers(1, 20))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    # What must be true at every moment

    @invariant()
    def the_books_balance_and_say_what_happened(self) -> None:
        connection.check_constraints()
        balances: Counter[str] = Counter()
        for account, amount in LedgerEntry.objects.values_list("account", "amount_amount"):
            balances[account] += amount
        assert sum(balances.values()) == 0
        assert balances["stripe_clearing"] == self.clearing
        for seller in getattr(self, "sellers", []):
            earned = sum(Earning.objects.filter(seller_id=seller).values_list("amount", flat=True))
            assert -balances[f"instructor_payable:{seller}"] == earned - self.paid_out[seller]

    @invariant()
    def nothing_is_left_of_what_went_back_whole(self) -> None:
        for sale in self.all:
            for line in sale.lines.values():
                if sale.is_paid and sale.dispute is None and line.back == line.paid:
                    of_line = Earning.objects.filter(line__order_id=sale.id, course_id=line.course)
                    assert sum(of_line.values_list("amount", flat=True)) == 0

    @invariant()
    def orders_are_where_the_model_has_them(self) -> None:
        statuses = dict(Order.objects.values_list("id", "status"))
        assert statuses == {sale.id: sale.status for sale in self.all}

    @invariant()
    def people_have_what_they_paid_for_and_nothing_else(self) -> None:
        for buyer in getattr(self, "buyers", []):
            owned = commerce.get_entitled_course_ids(user_id=buyer, course_ids=self.courses)
            expected = {
                course
                for (who, course), sale in self.by_course.items()
                if who == buyer and not self._is_suspended(sale)
            }
            assert owned == expected

    @invariant()
    def every_paid_order_has_its_invoice_and_every_refund_its_credit_note(self) -> None:
        for kind, count in (
            ("invoice", sum(sale.is_paid for sale in self.all)),
            ("credit_note", self.credit_notes),
        ):
            issued = Invoice.objects.filter(kind=kind).values_list("year", "sequence")
            years = Counter(year for year, _ in issued)
            assert sum(years.values()) == count
            for year, number in years.items():
                assert sorted(of for in_year, of in issued if in_year == year) == list(range(1, number + 1))

    @invariant()
    def coupons_are_counted(self) -> None:
        for coupon in Coupon.objects.all():
            holding = [
                sale
                for sale in self.all
                if sale.coupon == coupon.code and not (sale.is_closed and not sale.is_paid)
            ]
            late = [sale for sale in holding if sale.is_closed]  # paid after the coupon was given to others
            assert coupon.uses == len(holding) - len(late)

    # How the model follows

    def _place(self, buyer: int, courses: set[int], coupon: str, country: str) -> Sale | None:
        """None when there is nothing to be paid, or it is refused as it must be."""
        buyer_id = self.buyers[buyer]
        course_ids = [self.courses[index] for index in sorted(courses)]
        expected = self._obstacle(buyer_id, course_ids, coupon)
        try:
            basket = price_basket(
                buyer_id=buyer_id,
                course_ids=course_ids,
                coupon_code=coupon,
                billing=Billing(country=country),
                now=self.now,
            )
            if basket.total.is_zero:
                return None
            written = write_order(basket, buyer_id=buyer_id, provider="stripe", now=self.now)
        except expected:
            return None
        if written is None:  # another of theirs waits to be paid
            assert any(self._open_of(buyer_id, course) for course in course_ids)
            return None
        assert expected == (), f"{expected} was expected"
        lines = {line.course_id: Line(line.course_id, line.total.amount) for line in basket.lines}
        sale = Sale(id=written.id, buyer=buyer_id, lines=lines, coupon=coupon)
        self.all.append(sale)
        return sale

    def _obstacle(self, buyer_id: UUID, course_ids: list[UUID], coupon: str) -> Any:
        """What must be raised; `()` for nothing."""
        if any((buyer_id, course) in self.by_course for course in course_ids):
            return AlreadyOwnedError
        counted = [sale for sale in self.all if sale.coupon == coupon and coupon and not sale.is_closed]
        mine = [sale for sale in counted if sale.buyer == buyer_id]
        if coupon == "FOUR" and mine:
            return CouponUsedByYouError
        if coupon == "HALF" and len(counted) >= 3:
            return CouponUsedUpError
        return ()

    def _open_of(self, buyer_id: UUID, course: UUID) -> bool:
        return any(
            sale.buyer == buyer_id and course in sale.lines and sale.status == "pending" for sale in self.all
        )

    def _succeed(self, sale: Sale, opened: Refund) -> None:
        told = self._provider_refund(sale, opened.amount, opened.id)
        record_provider_refund(told, now=self.now)
        self._remember(told)
        self._book(sale, opened)

    def _book(self, sale: Sale, made: Refund) -> None:
        parts = {row.line.course_id: row.amount for row in made.lines.select_related("line")}
        assert sum(parts.values()) == made.amount
        sale.refunds[made.id] = parts
        self.clearing -= made.amount
        self.credit_notes += 1
        for course, amount in parts.items():
            sale.lines[course].back += amount
            assert 0 <= sale.lines[course].back <= sale.lines[course].paid
        self._lose(sale, [course for course in parts if sale.lines[course].back == sale.lines[course].paid])

    def _lose(self, sale: Sale, courses: list[UUID]) -> None:
        """The course goes, unless the same person has paid for it by another order as well."""
        for course in courses:
            if self.by_course.get((sale.buyer, course)) is not sale:
                continue
            del self.by_course[sale.buyer, course]
            others = [
                other
                for other in self.all
                if other is not sale
                and other.buyer == sale.buyer
                and other.status in ("paid", "partially_refunded")
                and course in other.lines
                and other.lines[course].back < other.lines[course].paid
            ]
            if others:
                self.by_course[sale.buyer, course] = others[0]

    def _failable(self) -> list[Sale]:
        return [sale for sale in self.all if sale.refunds and sale.dispute is None]

    def _is_suspended(self, sale: Sale) -> bool:
        return sale.status == "disputed"

    def _provider_refund(self, sale: Sale, amount: int, refund_id: UUID | None) -> ProviderRefund:
        return ProviderRefund(
            provider="stripe",
            id=f"re_{new_id().hex}",
            payment_id=paid_in_full(sale.id).id,
            status=RefundStatus.SUCCEEDED,
            amount=Money(amount, "USD"),
            refund_id=refund_id,
            created_at=self.now,
        )

    def _remember(self, fact: Any) -> None:
        self.told.append(fact)


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_happens_to_a_shop_its_money_is_right() -> None:
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
