"""What people and providers do in a shop, at random, and told to a model of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, precondition, rule
from shop_model import Line, Model, Sale
from skillwise_catalog.testing import make_course
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
    LineAlreadyRefundedError,
    OrderDisputedError,
    OrderNotPaidError,
    RefundExceedsPaidError,
)
from skillwise_commerce.models import Coupon, Refund, SellerAccount, SellerShare, TaxRate
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


class RandomShop(RuleBasedStateMachine):
    """All of it happens in a transaction, which is rolled back. `model` is what ought to have come of it."""

    sales = Bundle("sales")

    def __init__(self) -> None:
        super().__init__()
        self._rollback = transaction.atomic()
        self._rollback._from_testcase = True  # as pytest's own: what must be outermost may stand in it
        self._rollback.__enter__()
        self.now = START
        self.model = Model()
        self.told: list[Any] = []

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
        self.model.pay(sale)

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

    @precondition(lambda self: self.model.failable())
    @rule(which=st.integers(0, 10**6))
    def fail_a_refund(self, which: int) -> None:
        sale = self.model.failable()[which % len(self.model.failable())]
        refund_id, parts = sale.refunds.popitem()
        made = Refund.objects.get(id=refund_id)
        failed = replace(
            self._provider_refund(sale, made.amount, refund_id),
            id=made.provider_refund_id,
            status=RefundStatus.FAILED,
        )
        record_provider_refund(failed, now=self.now)
        self._remember(failed)
        self.model.fail_refund(sale, parts)

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
        self.model.clearing -= left

    @rule(sale=sales, is_won=st.booleans())
    def decide(self, sale: Sale, *, is_won: bool) -> None:
        if sale.dispute is None or sale.dispute.status is not DisputeStatus.OPEN:
            return
        status = DisputeStatus.WON if is_won else DisputeStatus.LOST
        sale.dispute = replace(sale.dispute, status=status, is_withdrawn=not is_won)
        record_provider_dispute(sale.dispute, now=self.now)
        self._remember(sale.dispute)
        if is_won:
            self.model.clearing += sale.dispute.amount.amount
        else:
            self.model.lose(sale, [line.course for line in sale.lines.values() if line.back < line.paid])

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
        self.model.clearing -= payout.amount
        self.model.paid_out[seller_id] += payout.amount

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

    # How the model follows

    def _place(self, buyer: int, courses: set[int], coupon: str, country: str) -> Sale | None:
        """None when there is nothing to be paid, or it is refused as it must be."""
        buyer_id = self.buyers[buyer]
        course_ids = [self.courses[index] for index in sorted(courses)]
        expected = self.model.obstacle(buyer_id, course_ids, coupon)
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
            assert any(self.model.waits_to_be_paid(buyer_id, course) for course in course_ids)
            return None
        assert expected == (), f"{expected} was expected"
        lines = {line.course_id: Line(line.course_id, line.total.amount) for line in basket.lines}
        sale = Sale(id=written.id, buyer=buyer_id, lines=lines, coupon=coupon)
        self.model.sales.append(sale)
        return sale

    def _succeed(self, sale: Sale, opened: Refund) -> None:
        told = self._provider_refund(sale, opened.amount, opened.id)
        record_provider_refund(told, now=self.now)
        self._remember(told)
        self._book(sale, opened)

    def _book(self, sale: Sale, made: Refund) -> None:
        parts = {row.line.course_id: row.amount for row in made.lines.select_related("line")}
        assert sum(parts.values()) == made.amount
        self.model.give_back(sale, made.id, parts)

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
