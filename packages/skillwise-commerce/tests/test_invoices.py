"""Invoices and credit notes: what they say, as JSON, as PDF and by mail."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import signing
from django.db import DatabaseError, IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from endpoints import INVOICES, ORDERS, problem
from pypdf import PdfReader
from sales import credit, sell
from skillwise_commerce.events import OrderRefunded
from skillwise_commerce.models import Invoice
from skillwise_commerce.selectors.invoices import BilledLine
from skillwise_commerce.services.invoices import issue_credit_note
from skillwise_commerce.services.printing import tax_sums
from skillwise_commerce.services.receipts import resend_invoice
from skillwise_identity.testing import make_user, sent_mails
from skillwise_kernel.money import Money
from skillwise_kernel.outbox import publish
from skillwise_kernel.testing.client import ApiClient

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
BILLING = {
    "billing_name": "শেখ হাসান",
    "billing_address": "বাড়ি ১২, ধানমন্ডি\nঢাকা ১২০৫",
    "billing_country": "BD",
    "vat_number": "BD001234567",
}
SELLER = {
    "LEGAL_ENTITY": "SkillWise Learning GmbH",
    "LEGAL_ENTITY_ADDRESS": "Lindenstraße 12\n10969 Berlin\nGermany",
    "LEGAL_ENTITY_TAX_ID": "DE811907980",
}


@pytest.fixture(autouse=True)
def _seller(settings: Any) -> None:
    settings.SKILLWISE_COMMERCE = settings.SKILLWISE_COMMERCE | SELLER


def money(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}


def text_of(response: HttpResponse) -> str:
    pages = PdfReader(io.BytesIO(response.content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def send(client: ApiClient, invoice: Invoice, key: str | None = None) -> HttpResponse:
    return client.post(f"{INVOICES}{invoice.id}/send/", headers={"Idempotency-Key": key or str(uuid4())})


def test_an_invoice_says_who_sold_who_bought_and_how_the_total_came_about(
    buyer: ApiClient, buyer_id: UUID
) -> None:
    order = sell(buyer_id, "Bread", "Butter", discount=2000, rate="15", now=NOW, **BILLING)

    (shown,) = buyer.json(buyer.get(INVOICES))["results"]

    invoice = Invoice.objects.get()
    assert shown == {
        "id": str(invoice.id),
        "kind": "invoice",
        "number": "2026-000001",
        "credits": None,
        "legal_entity": "SkillWise Learning GmbH",
        "seller_address": "Lindenstraße 12\n10969 Berlin\nGermany",
        "seller_tax_id": "DE811907980",
        "buyer": {
            "name": "শেখ হাসান",
            "address": "বাড়ি ১২, ধানমন্ডি\nঢাকা ১২০৫",
            "country": "BD",
            "vat_number": "BD001234567",
        },
        "order_id": str(order.id),
        "is_reverse_charged": False,
        "tax": money(2400),
        "total": money(18400),
        "lines": [
            {
                "course_id": str(line.course_id),
                "title": line.title,
                "price": money(10000),
                "discount": money(2000),
                "tax_name": "VAT",
                "tax_rate": "15.000",
                "tax_inclusive": False,
                "tax": money(1200),
                "total": money(9200),
            }
            for line in order.lines.all()
        ],
        "issued_at": "2026-11-23T10:00:00Z",
    }


def test_an_invoice_stays_as_it_was_issued(buyer: ApiClient, buyer_id: UUID, settings: Any) -> None:
    sell(buyer_id, "Bread", now=NOW, **BILLING)
    invoice = Invoice.objects.get()
    before = buyer.get(f"{INVOICES}{invoice.id}/").content, buyer.get(f"{INVOICES}{invoice.id}/pdf/").content

    settings.SKILLWISE_COMMERCE = settings.SKILLWISE_COMMERCE | {
        "LEGAL_ENTITY": "Another Ltd",
        "LEGAL_ENTITY_ADDRESS": "Elsewhere",
        "LEGAL_ENTITY_TAX_ID": "GB1",
    }

    after = buyer.get(f"{INVOICES}{invoice.id}/").content, buyer.get(f"{INVOICES}{invoice.id}/pdf/").content
    assert after == before
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        Invoice.objects.update(seller_address="Elsewhere")
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        Invoice.objects.all().delete()


def test_a_credit_note_refers_to_its_invoice_and_counts_for_itself(buyer: ApiClient, buyer_id: UUID) -> None:
    sell(make_user().id, "Bread", now=NOW)
    order = sell(buyer_id, "Bread", "Butter", rate="15", now=NOW, **BILLING)
    invoice = Invoice.objects.get(order=order)
    bread, butter = order.lines.all()

    credit(bread, 2300, tax=300, now=NOW + timedelta(days=1))
    credit(butter, 11500, tax=1500, now=NOW + timedelta(days=2))

    second, first, original = buyer.json(buyer.get(INVOICES))["results"]
    assert [one["number"] for one in (original, first, second)] == [
        "2026-000002",
        "CN-2026-000001",
        "CN-2026-000002",
    ]
    assert {one["credits"] for one in (first, second)} == {original["id"]} == {str(invoice.id)}
    assert (first["kind"], first["total"], first["tax"]) == ("credit_note", money(2300), money(300))
    assert [(line["title"], line["price"], line["tax"], line["total"]) for line in first["lines"]] == [
        ("Bread", money(2000), money(300), money(2300))
    ]
    assert first["buyer"] == original["buyer"]
    assert first["legal_entity"] == "SkillWise Learning GmbH"


def test_a_refund_has_one_credit_note(buyer_id: UUID) -> None:
    order = sell(buyer_id, "Bread", now=NOW)
    note = credit(order.lines.get(), 100, now=NOW)
    assert note.refund is not None

    with pytest.raises(IntegrityError), transaction.atomic():
        issue_credit_note(note.refund, now=NOW)
    assert Invoice.objects.filter(kind="credit_note").count() == 1


def test_the_order_shows_what_was_given_back_of_each_line_and_the_documents_of_it(
    buyer: ApiClient, buyer_id: UUID
) -> None:
    order = sell(buyer_id, "Bread", "Butter", discount=1000, rate="15", tax_inclusive=True, now=NOW)
    bread, butter = order.lines.all()
    notes = [credit(bread, 1000, now=NOW), credit(bread, 500, now=NOW)]
    failed = credit(butter, 100, now=NOW, status="pending")

    shown = buyer.json(buyer.get(f"{ORDERS}{order.id}/"))

    assert shown["discount"] == money(2000)
    assert shown["tax"] == money(2 * 1174)
    assert shown["total"] == money(18000)
    assert shown["refunded"] == money(1500)
    assert [line["refunded"] for line in shown["lines"]] == [money(1500), money(0)]
    assert shown["invoice_id"] == str(Invoice.objects.get(kind="invoice").id)
    assert set(shown["credit_note_ids"]) == {str(note.id) for note in (*notes, failed)}


def test_lists_of_orders_and_invoices_take_as_many_queries_for_many_as_for_few(
    buyer: ApiClient, buyer_id: UUID, django_assert_num_queries: Callable[..., Any]
) -> None:
    for _ in range(3):
        for line in sell(buyer_id, "Bread", "Butter", rate="15", now=NOW).lines.all():
            credit(line, 100, now=NOW)

    for size in (2, 9):
        with django_assert_num_queries(3):
            assert len(buyer.json(buyer.get(f"{INVOICES}?page_size={size}"))["results"]) == size
    for size in (1, 3):
        with django_assert_num_queries(5):
            assert len(buyer.json(buyer.get(f"{ORDERS}?page_size={size}"))["results"]) == size


def test_the_pdf_is_a_file_that_says_what_the_invoice_says(buyer: ApiClient, buyer_id: UUID) -> None:
    sell(buyer_id, "Bread", "Butter", discount=2000, rate="15", now=NOW, **BILLING)

    response = buyer.get(f"{INVOICES}{Invoice.objects.get().id}/pdf/")

    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Content-Disposition"] == 'attachment; filename="invoice-2026-000001.pdf"'
    assert response["Cache-Control"] == "private, no-cache"
    text = text_of(response)
    for said in (
        "Invoice 2026-000001",
        "SkillWise Learning GmbH Lindenstraße 12 10969 Berlin Germany Tax number: DE811907980",
        "Tax number: BD001234567",
        "Bread 1 100.00 \N{MINUS SIGN}20.00 80.00 15 % 12.00 92.00",
        "VAT 15 % on 160.00 USD 24.00 Total USD 184.00",
    ):
        assert said in text, said


def test_the_pdf_of_a_credit_note_names_the_invoice(buyer: ApiClient, buyer_id: UUID) -> None:
    order = sell(buyer_id, "Bread", rate="15", tax_inclusive=True, now=NOW, is_reverse_charged=True)
    note = credit(order.lines.get(), 5000, tax=652, now=NOW)

    response = buyer.get(f"{INVOICES}{note.id}/pdf/")

    assert response["Content-Disposition"] == 'attachment; filename="credit-note-CN-2026-000001.pdf"'
    text = text_of(response)
    assert "Credits invoice 2026-000001" in text
    assert "Bread 1 50.00 43.48 15 % 6.52 50.00" in text
    assert "Total credited USD 50.00" in text
    assert "Prices include tax." in text
    assert "Reverse charge" in text


def test_tax_is_summed_by_rate(buyer_id: UUID) -> None:
    def line(rate: str, tax: int) -> BilledLine:
        return BilledLine(
            course_id=buyer_id,
            title="Bread",
            price=Money(1000, "USD"),
            discount=Money.zero("USD"),
            tax_name="VAT",
            tax_rate=Decimal(rate),
            tax_inclusive=False,
            tax=Money(tax, "USD"),
            total=Money(1000 + tax, "USD"),
        )

    sums = tax_sums([line("20", 200), line("5.5", 55), line("20", 200), line("0", 0)])

    assert [(str(one.rate), one.net.amount, one.tax.amount) for one in sums] == [
        ("5.5", 1000, 55),
        ("20", 2000, 400),
    ]


def test_who_has_the_pdf_already_is_sent_none(buyer: ApiClient, buyer_id: UUID) -> None:
    sell(buyer_id, "Bread", now=NOW)
    path = f"{INVOICES}{Invoice.objects.get().id}/pdf/"
    first = buyer.get(path)

    again = buyer.get(path, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])


@pytest.mark.parametrize("rest", ["", "pdf/", "send/"])
def test_somebody_elses_invoice_is_unknown(api: ApiClient, buyer_id: UUID, rest: str) -> None:
    sell(buyer_id, "Bread", now=NOW)
    path = f"{INVOICES}{Invoice.objects.get().id}/{rest}"
    stranger = api.as_actor(make_user().id, roles=["student", "instructor", "admin"])

    if rest == "send/":
        answer = stranger.post(path, headers={"Idempotency-Key": "one"})
    else:
        answer = stranger.get(path)

    problem(answer, 404, "commerce.invoice_not_found")
    assert sent_mails() == []


def test_an_invoice_is_sent_again_once_for_each_key(buyer: ApiClient, buyer_id: UUID) -> None:
    sell(buyer_id, "Bread & butter", discount=2000, rate="15", now=NOW)
    invoice = Invoice.objects.get()

    first = send(buyer, invoice, "one")
    again = send(buyer, invoice, "one")
    send(buyer, invoice, "another")

    assert (first.status_code, again.status_code) == (202, 202)
    assert again["Idempotent-Replayed"] == "true"
    mails = sent_mails()
    assert [mail.subject for mail in mails] == ["Your receipt 2026-000001: $92.00"] * 2
    assert "Bread & butter\n    $100.00" in mails[0].body
    assert "Discount: -$20.00\nVAT 15\N{NO-BREAK SPACE}%: $12.00\nTotal paid: $92.00" in mails[0].body
    html = str(mails[0].alternatives[0].content)
    assert all(said in html for said in ("-$20.00", "$12.00", "$92.00"))


def test_a_crash_between_the_mail_and_the_answer_sends_no_second_mail(buyer_id: UUID) -> None:
    sell(buyer_id, "Bread", now=NOW)
    invoice = Invoice.objects.get()

    for _ in range(2):
        resend_invoice(buyer_id=buyer_id, invoice_id=invoice.id, key="one")

    assert len(sent_mails()) == 1


def test_sending_again_takes_a_key_and_is_limited(buyer: ApiClient, buyer_id: UUID) -> None:
    sell(buyer_id, "Bread", now=NOW)
    invoice = Invoice.objects.get()

    problem(buyer.post(f"{INVOICES}{invoice.id}/send/"), 400, "idempotency_key_required")
    answers = [send(buyer, invoice).status_code for _ in range(10)]

    assert answers == [202] * 9 + [429]


def test_the_mailed_link_gives_the_pdf_to_whoever_holds_it_until_it_expires(
    buyer: ApiClient, buyer_id: UUID, api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell(buyer_id, "Bread", now=NOW)
    invoice = Invoice.objects.get()
    send(buyer, invoice)
    (mail,) = sent_mails()
    address = re.search(r"As PDF: (https://api\.skillwise\.example)(\S+)", mail.body)
    assert address is not None
    assert address[0].removeprefix("As PDF: ") in str(mail.alternatives[0].content)

    response = api.get(address[2])

    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response.content == buyer.get(f"{INVOICES}{invoice.id}/pdf/").content
    problem(api.get(address[2][:-2] + "x/"), 404, "commerce.invoice_not_found")
    real = signing.time.time
    monkeypatch.setattr(signing.time, "time", lambda: real() + 30 * 86400 + 1)
    problem(api.get(address[2]), 410, "commerce.invoice_link_expired")


def test_who_gets_money_back_gets_the_credit_note_once(
    buyer_id: UUID, deliver_events: Callable[..., int]
) -> None:
    order = sell(buyer_id, "Bread", rate="15", now=NOW)
    note = credit(order.lines.get(), 2300, tax=300, now=NOW)
    deliver_events()
    assert note.refund is not None

    for _ in range(2):
        with transaction.atomic():
            publish(
                OrderRefunded(
                    refund_id=note.refund.id,
                    order_id=order.id,
                    buyer_id=buyer_id,
                    lines=(),
                    total=note.total,
                    refunded_at=NOW,
                )
            )
        deliver_events()

    receipt, credited = sent_mails()
    assert receipt.subject == "Your receipt 2026-000001: $115.00"
    assert credited.subject == "Your refund CN-2026-000001: $23.00"
    assert "VAT 15\N{NO-BREAK SPACE}%: $3.00\nTotal given back: $23.00" in credited.body
    assert "Credit note CN-2026-000001 for invoice 2026-000001, issued on 23 November 2026" in credited.body


def test_the_back_office_opens_the_pdf(buyer_id: UUID) -> None:
    sell(buyer_id, "Bread", now=NOW)
    invoice = Invoice.objects.get()
    path = reverse("admin:skillwise_commerce_invoice_pdf", args=[invoice.id])
    office, student = Client(), Client()
    office.force_login(make_user(roles=["admin"]))
    student.force_login(make_user())

    assert path in office.get(reverse("admin:skillwise_commerce_invoice_changelist")).content.decode()
    assert (
        path
        in office.get(reverse("admin:skillwise_commerce_invoice_change", args=[invoice.id])).content.decode()
    )
    opened = office.get(path)
    assert (opened.status_code, opened["Content-Type"]) == (200, "application/pdf")
    assert office.get(reverse("admin:skillwise_commerce_invoice_pdf", args=[buyer_id])).status_code == 404
    assert student.get(path).status_code == 302
