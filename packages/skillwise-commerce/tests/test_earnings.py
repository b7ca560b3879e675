"""What instructors earn, when they can have it, and what they are shown of it."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from earnings import EARNINGS, LATER, NOW, balance, sell, take_back
from skillwise_commerce.models import SellerShare
from skillwise_commerce.testing import make_paid_order
from skillwise_identity.testing import make_user
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient

MakeCourse = Callable[..., UUID]


def test_what_is_earned_is_held_until_the_refund_window_closes(
    seller: ApiClient, seller_id: UUID, make_course: MakeCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from skillwise_commerce.rest.views import earnings

    sell(seller_id, make_course)

    monkeypatch.setattr(earnings, "now", lambda: LATER - timedelta(seconds=1))
    assert balance(seller) == {"available": 0, "held": 7000, "on_its_way": 0, "paid": 0}
    monkeypatch.setattr(earnings, "now", lambda: LATER)
    assert balance(seller) == {"available": 7000, "held": 0, "on_its_way": 0, "paid": 0}


def test_co_instructors_each_see_their_own(
    api: ApiClient, seller: ApiClient, seller_id: UUID, make_course: MakeCourse
) -> None:
    partner = make_user(roles=["instructor"]).id
    course = make_course(price=Money(10_001, "USD"), owner_id=seller_id, editor_ids=[partner])
    SellerShare.objects.create(course_id=course, seller_id=seller_id, percent=50)
    SellerShare.objects.create(course_id=course, seller_id=partner, percent=25)

    make_paid_order(buyer_id=make_user().id, course_ids=[course], now=NOW)

    assert balance(seller)["available"] == 5001
    assert balance(api.as_actor(partner, roles=["instructor"]))["available"] == 2500


def test_shares_above_the_whole_are_refused_by_the_database(make_course: MakeCourse) -> None:
    course = make_course()
    SellerShare.objects.create(course_id=course, seller_id=new_id(), percent=60)

    SellerShare.objects.create(course_id=course, seller_id=new_id(), percent=41)

    with pytest.raises(IntegrityError, match="exceed its price"), transaction.atomic():
        connection.check_constraints()
    transaction.set_rollback(True)


def test_a_refund_within_the_window_takes_back_what_is_held(
    seller: ApiClient, seller_id: UUID, make_course: MakeCourse
) -> None:
    take_back(sell(seller_id, make_course), at=NOW + timedelta(days=3))

    assert balance(seller) == {"available": 0, "held": 0, "on_its_way": 0, "paid": 0}


def test_the_months_and_courses_add_up_to_what_was_earned(
    seller: ApiClient, seller_id: UUID, make_course: MakeCourse
) -> None:
    sell(seller_id, make_course, 10_000)
    sell(seller_id, make_course, 20_000, at=NOW - timedelta(days=40))

    earnings = ApiClient.json(seller.get(EARNINGS))

    assert [(one["month"], one["earned"]["amount"]) for one in earnings["by_month"]] == [
        ("2026-09-01", 7000),
        ("2026-08-01", 14_000),
    ]
    assert [one["earned"]["amount"] for one in earnings["by_course"]] == [14_000, 7000]


def test_the_file_has_a_row_for_every_earning_and_begins_no_formula(
    seller: ApiClient, seller_id: UUID, make_course: MakeCourse
) -> None:
    course = make_course(price=Money(10_000, "USD"), owner_id=seller_id, title="=HYPERLINK(1)")
    order = make_paid_order(buyer_id=make_user().id, course_ids=[course], now=NOW)
    take_back(order, at=NOW)

    response = seller.get(f"{EARNINGS}file/")
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))

    assert [(row["kind"], row["amount"], row["course"]) for row in rows] == [
        ("refund", "-7000", "'=HYPERLINK(1)"),
        ("sale", "7000", "'=HYPERLINK(1)"),
    ]


def test_more_sales_take_no_more_queries(
    seller: ApiClient,
    seller_id: UUID,
    make_course: MakeCourse,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    for _ in range(2):
        sell(seller_id, make_course)
        with django_assert_num_queries(6):
            seller.get(EARNINGS)
