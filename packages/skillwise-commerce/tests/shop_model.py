"""A shop in plain Python: what was sold, what of it has gone back, and who has which course.

It knows amounts in minor units and nothing of tables.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from skillwise_commerce.domain.payments import DisputeStatus, ProviderDispute
from skillwise_commerce.errors import AlreadyOwnedError, CouponUsedByYouError, CouponUsedUpError


@dataclass
class Line:
    """A course of an order: what was paid for it, and what of that has gone back."""

    course: UUID
    paid: int
    back: int = 0


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

    @property
    def is_suspended(self) -> bool:
        return self.status == "disputed"


class Model:
    """`by_course`: the sale by which a person has a course. `clearing`: what the provider owes us.
    `paid_out`: what each seller was sent.
    """

    def __init__(self) -> None:
        self.sales: list[Sale] = []
        self.by_course: dict[tuple[UUID, UUID], Sale] = {}
        self.credit_notes = 0
        self.clearing = 0
        self.paid_out: Counter[UUID] = Counter()

    def obstacle(self, buyer: UUID, courses: list[UUID], coupon: str) -> Any:
        """What must be raised when they order; `()` for nothing."""
        if any((buyer, course) in self.by_course for course in courses):
            return AlreadyOwnedError
        counted = [sale for sale in self.sales if sale.coupon == coupon and coupon and not sale.is_closed]
        mine = [sale for sale in counted if sale.buyer == buyer]
        if coupon == "FOUR" and mine:
            return CouponUsedByYouError
        if coupon == "HALF" and len(counted) >= 3:
            return CouponUsedUpError
        return ()

    def waits_to_be_paid(self, buyer: UUID, course: UUID) -> bool:
        return any(
            sale.buyer == buyer and course in sale.lines and sale.status == "pending" for sale in self.sales
        )

    def pay(self, sale: Sale) -> None:
        if not sale.is_paid:
            sale.is_paid = True
            self.clearing += sale.total
            for course in sale.lines:
                self.by_course.setdefault((sale.buyer, course), sale)

    def give_back(self, sale: Sale, refund_id: UUID, parts: dict[UUID, int]) -> None:
        """What goes back of each course."""
        sale.refunds[refund_id] = parts
        self.clearing -= sum(parts.values())
        self.credit_notes += 1
        for course, amount in parts.items():
            sale.lines[course].back += amount
            assert 0 <= sale.lines[course].back <= sale.lines[course].paid
        self.lose(sale, [course for course in parts if sale.lines[course].back == sale.lines[course].paid])

    def failable(self) -> list[Sale]:
        """Of which a refund may fail."""
        return [sale for sale in self.sales if sale.refunds and sale.dispute is None]

    def fail_refund(self, sale: Sale, parts: dict[UUID, int]) -> None:
        """What went back of each course is here again."""
        self.clearing += sum(parts.values())
        for course, amount in parts.items():
            line = sale.lines[course]
            was_whole = line.back == line.paid
            line.back -= amount
            if was_whole:
                self.by_course.setdefault((sale.buyer, course), sale)

    def lose(self, sale: Sale, courses: Iterable[UUID]) -> None:
        """The course goes, unless the same person has paid for it by another order as well."""
        for course in courses:
            if self.by_course.get((sale.buyer, course)) is not sale:
                continue
            del self.by_course[sale.buyer, course]
            others = [
                other
                for other in self.sales
                if other is not sale
                and other.buyer == sale.buyer
                and other.status in ("paid", "partially_refunded")
                and course in other.lines
                and other.lines[course].back < other.lines[course].paid
            ]
            if others:
                self.by_course[sale.buyer, course] = others[0]
