"""The database's guards: books balance and only grow, orders move as they may, invoices have no gaps."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from skillwise_commerce.domain.orders import MOVES, OPEN, OrderStatus
from skillwise_commerce.models import (
    Discrepancy,
    Invoice,
    InvoiceCounter,
    LedgerEntry,
    LedgerTransaction,
    Order,
    OrderLine,
)
from skillwise_commerce.services.settlement import settle
from skillwise_commerce.testing import make_order, make_paid_order, paid_in_full
from skillwise_identity.testing import make_user
from skillwise_kernel.ids import new_id

MakeCourse = Callable[..., UUID]
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
APPEND_ONLY = ["ledgertransaction", "ledgerentry", "invoice", "payment", "ordertransition"]


@pytest.fixture
def paid_order(buyer_id: UUID, make_course: MakeCourse) -> UUID:
    return make_paid_order(buyer_id=buyer_id, course_ids=[make_course()], now=NOW)


def _way_to(status: OrderStatus) -> list[OrderStatus]:
    """The shortest legal way from `pending`."""
    ways: list[list[OrderStatus]] = [[]]
    for way in ways:
        last = way[-1] if way else OrderStatus.PENDING
        if last == status:
            return way
        ways += [[*way, target] for target in sorted(MOVES[last]) if target not in way]
    raise AssertionError(f"no way leads to {status}")


def book(*entries: tuple[str, int, str]) -> None:
    """A transaction of (account, amount, currency), committed as far as its constraints go."""
    with transaction.atomic():
        booked = LedgerTransaction.objects.create(kind="sale", reference=f"test:{new_id()}", booked_at=NOW)
        for account, amount, currency in entries:
            LedgerEntry.objects.create(
                transaction=booked, account=account, amount_amount=amount, amount_currency=currency
            )
        connection.check_constraints()


@pytest.mark.django_db
class TestLedger:
    def test_a_balanced_transaction_is_accepted(self) -> None:
        book(("stripe_clearing", 100, "USD"), ("platform_revenue", -100, "USD"))

    @pytest.mark.parametrize(
        "entries",
        [
            [("stripe_clearing", 100, "USD")],
            [("stripe_clearing", 100, "USD"), ("platform_revenue", -99, "USD")],
            [("stripe_clearing", 100, "USD"), ("platform_revenue", -100, "EUR")],
            [],
        ],
    )
    def test_a_transaction_that_does_not_balance_in_each_currency_is_refused(
        self, entries: list[tuple[str, int, str]]
    ) -> None:
        with pytest.raises(IntegrityError, match=r"out of balance|no entries"):
            book(*entries)

    def test_entries_added_to_a_transaction_later_must_balance_too(self, paid_order: UUID) -> None:
        booked = LedgerTransaction.objects.get()
        connection.check_constraints()
        LedgerEntry.objects.create(transaction=booked, account="fees", amount_amount=1, amount_currency="USD")

        with pytest.raises(IntegrityError, match="out of balance"), transaction.atomic():
            connection.check_constraints()
        transaction.set_rollback(True)

    def test_the_same_payment_is_booked_once(self, paid_order: UUID) -> None:
        booked = LedgerTransaction.objects.get()

        with pytest.raises(IntegrityError, match="commerce_ledger_booked_once"), transaction.atomic():
            LedgerTransaction.objects.create(kind=booked.kind, reference=booked.reference, booked_at=NOW)

    def test_an_entry_of_nothing_is_refused(self) -> None:
        with pytest.raises(IntegrityError, match="commerce_entry_not_zero"):
            book(("stripe_clearing", 0, "USD"))

    @pytest.mark.parametrize("table", APPEND_ONLY)
    @pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
    def test_what_is_written_is_neither_changed_nor_removed(
        self, paid_order: UUID, table: str, statement: str
    ) -> None:
        connection.check_constraints()  # while deferred ones wait, TRUNCATE is refused for that

        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            connection.cursor().execute(statement.format(f"skillwise_commerce_{table}"))


@pytest.mark.django_db
class TestOrders:
    @pytest.fixture
    def order_in(self, make_course: MakeCourse) -> Callable[[OrderStatus], UUID]:
        """`order_in(status)`: an order that came there by legal moves."""

        def order_in(status: OrderStatus) -> UUID:
            order_id = make_order(buyer_id=make_user().id, course_ids=[make_course()], now=NOW)
            for step in _way_to(status):
                Order.objects.filter(id=order_id).update(status=step, paid_at=NOW)
            return order_id

        return order_in

    def test_the_database_allows_exactly_the_moves_that_the_rules_allow(
        self, order_in: Callable[[OrderStatus], UUID]
    ) -> None:
        for current in OrderStatus:
            order_id = order_in(current)
            for target in set(OrderStatus) - {current}:
                allowed = True
                try:
                    with transaction.atomic():
                        Order.objects.filter(id=order_id).update(status=target, paid_at=NOW)
                        transaction.set_rollback(True)
                except IntegrityError:
                    allowed = False
                assert allowed == (target in MOVES[current]), f"{current} to {target}"

    def test_a_line_is_open_exactly_while_its_order_is(self, order_in: Callable[[OrderStatus], UUID]) -> None:
        for status in OrderStatus:
            line = OrderLine.objects.get(order_id=order_in(status))
            assert line.is_open == (status in OPEN), status

    def test_an_order_begins_as_pending(self) -> None:
        with pytest.raises(IntegrityError, match="begins as pending"):
            Order.objects.create(
                buyer_id=new_id(),
                status="paid",
                total_amount=1,
                total_currency="USD",
                fingerprint="x",
                provider="stripe",
                created_at=NOW,
                updated_at=NOW,
                paid_at=NOW,
            )

    @pytest.mark.parametrize(
        ("table", "change"),
        [
            ("order", "total_amount = 1"),
            ("order", "buyer_id = gen_random_uuid()"),
            ("orderline", "price_amount = price_amount + 1"),
            ("orderline", "title = 'Another'"),
            ("orderline", "seller_share_amount = 0"),
        ],
    )
    def test_what_was_asked_for_does_not_change(self, paid_order: UUID, table: str, change: str) -> None:
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            connection.cursor().execute(f"UPDATE skillwise_commerce_{table} SET {change}")  # noqa: S608 - ours

    def test_a_buyer_has_one_open_order_for_a_course(self, buyer_id: UUID, make_course: MakeCourse) -> None:
        course = make_course()
        make_order(buyer_id=buyer_id, course_ids=[course], now=NOW)

        with pytest.raises(ValueError, match="open order"):
            make_order(buyer_id=buyer_id, course_ids=[course, make_course()], now=NOW)

    def test_the_constraint_of_discrepancies_knows_every_kind(self, paid_order: UUID) -> None:
        for kind in Discrepancy.Kind:
            Discrepancy.objects.create(
                order_id=paid_order,
                kind=kind,
                provider="stripe",
                provider_payment_id="pi_x",
                received_amount=1,
                received_currency="USD",
                noticed_at=NOW,
            )


class TestInvoices:
    @pytest.mark.django_db(transaction=True)
    def test_numbers_have_no_gap_under_fifty_payments_at_once_of_which_some_fail(
        self, make_course: MakeCourse, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from skillwise_commerce.services import fulfilment

        course = make_course()
        orders = [make_order(buyer_id=make_user().id, course_ids=[course], now=NOW) for _ in range(50)]
        payments = [paid_in_full(order_id) for order_id in orders]
        tries = itertools.count()
        issue_invoice = fulfilment.issue_invoice

        def issue_and_fail_at_times(order: Order, *, now: datetime) -> Invoice:
            invoice = issue_invoice(order, now=now)
            if next(tries) % 4 == 1:
                raise RuntimeError("after the number was taken")
            return invoice

        monkeypatch.setattr(fulfilment, "issue_invoice", issue_and_fail_at_times)

        def pay(index: int) -> None:
            try:
                while True:
                    try:
                        settle(payments[index], now=NOW)
                    except RuntimeError:
                        continue
                    return
            finally:
                connection.close()

        with ThreadPoolExecutor(50) as pool:
            list(pool.map(pay, range(50)))

        assert sorted(Invoice.objects.values_list("sequence", flat=True)) == list(range(1, 51))
        assert InvoiceCounter.objects.get().last_sequence == 50
        assert next(tries) > 50

    def test_each_year_and_legal_entity_counts_for_itself(
        self, db: None, make_course: MakeCourse, settings: object
    ) -> None:
        from django.conf import settings as configured

        last_second = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
        new_year = datetime(2027, 1, 1, tzinfo=UTC)
        for moment in (last_second, last_second, new_year):
            make_paid_order(buyer_id=make_user().id, course_ids=[make_course()], now=moment)
        settings.SKILLWISE_COMMERCE = configured.SKILLWISE_COMMERCE | {"LEGAL_ENTITY": "SkillWise GmbH"}
        make_paid_order(buyer_id=make_user().id, course_ids=[make_course()], now=new_year)

        numbers = [(invoice.legal_entity, invoice.number) for invoice in Invoice.objects.order_by("id")]
        assert numbers == [
            ("SkillWise", "2026-000001"),
            ("SkillWise", "2026-000002"),
            ("SkillWise", "2027-000001"),
            ("SkillWise GmbH", "2027-000001"),
        ]
