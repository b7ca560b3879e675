"""What an instructor was paid, and for what, on paper."""

from skillwise_kernel.money import Money

from skillwise_commerce.services.documents.content import Statement, StatementLine
from skillwise_commerce.services.documents.sheet import (
    WIDTH,
    Column,
    Sheet,
    render,
)
from skillwise_commerce.services.documents.wording import amount, country_name, day, digits

__all__ = ["statement_pdf"]

_KIND = "Payout statement"


def statement_pdf(statement: Statement) -> bytes:
    """The statement as PDF: the same bytes for the same statement, on whichever day it is asked for."""

    def draw(sheet: Sheet) -> None:
        sheet.letterhead(_KIND, statement.reference, sender=statement.payer)
        sheet.addressee(
            "Paid to",
            statement.payee,
            [("Paid on", day(statement.paid_at)), ("Currency", statement.total.currency)],
        )
        sheet.listing(_COLUMNS, [_row(line) for line in statement.lines])
        _draw_sums(sheet, statement)

    return render(
        draw,
        title=f"{_KIND} {statement.reference}",
        foot=f"{statement.payer.name} · {_KIND} {statement.reference}",
        made_at=statement.paid_at,
    )


_COLUMNS = (
    Column("Date", 34),
    Column("Course", WIDTH - 34 - 36 - 32),
    Column("Buyer's country", 36),
    Column("Amount", 32, is_number=True),
)


def _row(line: StatementLine) -> list[str]:
    return [day(line.earned_at), line.title, country_name(line.buyer_country), digits(line.amount)]


def _draw_sums(sheet: Sheet, statement: Statement) -> None:
    currency = statement.total.currency
    amounts = [line.amount for line in statement.lines]
    rows = [("Earned by sales", amount(Money.total((one for one in amounts if one.amount > 0), currency)))]
    if any(one.amount < 0 for one in amounts):
        rows.append(
            (
                "Taken back",
                amount(Money.total((one for one in amounts if one.amount < 0), currency)),
            )
        )
    if not statement.carried_over.is_zero:
        rows.append(("Carried over", amount(statement.carried_over)))
    sheet.sums(rows, total=("Paid out", amount(statement.total)))
