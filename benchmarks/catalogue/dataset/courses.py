"""Courses as a grown storefront has them. Everything follows from a course's number: the same each time."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from benchmarks.catalogue.dataset.words import (
    COMMON_WORD,
    COMMON_WORD_SHARE,
    LANGUAGE_SHARES,
    LANGUAGES,
    Language,
)

__all__ = ["CATEGORIES", "MADE_UP_TAGS", "MadeUpCourse", "made_up_course", "made_up_id"]

#: The first course was published so long before the last.
_YEARS: Final = 6
_NEWEST: Final = datetime(2026, 11, 1, tzinfo=UTC)
#: Twelve shelves, each with twelve below it.
CATEGORIES: Final = 12 * 13
_LEVELS: Final = ("beginner", "intermediate", "advanced", "all")
_PRICES: Final = {"USD": (999, 19_999), "EUR": (999, 19_999), "BDT": (50_000, 900_000), "JPY": (800, 30_000)}
_FREE_SHARE: Final = 0.08
_RATED_SHARE: Final = 0.7
MADE_UP_TAGS: Final = tuple(f"tag-{number}" for number in range(500))


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUpCourse:
    """`category` and `owner` are numbers; `price` is minor units; each lesson takes `lesson_seconds`."""

    id: UUID
    owner: int
    slug: str
    title: str
    subtitle: str
    description: str
    category: int
    tags: list[str]
    language: str
    level: str
    price: int
    currency: str
    published_at: datetime
    updated_at: datetime
    lesson_seconds: int
    rating_average: Decimal
    rating_count: int
    enrollment_count: int


def made_up_course(number: int, *, count: int, owners: int) -> MadeUpCourse:
    """That of this number, out of `count`, 0 being the oldest. One of `owners` instructors made it, of
    whom the first have the most.
    """
    step = timedelta(days=365 * _YEARS) / count
    published_at = (_NEWEST - (count - number) * step).replace(microsecond=number % 1_000_000)
    return _course(number, published_at, owners)


def made_up_id(chance: random.Random, moment: datetime) -> UUID:
    """As `skillwise_kernel.ids` makes them: those made later sort later."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(
        int=milliseconds << 80
        | 0x7 << 76
        | chance.getrandbits(12) << 64
        | 0b10 << 62
        | chance.getrandbits(62)
    )


def _course(number: int, published_at: datetime, owners: int) -> MadeUpCourse:
    chance = random.Random(number)
    language = LANGUAGES[chance.choices(list(LANGUAGE_SHARES), weights=list(LANGUAGE_SHARES.values()))[0]]
    title, subtitle, description = _text(chance, language)
    currency = chance.choices(list(_PRICES), weights=(55, 25, 12, 8))[0]
    lowest, highest = _PRICES[currency]
    popularity = chance.paretovariate(0.9)  # heavy-tailed: most are barely known, a few are taken by millions
    enrolled = min(int(popularity * 8) - 8, 3_000_000)
    rated = chance.random() < _RATED_SHARE
    return MadeUpCourse(
        id=made_up_id(chance, published_at),
        owner=min(int(chance.paretovariate(0.6)) - 1, owners - 1)
        if chance.random() < 0.3
        else number % owners,
        slug=f"made-up-{number}",
        title=title,
        subtitle=subtitle,
        description=description,
        category=min(int(chance.expovariate(1 / 40)), CATEGORIES - 1),
        tags=sorted(
            {MADE_UP_TAGS[min(int(chance.expovariate(1 / 60)), 499)] for _ in range(chance.randint(0, 5))}
        ),
        language=language.tag,
        level=chance.choices(_LEVELS, weights=(45, 25, 10, 20))[0],
        price=0 if chance.random() < _FREE_SHARE else chance.randrange(lowest, highest, 100),
        currency=currency,
        published_at=published_at,
        updated_at=published_at + timedelta(minutes=chance.randrange(60 * 24 * 90)),
        lesson_seconds=chance.randint(30, 1_200),
        rating_average=Decimal(min(500, max(100, int(chance.gauss(430, 45))))) / 100 if rated else Decimal(0),
        rating_count=1 + enrolled // chance.randint(8, 40) if rated else 0,
        enrollment_count=enrolled,
    )


def _text(chance: random.Random, language: Language) -> tuple[str, str, str]:
    """Title, subtitle and a description of two paragraphs. The common word is anywhere in most of them."""
    parts: list[list[str]] = [
        language.text(chance, chance.randint(3, 6)),
        language.text(chance, chance.randint(4, 9)),
        language.text(chance, chance.randint(30, 70)),
    ]
    if chance.random() < COMMON_WORD_SHARE:
        (part,) = chance.choices(parts, weights=(15, 15, 70))
        part.insert(
            chance.randint(0, len(part)), f" {COMMON_WORD} " if not language.separator else COMMON_WORD
        )
    title, subtitle, description = parts
    middle = len(description) // 2
    paragraphs = (f"{_sentence(language, half)}." for half in (description[:middle], description[middle:]))
    return _sentence(language, title), _sentence(language, subtitle), "\n\n".join(paragraphs)


def _sentence(language: Language, words: Sequence[str]) -> str:
    text = language.join(words).strip()
    return text[0].upper() + text[1:]
