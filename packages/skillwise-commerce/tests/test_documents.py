"""Invoices, credit notes and statements on paper."""

import io
import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader
from skillwise_commerce.services.documents.billing import billing_pdf
from skillwise_commerce.services.documents.content import (
    BillingDocument,
    BillingLine,
    Party,
    Statement,
    StatementLine,
    TaxSum,
)
from skillwise_commerce.services.documents.fonts import printable
from skillwise_commerce.services.documents.statements import statement_pdf
from skillwise_kernel.money import Money

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SELLER = Party("SkillWise Learning GmbH", "Lindenstraße 12\n10969 Berlin", "DE", "DE811907980")
TITLES = {
    "Latin": "Crème brûlée, Łódź, Việt Nam",
    "Cyrillic": "Математический анализ",
    "Greek": "Εισαγωγή στη φιλοσοφία",
    "Bengali": "বাংলা ভাষায় প্রোগ্রামিং",
    "Arabic": "تعلم البرمجة بلغة بايثون",
    "Hebrew": "עברית למתחילים",
    "Devanagari": "हिन्दी में गिटार",
    "Thai": "เรียนภาษาไทย",
    "Chinese": "机器学习与深度学习",
    "Japanese": "日本語で学ぶデータサイエンス",
    "Korean": "한국어로 배우는 웹 개발",
}
NAUGHTY = Path(
    os.environ.get(
        "NAUGHTY_STRINGS",
        Path(__file__).parents[3].parent / "shared" / "data" / "text" / "naughty-strings.json",
    )
)
MINUS = "\N{MINUS SIGN}"


def line(title: str = "Bread", *, price: int = 10000, discount: int = 0, rate: str = "15.000") -> BillingLine:
    net = price - discount
    tax = round(net * Decimal(rate) / 100)
    return BillingLine(
        title=title,
        price=Money(price, "USD"),
        discount=Money(discount, "USD"),
        tax_rate=Decimal(rate),
        tax=Money(tax, "USD"),
        total=Money(net + tax, "USD"),
    )


def document(*lines: BillingLine) -> BillingDocument:
    lines = lines or (line(),)
    tax = Money.total((one.tax for one in lines), "USD")
    net = Money.total((one.net for one in lines), "USD")
    return BillingDocument(
        number="2026-000042",
        order_reference="0199c4d5-07aa-7d41-9c52-2f6f0a7be101",
        seller=SELLER,
        buyer=Party("Ada Lovelace", "12 St James's Square\nLondon", "GB", "GB123456789"),
        issued_at=NOW,
        lines=lines,
        taxes=() if tax.is_zero else (TaxSum("VAT", Decimal("15.000"), net, tax),),
        discount=Money.total((one.discount for one in lines), "USD"),
        tax=tax,
        total=net + tax,
    )


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, its spaces and line ends as single spaces."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_an_invoice_names_who_sold_who_bought_and_what_for_how_much() -> None:
    (page,) = pages_of(billing_pdf(document(line(price=10000, discount=2500))))

    for said in (
        "Invoice 2026-000042",
        "SkillWise Learning GmbH Lindenstraße 12 10969 Berlin Germany Tax number: DE811907980",
        "Ada Lovelace 12 St James's Square London United Kingdom Tax number: GB123456789",
        "Issued on 23 November 2026",
        f"Bread 1 100.00 {MINUS}25.00 75.00 15 % 11.25 86.25",
        f"Subtotal USD 100.00 Discount USD {MINUS}25.00 VAT 15 % on 75.00 USD 11.25 Total USD 86.25",
        "Page 1 of 1",
    ):
        assert said in page, said
    assert "Prices include tax" not in page
    assert "Reverse charge" not in page


def test_without_tax_and_discount_nothing_is_said_of_them() -> None:
    (page,) = pages_of(billing_pdf(document(line(rate="0"))))

    assert "Course Qty Price Total Bread 1 100.00 100.00 Subtotal USD 100.00 Total USD 100.00" in page


def test_a_tax_inclusive_and_a_reverse_charged_invoice_say_so() -> None:
    pdf = billing_pdf(replace(document(), is_tax_inclusive=True, is_reverse_charged=True))

    (page,) = pages_of(pdf)
    assert "Prices include tax." in page
    assert "Reverse charge: the tax is owed by the recipient of this supply." in page


def test_a_credit_note_names_the_invoice_that_it_credits() -> None:
    (page,) = pages_of(billing_pdf(replace(document(), number="CN-2026-000003", credits="2026-000042")))

    assert "Credit note CN-2026-000003" in page
    assert "Credits invoice 2026-000042" in page
    assert "Total credited USD 115.00" in page


@pytest.mark.parametrize(
    ("money", "said"),
    [
        (Money(4999, "JPY"), "JPY 4,999"),
        (Money(4999, "KWD"), "KWD 4.999"),
        (Money(9007199254740993, "USD"), "USD 90,071,992,547,409.93"),
    ],
)
def test_amounts_have_as_many_decimals_as_their_currency_and_lose_no_cent(money: Money, said: str) -> None:
    nothing = Money.zero(money.currency)
    priced = BillingLine("Bread", money, nothing, Decimal(0), nothing, money)

    pdf = billing_pdf(
        replace(document(), lines=(priced,), taxes=(), discount=nothing, tax=nothing, total=money)
    )

    assert f"Total {said}" in pages_of(pdf)[0]


def test_a_long_list_goes_on_over_pages_each_of_which_says_what_it_is() -> None:
    lines = [line(f"Course {number}: {'a very long title ' * (number % 16)}") for number in range(50)]

    pages = pages_of(billing_pdf(document(*lines)))

    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Course Qty Price Net Tax Tax amount Total" in page
        assert "Invoice 2026-000042" in page
    text = " ".join(pages)
    assert all(f"Course {number}:" in text for number in range(50))
    assert "Total USD 5,750.00" in pages[-1]


def test_the_same_document_is_the_same_bytes_whenever_it_is_asked_for() -> None:
    lines = [line(title) for title in TITLES.values()]

    first, again = (billing_pdf(document(*lines)) for _ in range(2))

    assert first == again
    assert billing_pdf(replace(document(*lines), issued_at=NOW + timedelta(days=1))) != first


@pytest.mark.parametrize("script", TITLES)
def test_every_script_has_its_letters(script: str) -> None:
    title = TITLES[script]

    pdf = billing_pdf(replace(document(), buyer=Party(title, title)))

    assert printable(title) == title
    fonts = {
        str(font.get_object()["/BaseFont"])
        for font in PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/Font"].values()
    }
    needed = {"Bengali", "Arabic", "Hebrew", "Devanagari", "Thai"} & {script} or (
        {"DroidSansFallback"} if script in {"Chinese", "Japanese", "Korean"} else set()
    )
    assert all(any(part in font for font in fonts) for part in needed), fonts


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\r\nc\x00d\u2028e", "a b c d e"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("র\u200dযাম", "র\u200dযাম"),
        ("fire 🔥 \ud800", "fire � �"),
        ("e" + "\u0301" * 40, "é" + "\u0301" * 4),
        ("\ufeff \u200b", ""),
    ],
)
def test_what_no_font_can_show_is_replaced_and_what_misleads_is_left_out(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_title_is_text_and_no_instruction_to_the_renderer() -> None:
    (page,) = pages_of(billing_pdf(document(line("{nb} **bold** __x__ <b>y</b>"))))

    assert "{nb} **bold** __x__ <b>y</b>" in page


@pytest.mark.skipif(not NAUGHTY.is_file(), reason="NAUGHTY_STRINGS names no file")
@pytest.mark.slow
def test_no_string_breaks_a_document() -> None:
    strings = json.loads(NAUGHTY.read_text())

    pages = pages_of(billing_pdf(document(*(line(text) for text in strings))))
    heads = [
        billing_pdf(replace(document(), buyer=Party(text, text, text[:2], text))) for text in strings[::16]
    ]

    assert len(pages) > 20
    assert all(pdf.startswith(b"%PDF-") for pdf in heads)


def statement(*amounts: int, carried_over: int) -> Statement:
    return Statement(
        reference="0199c4d5",
        payer=SELLER,
        payee=Party("李小龍", country="BD"),
        paid_at=NOW,
        lines=tuple(
            StatementLine(NOW - timedelta(days=number), f"Course {number}", "BD", Money(amount, "USD"))
            for number, amount in enumerate(amounts)
        ),
        carried_over=Money(carried_over, "USD"),
        total=Money(sum(amounts) + carried_over, "USD"),
    )


def test_a_statement_says_what_each_sale_brought_and_what_was_paid_out() -> None:
    (page,) = pages_of(statement_pdf(statement(7000, -2000, 1000, carried_over=-500)))

    for said in (
        "Payout statement 0199c4d5",
        "23 November 2026 Course 0 Bangladesh 70.00",
        f"22 November 2026 Course 1 Bangladesh {MINUS}20.00",
        f"Earned by sales USD 80.00 Taken back USD {MINUS}20.00 Carried over USD {MINUS}5.00",
        "Paid out USD 55.00",
    ):
        assert said in page, said


def test_a_statement_says_nothing_of_what_did_not_happen() -> None:
    (page,) = pages_of(statement_pdf(statement(7000, carried_over=0)))

    assert "Earned by sales USD 70.00 Paid out USD 70.00" in page


def test_a_long_statement_goes_on_over_pages_and_is_the_same_bytes_again() -> None:
    first, again = (statement_pdf(statement(*range(1, 301), carried_over=0)) for _ in range(2))

    assert first == again
    pages = pages_of(first)
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1]
    assert all("Date Course Buyer's country Amount" in page for page in pages)
