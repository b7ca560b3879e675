"""What a giver sees of gifts, and whom they are mailed to again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from endpoints import GIFTS, problem
from skillwise_commerce.models import Gift
from skillwise_commerce.services.claims import claim_gift
from skillwise_commerce.testing import end_entitlements_of, make_paid_gift
from skillwise_identity.testing import make_user, sent_mails
from skillwise_kernel.clock import now
from skillwise_kernel.testing.client import ApiClient
from wishes import ADDRESS

MakeCourse = Callable[..., UUID]

pytestmark = pytest.mark.django_db


def test_the_giver_sees_what_became_of_each(
    buyer: ApiClient, buyer_id: UUID, claimer_id: UUID, make_course: MakeCourse
) -> None:
    moment = now()
    for title in ("Waiting", "Claimed", "Canceled"):
        make_paid_gift(buyer_id=buyer_id, course_ids=[make_course(title=title)], email=ADDRESS, now=moment)
    make_paid_gift(
        buyer_id=buyer_id,
        course_ids=[make_course(title="Expired")],
        email=ADDRESS,
        now=moment - timedelta(days=400),
    )
    by_title = {gift.line.title: gift for gift in Gift.objects.select_related("line")}
    claim_gift(user_id=claimer_id, code=by_title["Claimed"].code, now=moment)
    end_entitlements_of(by_title["Canceled"].line.order_id, now=moment)

    shown = buyer.json(buyer.get(GIFTS))["results"]

    assert {gift["title"]: gift["status"] for gift in shown} == {
        title: title.lower() for title in ("Waiting", "Claimed", "Canceled", "Expired")
    }
    assert [gift["title"] for gift in shown if gift["code"]] == ["Waiting"]


@pytest.mark.parametrize("number", [1, 5])
def test_the_list_takes_one_query_and_shows_ones_own(
    buyer: ApiClient,
    buyer_id: UUID,
    make_course: MakeCourse,
    number: int,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    make_paid_gift(buyer_id=make_user().id, course_ids=[make_course()], email=ADDRESS, now=now())
    courses = [make_course() for _ in range(number)]
    make_paid_gift(buyer_id=buyer_id, course_ids=courses, email=ADDRESS, now=now())

    with django_assert_num_queries(1):
        shown = buyer.json(buyer.get(GIFTS))["results"]

    assert {gift["course_id"] for gift in shown} == {str(course) for course in courses}


def test_a_code_is_mailed_again_once_a_day_and_to_another_address_at_once(
    buyer: ApiClient, gift: Gift, deliver_events: Callable[[], int]
) -> None:
    deliver_events()
    url = f"{GIFTS}{gift.id}/resend/"

    statuses = [
        buyer.post(url, body).status_code
        for body in ({}, {}, {"recipient_email": "grandma@example.org"}, {"recipient_email": ADDRESS})
    ]

    assert statuses == [202] * 4
    addresses = [mail.to[0] for mail in sent_mails() if "gave you a course" in mail.subject]
    assert addresses == [ADDRESS, ADDRESS, "grandma@example.org"]


def test_somebody_elses_gift_is_not_mailed(claimer: ApiClient, gift: Gift) -> None:
    problem(claimer.post(f"{GIFTS}{gift.id}/resend/", {}), 404, "commerce.gift_not_found")


def test_a_claimed_gift_is_not_mailed_again(buyer: ApiClient, claimer_id: UUID, gift: Gift) -> None:
    claim_gift(user_id=claimer_id, code=gift.code, now=now())

    problem(buyer.post(f"{GIFTS}{gift.id}/resend/", {}), 409, "commerce.gift_claimed")
