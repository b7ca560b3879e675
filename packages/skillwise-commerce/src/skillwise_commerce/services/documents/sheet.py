"""The paper: A4 pages with a repeated head and foot, text in any script, tables that break over pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, cast

from fpdf import FPDF
from fpdf.enums import MethodReturnValue
from fpdf.fonts import TTFFont

from skillwise_commerce.services.documents.content import Party
from skillwise_commerce.services.documents.fonts import MAIN, SCRIPTS, Font, printable
from skillwise_commerce.services.documents.wording import country_name

__all__ = [
    "MARGIN",
    "QUIET",
    "WIDTH",
    "Column",
    "Sheet",
    "render",
]

Colour = tuple[int, int, int]

INK: Final[Colour] = (24, 32, 44)
QUIET: Final[Colour] = (98, 108, 122)
ACCENT: Final[Colour] = (28, 76, 150)
RULE: Final[Colour] = (210, 216, 224)
HEAD: Final[Colour] = (243, 245, 248)

MARGIN: Final = 16.0
TOP: Final = 18.0
FOOT: Final = 20.0
WIDTH: Final = 210 - 2 * MARGIN
_LEADING: Final = 0.5  # millimetres of a line's height for each point of its text's size
_PADDING: Final = 2.2
_SMALLEST: Final = 5.0
_MOST_ADDRESS_LINES: Final = 6


@dataclass(frozen=True, slots=True)
class Column:
    """Numbers stand on the right, and shrink rather than break."""

    title: str
    width: float
    is_number: bool = False


def render(draw: Callable[["Sheet"], None], *, title: str, foot: str, made_at: datetime) -> bytes:
    """The PDF of what `draw` puts on the sheet: the same bytes for the same content.

    A document of several pages is drawn twice, as its foot says how many there are.
    """
    pages = 1
    while True:
        sheet = Sheet(title=title, foot=foot, pages=pages, made_at=made_at)
        try:
            draw(sheet)
            if sheet.page_no() == pages:
                return bytes(sheet.output())
            pages = sheet.page_no()
        finally:
            sheet.close_fonts()


class Sheet(FPDF):
    """Positions and widths are in millimetres, sizes of text in points."""

    def __init__(self, *, title: str, foot: str, pages: int, made_at: datetime) -> None:
        super().__init__(format="A4")
        self._title, self._foot, self._pages = printable(title), printable(foot), pages
        self._loaded: set[Font] = set()
        self._broken: dict[tuple[str, float, float, bool], list[str]] = {}
        self.alias_nb_pages("")  # else a course may not be called "{nb}"
        self.set_creation_date(made_at.astimezone(UTC))
        self.set_title(self._title)
        self.set_producer("SkillWise")
        self.set_margins(MARGIN, TOP, MARGIN)
        self.set_auto_page_break(False)
        self.c_margin = 0
        self._load(MAIN)
        self.set_text_shaping(True)
        self.add_page()

    # Pages

    def header(self) -> None:
        if self.page_no() == 1:
            self.set_y(TOP)
            return
        self.write_at(MARGIN, 10, self._title, size=8, colour=QUIET, width=self.epw)
        self.rule(15.5)
        self.set_y(TOP + 2)

    def footer(self) -> None:
        y = self.h - 13
        self.rule(y - 2.5)
        self.write_at(MARGIN, y, self._foot, size=7.5, colour=QUIET, width=self.epw - 40)
        page = f"Page {self.page_no()} of {self._pages}"
        self.write_at(self.w - MARGIN - 40, y, page, size=7.5, colour=QUIET, width=40, align="R")

    def make_room(self, height: float) -> bool:
        """Whether a new page had to begin for it."""
        if self.get_y() + height <= self.h - FOOT:
            return False
        self.add_page()
        return True

    def rule(self, y: float, *, left: float = MARGIN, colour: Colour = RULE, width: float = 0.25) -> None:
        self.set_draw_color(*colour)
        self.set_line_width(width)
        self.line(left, y, self.w - MARGIN, y)

    # Heads

    def letterhead(self, kind: str, number: str, *, sender: Party) -> None:
        half = self.epw / 2
        self.write_at(MARGIN + half, TOP, kind, width=half, size=20, bold=True, colour=ACCENT, align="R")
        self.write_at(MARGIN + half, TOP + 11, number, width=half, size=10, colour=QUIET, align="R")
        y = max(self._party(TOP + 1, sender, size=12), TOP + 19) + 5
        self.rule(y)
        self.set_y(y + 5)

    def addressee(self, label: str, party: Party, facts: Sequence[tuple[str, str]]) -> None:
        """Whom it is for, and beside it the facts of this document."""
        half, y = self.epw / 2, self.get_y()
        below = self._party(
            self.write_at(MARGIN, y, label, width=half, size=7.5, bold=True, colour=QUIET) + 1, party, size=10
        )
        for name, value in facts:
            self.write_at(MARGIN + half, y, name, width=28, size=8, colour=QUIET)
            y = self.write_at(MARGIN + half + 28, y, value, width=half - 28, size=8, align="R") + 1.2
        self.set_y(max(below, y) + 7)

    def _party(self, y: float, party: Party, *, size: float) -> float:
        width = self.epw / 2 - 8
        y = self.write_at(MARGIN, y, party.name, width=width, size=size, bold=True) + 0.6
        for line in _address_lines(party):
            y = self.write_at(MARGIN, y, line, width=width) + 0.4
        if party.tax_id:
            y = self.write_at(MARGIN, y, f"Tax number: {party.tax_id}", width=width, colour=QUIET)
        return y

    # Text

    def write_at(
        self,
        x: float,
        y: float,
        text: str,
        *,
        width: float,
        size: float = 9,
        bold: bool = False,
        colour: Colour = INK,
        align: Literal["L", "R"] = "L",
    ) -> float:
        """Write `text` over as many lines as it takes. Answers where the next may begin."""
        lines = self._lines(text, width=width, size=size, bold=bold)
        self.set_text_color(*colour)
        for number, line in enumerate(lines):
            self.set_xy(x, y + number * size * _LEADING)
            self.cell(width, size * _LEADING, line, align=align)
        return y + len(lines) * size * _LEADING

    def _lines(self, text: str, *, width: float, size: float, bold: bool) -> list[str]:
        """Broken to fit; with the font for it chosen."""
        text = printable(text)
        self._choose_font(text, size=size, bold=bold)
        if not text:
            return []
        key = (text, width, size, bold)
        if key not in self._broken:
            broken = self.multi_cell(
                width, size * _LEADING, text, align="L", dry_run=True, output=MethodReturnValue.LINES
            )
            self._broken[key] = cast("list[str]", broken)
        return self._broken[key]

    def _choose_font(self, text: str, *, size: float, bold: bool) -> None:
        """A text in another script is set in that script's font as far as it goes, spaces and joiners
        included, so that nothing stands between letters that belong together.
        """
        needed = [font for font in SCRIPTS if any(_is_of(font, character) for character in text)]
        for font in needed:
            self._load(font)
        family = needed[0] if needed else MAIN
        self.set_font(family.family, "B" if bold and family.bold else "", size)
        self.set_fallback_fonts([font.family for font in self._loaded_in_order()], exact_match=False)

    def _load(self, font: Font) -> None:
        if font in self._loaded:
            return
        for style, file in font.files.items():
            self.add_font(font.family, style, file)
        self._loaded.add(font)

    def close_fonts(self) -> None:
        """fpdf2 leaves their files open."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    def _loaded_in_order(self) -> list[Font]:
        return [font for font in (MAIN, *SCRIPTS) if font in self._loaded]

    # Lists

    def listing(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """From the present height on; each page that it goes on to begins with the columns' titles."""
        self._table_head(columns)
        for row in rows:
            height = self._row_height(columns, row)
            if self.make_room(height):
                self._table_head(columns)
            self._table_row(columns, row, height)

    def _table_head(self, columns: Sequence[Column]) -> None:
        height, y = 7.5, self.get_y()
        self.set_fill_color(*HEAD)
        self.rect(MARGIN, y, self.epw, height, style="F")
        x = MARGIN
        for column in columns:
            self.write_at(
                x + _PADDING,
                y + 2,
                column.title,
                width=column.width - 2 * _PADDING,
                size=7.5,
                bold=True,
                colour=QUIET,
                align="R" if column.is_number else "L",
            )
            x += column.width
        self.set_y(y + height)

    def _row_height(self, columns: Sequence[Column], row: Sequence[str]) -> float:
        size = 8.5
        counts = [
            len(self._lines(text, width=column.width - 2 * _PADDING, size=size, bold=False))
            for column, text in zip(columns, row, strict=True)
            if not column.is_number
        ]
        return max([1, *counts]) * size * _LEADING + 2 * _PADDING

    def _table_row(self, columns: Sequence[Column], row: Sequence[str], height: float) -> None:
        x, y = MARGIN, self.get_y()
        for column, text in zip(columns, row, strict=True):
            width = column.width - 2 * _PADDING
            if column.is_number:
                self.write_number(x + _PADDING, y + _PADDING, text, width=width, size=8.5)
            else:
                self.write_at(x + _PADDING, y + _PADDING, text, width=width, size=8.5)
            x += column.width
        self.rule(y + height)
        self.set_y(y + height)

    def write_number(
        self, x: float, y: float, text: str, *, width: float, size: float, bold: bool = False
    ) -> None:
        """On one line, on the right, smaller where it has to be."""
        fitting = size
        while fitting > _SMALLEST and len(self._lines(text, width=width, size=fitting, bold=bold)) > 1:
            fitting -= 0.5
        self.write_at(
            x, y + (size - fitting) * _LEADING / 2, text, width=width, size=fitting, bold=bold, align="R"
        )

    def sums(self, rows: Sequence[tuple[str, str]], *, total: tuple[str, str]) -> None:
        """Below a table, on the right: each sum and its name, the last one large."""
        left, width, step = self.w - MARGIN - 96, 96.0, 6.0
        self.make_room(step * (len(rows) + 2) + 6)
        y = self.get_y() + 3
        for name, amount in rows:
            self.write_at(left, y, name, width=width - 40, size=8.5, colour=QUIET)
            self.write_number(left + width - 40, y, amount, width=40 - _PADDING, size=8.5)
            y += step
        self.rule(y, left=left, colour=ACCENT, width=0.5)
        name, amount = total
        self.write_at(left, y + 2.5, name, width=width - 50, size=11, bold=True)
        self.write_number(left + width - 50, y + 2.5, amount, width=50 - _PADDING, size=11, bold=True)
        self.set_y(y + step + 6)


def _address_lines(party: Party) -> list[str]:
    """The address as it was written, as far as that is a few lines, and the country."""
    lines = [line for line in party.address.splitlines() if line.strip()]
    if len(lines) > _MOST_ADDRESS_LINES:
        lines = [", ".join(lines)]
    return [*lines, country_name(party.country)] if party.country else lines


def _is_of(font: Font, character: str) -> bool:
    return not MAIN.has(character) and font.has(character)
