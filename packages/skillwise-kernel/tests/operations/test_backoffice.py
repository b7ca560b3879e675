"""The back office, seen by someone who may do everything."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_samples.models import Book, Payment

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("operator"))
    return client


def test_a_list_shows_its_rows(operator: Client) -> None:
    Book.objects.create(title="Flatland", shelf="x")

    page = operator.get("/admin/rest_samples/book/")

    assert page.status_code == 200
    assert b"Flatland" in page.content


def test_a_thing_can_be_edited(operator: Client) -> None:
    book = Book.objects.create(title="Flatland", shelf="x")

    answer = operator.post(
        f"/admin/rest_samples/book/{book.id}/change/", {"title": "Sphereland", "shelf": "x", "version": 1}
    )

    assert answer.status_code == 302
    book.refresh_from_db()
    assert book.title == "Sphereland"


def test_a_record_is_looked_at_and_changed_by_nobody(operator: Client) -> None:
    payment = Payment.objects.create(amount=5)
    address = f"/admin/rest_samples/payment/{payment.id}"

    assert operator.get("/admin/rest_samples/payment/").status_code == 200
    assert operator.get(f"{address}/change/").status_code == 200
    assert operator.get("/admin/rest_samples/payment/add/").status_code == 403
    assert operator.post(f"{address}/change/", {"amount": 6}).status_code == 403
    assert operator.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    payment.refresh_from_db()
    assert payment.amount == 5
