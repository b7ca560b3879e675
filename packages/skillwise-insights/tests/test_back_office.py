"""Operators look at the figures; only events change them."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from skillwise_catalog.testing import make_course
from skillwise_commerce.testing import make_paid_order
from skillwise_identity.testing import make_user
from skillwise_kernel.clock import now


@pytest.mark.parametrize(
    "figures", ["coursefigures", "courseearnings", "userfigures", "dayfigures", "dayearnings"]
)
def test_figures_are_looked_at_and_left_alone(
    client: Client, buyer_id: UUID, told: Callable[[], int], figures: str
):
    make_paid_order(buyer_id=buyer_id, course_ids=[make_course().id], now=now())
    told()
    client.force_login(make_user(roles=["admin"]))

    listed = client.get(reverse(f"admin:skillwise_insights_{figures}_changelist"))
    added = client.get(reverse(f"admin:skillwise_insights_{figures}_add"))

    assert (listed.status_code, added.status_code) == (200, 403)
