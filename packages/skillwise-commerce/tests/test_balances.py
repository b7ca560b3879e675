"""What accounts hold: always the sum of the entries, whatever has been summed up before."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import Sum
from skillwise_commerce.models import LedgerEntry, LedgerSnapshot, LedgerTransaction
from skillwise_commerce.selectors.ledger import BALANCE, balance, balances, trial_balance
from skillwise_commerce.services.ledger_snapshots import take_snapshots
from skillwise_commerce.testing import make_paid_order
from skillwise_identity.testing import make_user
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def book(amount: int, *, currency: str = "USD") -> None:
    with transaction.atomic():
        booked = LedgerTransaction.objects.create(kind="sale", reference=f"test:{new_id()}", booked_at=NOW)
        for account, signed in (("stripe_clearing", amount), ("platform_revenue", -amount)):
            LedgerEntry.objects.create(
                transaction=booked, account=account, amount_amount=signed, amount_currency=currency
            )


def plain_sum(account: str, currency: str = "USD") -> int:
    entries = LedgerEntry.objects.filter(account=account, amount_currency=currency)
    total: int = entries.aggregate(total=Sum("amount_amount"))["total"] or 0
    return total


@pytest.mark.django_db(transaction=True)
def test_a_balance_is_the_sum_of_the_entries_before_and_after_snapshots() -> None:
    for round_ in range(1, 4):
        book(100 * round_)
        book(7, currency="JPY")
        assert balance(account="stripe_clearing", currency="USD") == Money(
            plain_sum("stripe_clearing"), "USD"
        )
        assert take_snapshots(now=NOW) == 4
        assert balance(account="stripe_clearing", currency="USD") == Money(
            plain_sum("stripe_clearing"), "USD"
        )

    assert take_snapshots(now=NOW) == 0
    assert balances() == [
        ("platform_revenue", Money(-21, "JPY")),
        ("platform_revenue", Money(-600, "USD")),
        ("stripe_clearing", Money(21, "JPY")),
        ("stripe_clearing", Money(600, "USD")),
    ]
    assert trial_balance() == {"JPY": Money(0, "JPY"), "USD": Money(0, "USD")}


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_that_was_deleted_is_made_anew(make_course: Callable[..., UUID]) -> None:
    make_paid_order(buyer_id=make_user().id, course_ids=[make_course(price=Money(100, "USD"))], now=NOW)
    take_snapshots(now=NOW)
    LedgerSnapshot.objects.all().delete()

    take_snapshots(now=NOW)

    assert LedgerSnapshot.objects.get(account="stripe_clearing").held == Money(100, "USD")


@pytest.mark.django_db(transaction=True)
def test_with_one_snapshot_all_are_deleted_so_that_none_lacks_a_part_of_the_past() -> None:
    book(100)
    take_snapshots(now=NOW)
    LedgerSnapshot.objects.get(account="stripe_clearing").delete()
    assert balances() == [
        ("platform_revenue", Money(-100, "USD")),
        ("stripe_clearing", Money(100, "USD")),
    ]
    book(10)

    take_snapshots(now=NOW)

    assert balance(account="stripe_clearing", currency="USD") == Money(110, "USD")
    assert trial_balance() == {"USD": Money(0, "USD")}


@pytest.mark.django_db(transaction=True)
def test_while_snapshots_are_taken_and_deleted_at_once_a_balance_is_always_the_sum() -> None:
    stop, deleted_often = threading.Event(), threading.Event()

    def delete_on() -> None:
        deleted = 0
        try:
            while not stop.is_set():
                deleted += LedgerSnapshot.objects.filter(account="stripe_clearing").delete()[0]
                if deleted >= 10:
                    deleted_often.set()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        deleting = pool.submit(delete_on)
        try:
            rounds = 0
            while rounds < 100 or not deleted_often.is_set():
                rounds += 1
                book(rounds)
                take_snapshots(now=NOW)
                assert balance(account="stripe_clearing", currency="USD").amount == plain_sum(
                    "stripe_clearing"
                )
                assert rounds < 10_000, "the snapshots were not deleted while they were taken"
        finally:
            stop.set()
        deleting.result()


@pytest.mark.django_db(transaction=True)
def test_a_booking_that_hangs_stops_the_snapshot_and_no_other_booking() -> None:
    written, may_commit = threading.Event(), threading.Event()

    def hang() -> None:
        try:
            with transaction.atomic():
                book(10)
                written.set()
                may_commit.wait(20)
        finally:
            connection.close()

    def snapshot() -> None:
        try:
            with pytest.raises(OperationalError, match="lock timeout"):
                take_snapshots(now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        hanging = pool.submit(hang)
        assert written.wait(10)
        try:
            pool.submit(snapshot).result(10)
            pool.submit(_book_and_close, 100).result(10)
        finally:
            may_commit.set()
        hanging.result(10)

    take_snapshots(now=NOW)
    assert LedgerSnapshot.objects.get(account="stripe_clearing").balance == 110


@pytest.mark.django_db(transaction=True)
def test_an_entry_under_way_while_a_snapshot_is_taken_is_not_missed() -> None:
    book(1)
    written, may_commit = threading.Event(), threading.Event()

    def book_slowly() -> None:
        try:
            with transaction.atomic():
                book(10)
                written.set()
                may_commit.wait(10)
        finally:
            connection.close()

    def snapshot() -> None:
        try:
            take_snapshots(now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        slow = pool.submit(book_slowly)
        assert written.wait(10)
        taking = pool.submit(snapshot)
        later = pool.submit(_book_and_close, 100)
        threading.Event().wait(0.3)
        may_commit.set()
        for future in (slow, taking, later):
            future.result(20)
    take_snapshots(now=NOW)

    assert balance(account="stripe_clearing", currency="USD") == Money(111, "USD")
    assert LedgerSnapshot.objects.get(account="stripe_clearing").balance == 111


@pytest.mark.django_db(transaction=True)
def test_while_many_book_and_snapshots_are_taken_a_balance_is_always_the_sum() -> None:
    stop = threading.Event()

    def book_on(_: int) -> None:
        try:
            for amount in range(1, 26):
                book(amount)
        finally:
            connection.close()

    def snapshot_on() -> int:
        taken = 0
        try:
            while not stop.is_set():
                take_snapshots(now=NOW)
                with transaction.atomic():
                    connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                    assert balance(account="stripe_clearing", currency="USD").amount == plain_sum(
                        "stripe_clearing"
                    )
                taken += 1
        finally:
            connection.close()
        return taken

    with ThreadPoolExecutor(5) as pool:
        snapshots = pool.submit(snapshot_on)
        list(pool.map(book_on, range(4)))
        stop.set()
        assert snapshots.result() > 1

    assert balance(account="stripe_clearing", currency="USD") == Money(4 * 325, "USD")


@pytest.mark.django_db(transaction=True)
def test_a_position_is_given_by_the_database_alone() -> None:
    with transaction.atomic():
        booked = LedgerTransaction.objects.create(kind="sale", reference="test:forged", booked_at=NOW)
        for account, amount in (("fees", 5), ("stripe_clearing", -5)):
            LedgerEntry.objects.create(
                transaction=booked, account=account, amount_amount=amount, amount_currency="USD", position=-1
            )

    assert all(position > 0 for position in LedgerEntry.objects.values_list("position", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_balance_is_read_from_the_index_and_only_after_the_horizon() -> None:
    fill = (
        "SET session_replication_role = replica",
        """
        INSERT INTO skillwise_commerce_ledgertransaction (id, kind, reference, booked_at)
        SELECT gen_random_uuid(), 'sale', 'test:' || n, now() FROM generate_series(1, 10000) n
        """,
        """
        INSERT INTO skillwise_commerce_ledgerentry
            (id, transaction_id, account, amount_amount, amount_currency, position)
        SELECT gen_random_uuid(), id, 'stripe_clearing', 1, 'USD', row_number() OVER ()
        FROM skillwise_commerce_ledgertransaction
        """,
        "SET session_replication_role = DEFAULT",
    )
    with connection.cursor() as cursor:
        for statement in fill:
            cursor.execute(statement)
        take_snapshots(now=NOW)
        for table in ("ledgerentry", "ledgersnapshot"):
            cursor.execute(f"VACUUM ANALYZE skillwise_commerce_{table}")
        cursor.execute(
            f"EXPLAIN (ANALYZE, FORMAT JSON) {BALANCE}", {"account": "stripe_clearing", "currency": "USD"}
        )
        plan = cursor.fetchone()[0][0]["Plan"]

    scans = [node for node in _nodes(plan) if node.get("Relation Name") == "skillwise_commerce_ledgerentry"]
    assert all(scan["Node Type"] in ("Index Scan", "Index Only Scan") for scan in scans)
    assert [scan["Actual Rows"] for scan in scans] == [0]
    assert balance(account="stripe_clearing", currency="USD") == Money(10_000, "USD")


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)


def _book_and_close(amount: int) -> None:
    try:
        book(amount)
    finally:
        connection.close()
