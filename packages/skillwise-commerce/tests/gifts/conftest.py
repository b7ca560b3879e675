"""A gift that waits, and somebody to claim it."""

from collections.abc import Callable
from uuid import UUID

import pytest
from skillwise_commerce.models import Gift
from skillwise_commerce.testing import make_paid_gift
from skillwise_identity.testing import make_user
from skillwise_kernel.clock import now
from skillwise_kernel.testing.client import ApiClient
from wishes import ADDRESS

MakeCourse = Callable[..., UUID]


@pytest.fixture
def course(make_course: MakeCourse) -> UUID:
    return make_course(title="Bread from four ingredients")


@pytest.fixture
def gift(buyer_id: UUID, course: UUID) -> Gift:
    """Paid for by the buyer, and waiting to be claimed."""
    make_paid_gift(buyer_id=buyer_id, course_ids=[course], email=ADDRESS, now=now())
    return Gift.objects.select_related("line").get()


@pytest.fixture
def claimer_id() -> UUID:
    return make_user().id


@pytest.fixture
def claimer(api: ApiClient, claimer_id: UUID) -> ApiClient:
    return api.as_actor(claimer_id)
