"""What people type into a search box."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA

__all__ = ["Search", "nearest_word", "read_search"]

#: Python takes the vowels of Bengali, Hindi and others for no part of a word; PostgreSQL does.
_MARKS: Final = "".join(
    mark for mark in map(chr, range(0x300, 0x10000)) if unicodedata.category(mark).startswith("M")
)
_LETTER: Final = rf"[\w{_MARKS}]"
_WORD: Final = re.compile(f"{_LETTER}+")
_HARDLY_BEGUN: Final = re.compile(rf"(?<={_LETTER})\s+{_LETTER}{{1,2}}$")
#: Hyphens, and what `skillwise_catalog_fold` makes hyphens of.
_HYPHENS: Final = r"\-\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
#: A hyphen before a word excludes it, to web searches; one that does not join two words is a dash.
_EXCLUDED: Final = re.compile(rf'(?:(?<=[\s(])|^)[{_HYPHENS}]+("[^"]*"|[^\s"{_HYPHENS}]\S*)')
_DASH: Final = re.compile(rf"(?<!{_LETTER})[{_HYPHENS}]+|[{_HYPHENS}]+(?!{_LETTER})")
#: Shorter beginnings are those of too many words. One in kana, Chinese characters or Hangul says more.
_SHORTEST_BEGINNING: Final = 3
_TELLING_BEGINNING: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]{2}")
_SHORTEST_MISSPELT: Final = 4
#: A word of so many letters may have two wrong, a shorter one one.
_LONG_WORD: Final = 6


@dataclass(frozen=True, slots=True)
class Search:
    """`words` are wanted, all of them, as in web searches: `"a phrase"`, `or`. `excluded` are not, none of
    them, with `or` between them. `completes`: the last word may be the beginning of one.
    """

    words: str
    excluded: str = ""
    completes: bool = False

    def corrected(self, nearest: Mapping[str, str | None]) -> "Search | None":
        """With each of these words replaced, or left out where there is none in its place, and without a last
        word that is hardly begun. None when no word is left, or all are as they were.
        """
        words = _WORD.sub(lambda match: nearest.get(match[0].lower(), match[0]) or "", self.words)
        words = _DASH.sub(" ", words)  # before a word that is left alone it would exclude it
        if not self.completes and (begun := _HARDLY_BEGUN.search(words)):
            words = words[: begun.start()]
        if words == self.words or not _WORD.search(words):
            return None
        return Search(words.strip(), self.excluded, completes=False)

    @property
    def doubtful(self) -> frozenset[str]:
        """The words, in small letters, that may be misspelt ones."""
        words = (word.lower() for word in _WORD.findall(self.words))
        return frozenset(
            word for word in words if len(word) >= _SHORTEST_MISSPELT and not any(map(str.isdigit, word))
        )


def read_search(text: str) -> Search:
    excluded = _EXCLUDED.findall(text)
    words = _DASH.sub(" ", _EXCLUDED.sub(" ", text)).strip()
    last = _WORD.findall(words)[-1:] or [""]
    is_telling = len(last[0]) >= _SHORTEST_BEGINNING or _TELLING_BEGINNING.match(last[0]) is not None
    completes = is_telling and words.endswith(last[0])
    return Search(words, " or ".join(excluded), completes=completes)


def nearest_word(written: str, known: Iterable[tuple[str, int]]) -> str | None:
    """Which of the known words (each with how often it is used) was meant: the one that takes the fewest
    letters wrong, missing, too many, or exchanged with the next; of several the one used most. The beginning
    of a word is as near to it as one wrong letter. None: they are all too far.
    """
    allowed = 2 if len(written) >= _LONG_WORD else 1
    near = [
        (distance, -weight, word)
        for word, weight in known
        if (distance := _distance(written, word, allowed)) <= allowed
    ]
    return min(near)[2] if near else None


def _distance(written: str, word: str, allowed: int) -> int:
    letters = OSA.distance(written, word, score_cutoff=allowed)
    return min(letters, 1) if word.startswith(written) else letters
