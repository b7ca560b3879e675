"""What people type into a search box."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA

__all__ = ["Search", "nearest_word", "read_search"]

#: A hyphen before a word excludes it, to web searches; one that stands alone is a dash.
_EXCLUDED: Final = re.compile(r'(?:(?<=\s)|^)-("[^"]*"|[^\s"-]\S*)')
_DASH: Final = re.compile(r"(?:(?<=\s)|^)-+(?=\s|$)")
_WORD: Final = re.compile(r"\w+")
#: Shorter beginnings are those of too many words.
_SHORTEST_BEGINNING: Final = 3
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

    def corrected(self, nearest: Mapping[str, str]) -> "Search":
        """With each of these words replaced."""
        words = _WORD.sub(lambda match: nearest.get(match[0].lower(), match[0]), self.words)
        return Search(words, self.excluded, completes=False)

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
    completes = len(last[0]) >= _SHORTEST_BEGINNING and words.endswith(last[0])
    return Search(words, " or ".join(excluded), completes=completes)


def nearest_word(written: str, known: Iterable[tuple[str, int]]) -> str | None:
    """Which of the known words (each with how often it is used) was meant: the one that takes the fewest
    letters wrong, missing, too many, or exchanged with the next; of several the one used most. None: they
    are all too far.
    """
    allowed = 2 if len(written) >= _LONG_WORD else 1
    near = [
        (distance, -weight, word)
        for word, weight in known
        if (distance := OSA.distance(written, word, score_cutoff=allowed)) <= allowed
    ]
    return min(near)[2] if near else None
