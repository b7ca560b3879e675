"""The bundled fonts, and what of a text they can show."""

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it ships no types

__all__ = ["MAIN", "SCRIPTS", "Font", "printable"]

_FOLDER: Final = Path(__file__).parent / "fonts"
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
#: Invisible, and yet shaping needs them: joiners of Bengali and Persian, marks of direction.
_SHAPING: Final = frozenset("\u200c\u200d\u200e\u200f")
_MARKS_IN_A_ROW: Final = 4


@dataclass(frozen=True, slots=True)
class Font:
    """One family: the file of its regular style, and of its bold one where it has one."""

    family: str
    regular: str
    bold: str | None = None

    @property
    def files(self) -> dict[str, Path]:
        """By style, as fpdf2 names styles."""
        styles = {"": self.regular, "B": self.bold}
        return {style: _FOLDER / name for style, name in styles.items() if name is not None}

    def has(self, character: str) -> bool:
        return ord(character) in _covered(self.regular)


MAIN: Final = Font("noto", "NotoSans-Regular.ttf", "NotoSans-Bold.ttf")
SCRIPTS: Final = (
    Font("noto-bengali", "NotoSansBengali-Regular.ttf"),
    Font("noto-arabic", "NotoSansArabic-Regular.ttf"),
    Font("noto-devanagari", "NotoSansDevanagari-Regular.ttf"),
    Font("noto-hebrew", "NotoSansHebrew-Regular.ttf"),
    Font("noto-thai", "NotoSansThai-Regular.ttf"),
    Font("droid-fallback", "DroidSansFallback.ttf"),  # Chinese, Japanese, Korean
)


@lru_cache(maxsize=4096)
def printable(text: str) -> str:
    """`text` on one line, of nothing but what the fonts can show: `�` stands for any other character.

    Control characters go, and with them those that turn the direction of what follows; marks that pile up
    beyond what any language writes are cut.
    """
    shown: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if category in ("Cc", "Zl", "Zp"):
            shown.append(" ")
        elif character in _SHAPING:
            shown.append(character)
        elif category == "Cf" or marks > _MARKS_IN_A_ROW:
            continue
        elif any(font.has(character) for font in (MAIN, *SCRIPTS)):
            shown.append(character)
        elif not marks:
            shown.append(_REPLACEMENT)
    return " ".join("".join(shown).split())


@cache
def _covered(name: str) -> frozenset[int]:
    with TTFont(_FOLDER / name, lazy=True) as font:
        return frozenset(font.getBestCmap())
