"""Random lives of a shop, played against a model of plain Python: whatever is bought, refunded, disputed,
paid out, told twice or told late, the books, the orders, the entitlements and the invoices agree.

The model knows amounts in minor units and nothing of tables. How a part of a line falls into tax and shares
it does not foresee to the minor unit: it holds that to what must be left when all has gone back.
"""

from collections import Counter

import pytest
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test
from random_shop import RandomShop
from skillwise_commerce import api as commerce
from skillwise_commerce.models import Coupon, Earning, Invoice, LedgerEntry, Order


class Shop(RandomShop):
    """What must be true at every moment."""

    @invariant()
    def the_books_balance_and_say_what_happened(self) -> None:
        connection.check_constraints()
        balances: Counter[str] = Counter()
        for account, amount in LedgerEntry.objects.values_list("account", "amount_amount"):
            balances[account] += amount
        assert sum(balances.values()) == 0
        assert balances["stripe_clearing"] == self.model.clearing
        for seller in getattr(self, "sellers", []):
            earned = sum(Earning.objects.filter(seller_id=seller).values_list("amount", flat=True))
            assert -balances[f"instructor_payable:{seller}"] == earned - self.model.paid_out[seller]

    @invariant()
    def nothing_is_left_of_what_went_back_whole(self) -> None:
        for sale in self.model.sales:
            for line in sale.lines.values():
                if sale.is_paid and sale.dispute is None and line.back == line.paid:
                    of_line = Earning.objects.filter(line__order_id=sale.id, course_id=line.course)
                    assert sum(of_line.values_list("amount", flat=True)) == 0

    @invariant()
    def orders_are_where_the_model_has_them(self) -> None:
        statuses = dict(Order.objects.values_list("id", "status"))
        assert statuses == {sale.id: sale.status for sale in self.model.sales}

    @invariant()
    def people_have_what_they_paid_for_and_nothing_else(self) -> None:
        for buyer in getattr(self, "buyers", []):
            owned = commerce.get_entitled_course_ids(user_id=buyer, course_ids=self.courses)
            expected = {
                course
                for (who, course), sale in self.model.by_course.items()
                if who == buyer and not sale.is_suspended
            }
            assert owned == expected

    @invariant()
    def every_paid_order_has_its_invoice_and_every_refund_its_credit_note(self) -> None:
        for kind, count in (
            ("invoice", sum(sale.is_paid for sale in self.model.sales)),
            ("credit_note", self.model.credit_notes),
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
                for sale in self.model.sales
                if sale.coupon == coupon.code and not (sale.is_closed and not sale.is_paid)
            ]
            late = [sale for sale in holding if sale.is_closed]  # paid after the coupon was given to others
            assert coupon.uses == len(holding) - len(late)


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
