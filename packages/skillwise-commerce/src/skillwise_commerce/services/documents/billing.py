"""Invoices and credit notes on paper."""

from collections.abc import Callable

from skillwise_commerce.services.documents.content import BillingDocument, BillingLine
from skillwise_commerce.services.documents.sheet import (
    MARGIN,
    QUIET,
    WIDTH,
    Column,
    Sheet,
    render,
)
from skillwise_commerce.services.documents.wording import amount, day, digits, percent

__all__ = ["billing_pdf"]


def billing_pdf(document: BillingDocument) -> bytes:
    """The document as PDF: the same bytes for the same document, on whichever day it is asked for."""
    kind = "Invoice" if document.credits is None else "Credit note"

    def draw(sheet: Sheet) -> None:
        _draw_head(sheet, document, kind)
        columns = _columns(document)
        sheet.listing(
            [column for column, _ in columns], [[say(line) for _, say in columns] for line in document.lines]
        )
        _draw_sums(sheet, document)
        _draw_notes(sheet, document)

    return render(
        draw,
        title=f"{kind} {document.number}",
        foot=f"{document.seller.name} · {kind} {document.number}",
        made_at=document.issued_at,
    )


def _draw_head(sheet: Sheet, document: BillingDocument, kind: str) -> None:
    facts = [("Issued on", day(document.issued_at)), ("Order", document.order_reference)]
    if document.credits is not None:
        facts.insert(0, ("Credits invoice", document.credits))
    facts.append(("Currency", document.total.currency))
    sheet.letterhead(kind, document.number, sender=document.seller)
    sheet.addressee("Billed to", document.buyer, facts)


def _columns(document: BillingDocument) -> list[tuple[Column, Callable[[BillingLine], str]]]:
    """No column is there to say nothing: neither tax nor discount, where there is none on any line."""
    numbers: list[tuple[Column, Callable[[BillingLine], str]]] = [
        (Column("Price", 20.5, is_number=True), lambda line: digits(line.price))
    ]
    if not document.discount.is_zero:
        numbers.append((Column("Discount", 19.5, is_number=True), lambda line: digits(-line.discount)))
    if document.taxes:
        numbers += [
            (Column("Net", 20.5, is_number=True), lambda line: digits(line.net)),
            (Column("Tax", 13, is_number=True), lambda line: percent(line.tax_rate)),
            (Column("Tax amount", 21, is_number=True), lambda line: digits(line.tax)),
        ]
    numbers.append((Column("Total", 22, is_number=True), lambda line: digits(line.total)))
    left = WIDTH - 11 - sum(column.width for column, _ in numbers)
    return [
        (Column("Course", left), lambda line: line.title),
        (Column("Qty", 11, is_number=True), lambda line: str(line.quantity)),
        *numbers,
    ]


def _draw_sums(sheet: Sheet, document: BillingDocument) -> None:
    rows = [("Subtotal", amount(document.subtotal))]
    if not document.discount.is_zero:
        rows.append(("Discount", amount(-document.discount)))
    rows += [
        (f"{tax.name or 'Tax'} {percent(tax.rate)} on {digits(tax.net)}", amount(tax.tax))
        for tax in document.taxes
    ]
    word = "Total" if document.credits is None else "Total credited"
    sheet.sums(rows, total=(word, amount(document.total)))


def _draw_notes(sheet: Sheet, document: BillingDocument) -> None:
    notes = []
    if document.is_tax_inclusive and document.taxes:
        notes.append("Prices include tax.")
    if document.is_reverse_charged:
        notes.append("Reverse charge: the tax is owed by the recipient of this supply.")
    if document.credits is not None:
        notes.append(f"This credit note reduces what was billed by invoice {document.credits}.")
    for note in notes:
        sheet.make_room(6)
        sheet.set_y(sheet.write_at(MARGIN, sheet.get_y() + 1, note, width=sheet.epw, size=8, colour=QUIET))
