"""Words as languages have them: few are everywhere, most are rare (Zipf's law)."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

__all__ = ["COMMON_WORD", "COMMON_WORD_SHARE", "LANGUAGES", "LANGUAGE_SHARES", "Language"]

#: Stands in so many courses of every language, as "course" does in catalogues.
COMMON_WORD: Final = "course"
COMMON_WORD_SHARE: Final = 0.71

_VOCABULARY: Final = 20_000
_ZIPF_EXPONENT: Final = 1.07

#: Tag, how much of the catalogue it is, what its words are made of, what stands between them.
_SCRIPTS: Final[tuple[tuple[str, int, str, str], ...]] = (
    ("en", 46, "ba con der ed fi gra hel in jus ker lo man no or per qui ra ste tion un ver wi ex ly", " "),
    ("es", 14, "a bra ción del es fe gue ha in jo la mé no ñor pa que rra sa tu ún via zo", " "),
    ("pt-BR", 10, "ão bra cê de es fá gui há in je lha mé no ou par que rio são tu ui vo xe", " "),
    ("de", 10, "an be chen der er für ge heit in keit leb mit nung or schaft ten un über ver weg zu", " "),
    ("ru", 6, "ба во гра де жи за ик ко ла ме на об при ра ско те уч фи хо цы ша ья", " "),
    ("bn", 6, "কা খি গো চা ছে জা টি তু দে না পা বি ভা মা যে রা লি শু সা হি ক্ষা ন্ত", " "),
    ("ar", 4, "ال با تع جم حا در را سم شر صو طل عل غا فن قو كت لم من نو هد يا", " "),
    (
        "ja",
        4,
        "あい うえ かき くる けん こう さく しょ すう せい そら たち つく てん とう なに はな ひと まな",
        "",
    ),
)


@dataclass(frozen=True, slots=True)
class Language:
    """A vocabulary, the commonest word first."""

    tag: str
    words: Sequence[str]
    weights: Sequence[float]  # cumulative
    separator: str

    def text(self, chance: random.Random, count: int) -> list[str]:
        """So many words, each as often as it is used."""
        return chance.choices(self.words, cum_weights=self.weights, k=count)

    def join(self, words: Sequence[str]) -> str:
        return self.separator.join(words)


def _languages() -> dict[str, Language]:
    weights = list(itertools.accumulate((rank + 1) ** -_ZIPF_EXPONENT for rank in range(_VOCABULARY)))
    return {
        tag: Language(tag, _vocabulary(tag, syllables.split()), weights, separator)
        for tag, _, syllables, separator in _SCRIPTS
    }


def _vocabulary(tag: str, syllables: Sequence[str]) -> list[str]:
    """Words of one to four syllables, each once; the short ones tend to be the common ones, as in life."""
    chance = random.Random(f"words of {tag}")
    words: dict[str, None] = {}
    for length in (1, 2, 3, 4):
        wanted = min(_VOCABULARY, len(syllables) ** length // 2)
        while len(words) < wanted:
            words["".join(chance.choices(syllables, k=length))] = None
    return list(words)


#: By tag, with how much of the catalogue is in each.
LANGUAGES: Final[dict[str, Language]] = _languages()
LANGUAGE_SHARES: Final[dict[str, int]] = {tag: share for tag, share, _, _ in _SCRIPTS}
