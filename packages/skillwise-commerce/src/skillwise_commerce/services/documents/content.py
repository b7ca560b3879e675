"""What a document says."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from skillwise_kernel.money import Money

__all__ = ["BillingDocument", "BillingLine", "Party", "Statement", "StatementLine", "TaxSum"]


@dataclass(frozen=True, slots=True)
class Party:
    """Who sells or who buys. `country` is an ISO 3166 code of two letters; what is empty is not printed."""

    name: str
    address: str = ""
    country: str = ""
    tax_id: str = ""


@dataclass(frozen=True, slots=True)
class BillingLine:
    """`price` is what was asked, before the discount; `tax` is a part of `total`, in percent of `tax_rate`.

    A line of a credit note says what is given back of it: `total`, and `tax` in it. Its price is that total
    and its discount nothing.
    """

    title: str
    price: Money
    discount: Money
    tax_rate: Decimal
    tax: Money
    total: Money
    quantity: int = 1

    @property
    def net(self) -> Money:
        return self.total - self.tax


@dataclass(frozen=True, slots=True)
class TaxSum:
    """The tax of all lines of one rate: `tax` on `net`."""

    name: str
    rate: Decimal
    net: Money
    tax: Money


@dataclass(frozen=True, slots=True)
class BillingDocument:
    """An invoice, or the credit note of the invoice numbered `credits`. All amounts are in one currency.

    `is_tax_inclusive`: the prices of the lines contain their tax.
    """

    number: str
    order_reference: str
    seller: Party
    buyer: Party
    issued_at: datetime
    lines: tuple[BillingLine, ...]
    taxes: tuple[TaxSum, ...]
    discount: Money
    tax: Money
    total: Money
    is_tax_inclusive: bool = False
    is_reverse_charged: bool = False
    credits: str | None = None

    @property
    def subtotal(self) -> Money:
        """What the lines' prices sum up to, before discounts."""
        return Money.total((line.price for line in self.lines), self.total.currency)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """What an instructor earned by one sale, or lost again (below zero); `buyer_country` may be empty."""

    earned_at: datetime
    title: str
    buyer_country: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """What was paid out to an instructor, and what for: `carried_over` and the lines sum up to `total`.

    `carried_over` is what earlier statements left: below zero after a late refund.
    """

    reference: str
    payer: Party
    payee: Party
    paid_at: datetime
    lines: tuple[StatementLine, ...]
    carried_over: Money
    total: Money
