"""An order to give back."""

from collections.abc import Callable
from uuid import UUID

import pytest
from refunds import NOW
from skillwise_commerce.testing import make_paid_order
from skillwise_kernel.money import Money

MakeCourse = Callable[..., UUID]


@pytest.fixture
def bread_and_jam(buyer_id: UUID, make_course: MakeCourse) -> tuple[UUID, UUID, UUID]:
    """A paid order, and its courses: 49.99 and 10.01 dollars."""
    bread, jam = make_course(price=Money(4999, "USD")), make_course(price=Money(1001, "USD"))
    return make_paid_order(buyer_id=buyer_id, course_ids=[bread, jam], now=NOW), bread, jam
