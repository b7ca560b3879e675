"""`orders/` and `invoices/`: one's own, page by page, at a constant cost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from endpoints import INVOICES, ORDERS, problem
from skillwise_commerce.models import Invoice, Order
from skillwise_commerce.testing import make_order, make_paid_order
from skillwise_identity.testing import make_user
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient

MakeCourse = Callable[..., UUID]
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture
def purchases(buyer_id: UUID, make_course: MakeCourse) -> list[UUID]:
    """The ids of five paid orders of the buyer, oldest first; somebody else has one too."""
    make_paid_order(buyer_id=make_user().id, course_ids=[make_course()], now=NOW)
    return [
        make_paid_order(
            buyer_id=buyer_id,
            course_ids=[make_course(), make_course()],
            now=NOW + timedelta(minutes=number),
        )
        for number in range(5)
    ]


def test_my_orders_come_newest_first_and_are_mine_alone(buyer: ApiClient, purchases: list[UUID]) -> None:
    page = buyer.json(buyer.get(ORDERS))

    assert [order["id"] for order in page["results"]] == [str(order_id) for order_id in reversed(purchases)]
    assert page["next"] is None


@pytest.mark.parametrize("path", [ORDERS, INVOICES])
def test_pages_follow_each_other_without_gap_or_repetition(
    buyer: ApiClient, purchases: list[UUID], path: str
) -> None:
    seen, address = [], f"{path}?page_size=2"
    while address:
        page = buyer.json(buyer.get(address))
        seen += [row.get("order_id", row["id"]) for row in page["results"]]
        address = page["next"]

    assert seen == [str(order_id) for order_id in reversed(purchases)]


@pytest.mark.parametrize(("path", "queries"), [(ORDERS, 5), (INVOICES, 2)])
def test_a_longer_page_takes_no_more_queries(
    buyer: ApiClient,
    purchases: list[UUID],
    path: str,
    queries: int,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    for size in (1, 5):
        with django_assert_num_queries(queries):
            page = buyer.json(buyer.get(f"{path}?page_size={size}"))
        assert len(page["results"]) == size


def test_an_order_shows_what_the_app_polls_for(
    buyer: ApiClient, buyer_id: UUID, make_course: MakeCourse
) -> None:
    course = make_course(price=Money(4999, "USD"), title="Bread from four ingredients")
    order_id = make_paid_order(buyer_id=buyer_id, course_ids=[course], now=NOW)

    shown = buyer.json(buyer.get(f"{ORDERS}{order_id}/"))

    assert shown == {
        "id": str(order_id),
        "status": "paid",
        "provider": "stripe",
        "discount": {"amount": 0, "currency": "USD"},
        "tax": {"amount": 0, "currency": "USD"},
        "total": {"amount": 4999, "currency": "USD"},
        "refunded": {"amount": 0, "currency": "USD"},
        "lines": [
            {
                "course_id": str(course),
                "title": "Bread from four ingredients",
                "price": {"amount": 4999, "currency": "USD"},
                "discount": {"amount": 0, "currency": "USD"},
                "tax_name": "",
                "tax_rate": "0.000",
                "tax_inclusive": False,
                "tax": {"amount": 0, "currency": "USD"},
                "total": {"amount": 4999, "currency": "USD"},
                "refunded": {"amount": 0, "currency": "USD"},
            }
        ],
        "dispute_status": None,
        "failure_code": None,
        "created_at": "2026-11-23T10:00:00Z",
        "paid_at": "2026-11-23T10:00:00Z",
        "invoice_id": str(Invoice.objects.get().id),
        "credit_note_ids": [],
    }


def test_polling_costs_nothing_until_something_changed(
    buyer: ApiClient, buyer_id: UUID, make_course: MakeCourse
) -> None:
    order_id = make_order(buyer_id=buyer_id, course_ids=[make_course()], now=NOW)
    first = buyer.get(f"{ORDERS}{order_id}/")

    again = buyer.get(f"{ORDERS}{order_id}/", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert first["Cache-Control"] == "private, no-cache"


def test_an_invoice_is_the_document_of_its_order(
    buyer: ApiClient, buyer_id: UUID, make_course: MakeCourse
) -> None:
    order_id = make_paid_order(buyer_id=buyer_id, course_ids=[make_course(price=Money(4999, "USD"))], now=NOW)
    (listed,) = buyer.json(buyer.get(INVOICES))["results"]

    shown = buyer.json(buyer.get(f"{INVOICES}{listed['id']}/"))

    assert shown == listed
    assert (shown["order_id"], shown["number"], shown["legal_entity"]) == (
        str(order_id),
        "2026-000001",
        "SkillWise",
    )
    assert shown["total"] == shown["lines"][0]["price"] == {"amount": 4999, "currency": "USD"}


@pytest.mark.parametrize(
    ("path", "code"), [(ORDERS, "commerce.order_not_found"), (INVOICES, "commerce.invoice_not_found")]
)
def test_somebody_elses_is_as_unknown_as_what_is_not_there(
    api: ApiClient, buyer: ApiClient, purchases: list[UUID], path: str, code: str
) -> None:
    mine = buyer.json(buyer.get(path))["results"][0]["id"]
    stranger = api.as_actor(make_user().id, roles=["student", "instructor", "admin"])

    foreign = problem(stranger.get(f"{path}{mine}/"), 404, code)
    unknown = problem(stranger.get(f"{path}{new_id()}/"), 404, code)

    varying = {"instance", "request_id"}
    assert {k: v for k, v in foreign.items() if k not in varying} == {
        k: v for k, v in unknown.items() if k not in varying
    }


@pytest.mark.parametrize("path", [ORDERS, INVOICES, f"{ORDERS}{UUID(int=1)}/", f"{INVOICES}{UUID(int=1)}/"])
def test_a_guest_is_asked_to_log_in(db: None, api: ApiClient, path: str) -> None:
    problem(api.get(path), 401, "not_authenticated")


def test_orders_are_narrowed_to_one_state(buyer: ApiClient, buyer_id: UUID, purchases: list[UUID]) -> None:
    refunded, disputed = purchases[1], purchases[3]
    Order.objects.filter(id=refunded).update(status="refunded")
    Order.objects.filter(id=disputed).update(status="disputed")

    def found(query: str) -> list[str]:
        return [order["id"] for order in buyer.json(buyer.get(f"{ORDERS}{query}"))["results"]]

    assert found("?status=refunded") == [str(refunded)]
    assert found("?status=paid") == [str(purchases[number]) for number in (4, 2, 0)]
    assert found("?status=expired") == []
    assert len(found("?status=")) == 5
    problem(buyer.get(f"{ORDERS}?status=bought"), 400, "invalid_input")


def test_a_state_is_found_by_an_index_in_the_order_of_the_list(buyer: ApiClient, buyer_id: UUID) -> None:
    Order.objects.bulk_create(
        Order(
            buyer_id=buyer_id if number % 2 else new_id(),
            total_amount=0,
            total_currency="USD",
            fingerprint=new_id().hex,
            created_at=NOW,
            updated_at=NOW,
        )
        for number in range(600)
    )
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as queries:
        cursor.execute("ANALYZE skillwise_commerce_order")
        buyer.get(f"{ORDERS}?status=paid")
        (listing,) = [
            query["sql"]
            for query in queries.captured_queries
            if "ORDER BY" in query["sql"] and "_order" in query["sql"]
        ]
        cursor.execute(f"EXPLAIN {listing}")
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "commerce_order_of_buyer_in" in plan
    assert "Sort" not in plan
