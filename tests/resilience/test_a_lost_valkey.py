"""The whole house, with its real worker and scheduler: what was paid takes effect everywhere, and once."""

from collections import Counter
from collections.abc import Callable
from uuid import UUID

import httpx
import pytest
from skillwise_catalog.testing import make_course
from skillwise_commerce.testing import make_paid_order
from skillwise_identity.models import Notification
from skillwise_identity.testing import make_user
from skillwise_insights.models import CourseFigures
from skillwise_kernel.clock import now
from skillwise_kernel.embedded import EmbeddedValkey
from skillwise_kernel.models import Delivery
from skillwise_kernel.testing.processes import Processes
from skillwise_learning.models import Enrollment

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

BUYERS = 10


@pytest.fixture
def house(
    valkey: EmbeddedValkey, child_environment: dict[str, str], sandbox: dict[str, str], processes: Processes
) -> Processes:
    """A worker and a scheduler that mail to the stand-in."""
    child_environment["EMAIL_URL"] = f"smtp://{sandbox['smtp_host']}:{sandbox['smtp_port']}"
    processes.start_worker()
    processes.start_scheduler()
    return processes


def test_orders_paid_while_valkey_is_gone_enrol_mail_and_count_once_when_it_is_back_empty(
    house: Processes, valkey: EmbeddedValkey, eventually: Callable[..., None], sandbox: dict[str, str]
) -> None:
    course = make_course(title="Sourdough")
    buyers = [make_user() for _ in range(BUYERS)]

    for number, buyer in enumerate(buyers):
        if number == BUYERS // 2:
            valkey.kill()
        make_paid_order(buyer_id=buyer.id, course_ids=[course.id], now=now())
    valkey.clear()
    valkey.start()

    eventually(nothing_is_left)
    assert sorted(enrolled_in(course.id)) == sorted(buyer.id for buyer in buyers)
    assert CourseFigures.objects.get(course_id=course.id).enrollments == BUYERS
    assert receipts(sandbox, [buyer.email for buyer in buyers]) == {buyer.email: 1 for buyer in buyers}


def nothing_is_left() -> bool:
    waiting = Delivery.objects.exclude(status=Delivery.Status.DONE).exists()
    unsent = Notification.objects.filter(sent_at=None).exists()
    return not waiting and not unsent


def enrolled_in(course_id: UUID) -> list[UUID]:
    return list(Enrollment.objects.filter(course_id=course_id).values_list("user_id", flat=True))


def receipts(sandbox: dict[str, str], addresses: list[str]) -> Counter[str]:
    """How many receipts the mail server has for each of these addresses."""
    received: Counter[str] = Counter()
    for address in addresses:
        mails = httpx.get(f"{sandbox['http']}/mail/api/messages", params={"to": address}).json()
        received[address] = sum("eceipt" in mail["subject"] for mail in mails)
    return received
