"""What is bought together is shown together."""

import pytest
from skillwise_catalog import api as catalog
from skillwise_catalog.testing import make_course
from skillwise_commerce.models import Entitlement
from skillwise_commerce.services.also_bought import tell_also_bought
from skillwise_commerce.testing import make_paid_order
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db


def test_the_storefront_shows_what_several_buyers_of_a_course_bought_too(api: ApiClient) -> None:
    bread, jam, soup, pickles = (make_course(title=title) for title in ("Bread", "Jam", "Soup", "Pickles"))
    for basket in ([bread, jam, soup], [bread, jam], [bread, jam], [bread, soup], [bread, pickles]):
        make_paid_order(buyer_id=new_id(), course_ids=[course.id for course in basket], now=now())

    tell_also_bought()

    shown = api.json(api.get(f"/api/v1/courses/{bread.id}/related/"))["also_bought"]
    assert [course["title"] for course in shown] == ["Jam", "Soup"]


def test_what_is_bought_together_no_longer_is_shown_no_longer(api: ApiClient) -> None:
    bread, jam, soup = (make_course(title=title) for title in ("Bread", "Jam", "Soup"))
    for basket in ([bread, jam], [bread, jam], [soup]):
        make_paid_order(buyer_id=new_id(), course_ids=[course.id for course in basket], now=now())
    tell_also_bought()
    given_back = Entitlement.objects.filter(course_id=jam.id)
    given_back.update(ended_at=now(), end_cause=Entitlement.EndCause.REFUND)

    told = tell_also_bought()

    assert told == 2
    for course in (bread, jam):
        assert api.json(api.get(f"/api/v1/courses/{course.id}/related/"))["also_bought"] == []
    assert catalog.get_courses_with_also_bought() == frozenset()
    assert tell_also_bought() == 0
