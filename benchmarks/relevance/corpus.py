"""The real catalogue, imported and published as an operator would; by itself, or among made-up courses."""

import csv
import io
import itertools
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from uuid import UUID

from django.core.management import call_command
from django.db import connection
from skillwise_catalog.api import set_enrollment_count
from skillwise_catalog.domain.imports.mappings import BUILT_IN
from skillwise_catalog.models import Course
from skillwise_catalog.services.importing import import_catalog
from skillwise_catalog.services.search_terms import weigh_search_terms
from skillwise_identity.models import User
from skillwise_kernel.clock import now

from benchmarks.catalogue.dataset import fill
from benchmarks.catalogue.dataset.courses import MadeUpCourse

__all__ = ["Corpus", "build"]

_NUMBER, _MAKER = "Sr.No", "course_organization"
#: As the project reads such a list, but: a course is known by its number, its maker is its instructor, and
#: its subtitle says what kind of course it is.
_MAPPING: Final = replace(
    BUILT_IN["coursera"],
    source="judged",
    columns={**BUILT_IN["coursera"].columns, "course": _NUMBER},
    templates={
        "subtitle": "{course_difficulty} {course_Certificate_type}",
        "description": BUILT_IN["coursera"].templates["description"],
    },
    constants={
        "category": "Courses",
        "price": "0",
        "currency": "USD",
        "module": "All of it",
        "lesson": "Where to find it",
        "kind": "article",
        "content": "The list has no lessons.",
    },
)
#: How many of the made-up courses name what a real course is about in their own titles.
_ALIKE_SHARE: Final = 0.2
#: How often a made-up description names what real courses are about; once, who made one.
_MENTIONS: Final = 12


@dataclass(frozen=True, slots=True)
class Corpus:
    """`numbers` are the real courses' by their ids; the others of `size` are made up."""

    numbers: Mapping[UUID, int]
    size: int


def build(catalogue: Path, languages: Mapping[int, str], *, among: int = 0) -> Corpus:
    """Fills a database of its own: with the real catalogue, and `among` made-up courses about the same
    things, which as many people take. None of them is what anybody looks for.
    """
    call_command("migrate", verbosity=0)
    with catalogue.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    if among:
        fill(among, retold=_Distraction.of(rows))
    _import(rows, languages)
    numbers = {
        course_id: int(number)
        for course_id, number in Course.objects.filter(source=_MAPPING.source).values_list("id", "source_id")
    }
    if len(numbers) != len(rows):
        raise RuntimeError(f"{len(rows) - len(numbers)} courses of the list were refused")
    taken = {int(row[_NUMBER]): _taken(row) for row in rows}
    for course_id, number in numbers.items():
        set_enrollment_count(course_id=course_id, count=taken[number])
    weigh_search_terms()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return Corpus(numbers, len(numbers) + among)


def _import(rows: Sequence[Mapping[str, str]], languages: Mapping[int, str]) -> None:
    """One list for each maker and language."""
    lists: dict[tuple[str, str], list[Mapping[str, str]]] = defaultdict(list)
    for row in rows:
        lists[row[_MAKER], languages.get(int(row[_NUMBER]), "en")].append(row)
    for number, ((maker, language), own) in enumerate(lists.items()):
        report = import_catalog(
            lines=_as_lines(own),
            owner_ids=[_instructor(maker, number)],
            now=now(),
            mapping=_MAPPING,
            constants={"language": language},
            publish=True,
        )
        if report.problems:
            raise RuntimeError(f"The catalogue was not imported whole: {report.problems}")


def _as_lines(rows: Sequence[Mapping[str, str]]) -> list[bytes]:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode().splitlines(keepends=True)


def _instructor(maker: str, number: int) -> UUID:
    user = User(
        email=f"maker{number}@judged.example",
        full_name=maker,
        roles=["instructor"],
        email_verified_at=now(),
    )
    user.save(force_insert=True)
    return user.id


def _taken(row: Mapping[str, str]) -> int:
    """How many people take the course: `480k`, `2.5m`."""
    text = row["course_students_enrolled"]
    return int(float(text[:-1]) * {"k": 1_000, "m": 1_000_000}[text[-1]])


@dataclass(frozen=True, slots=True)
class _Distraction:
    """Makes a made-up course speak of what real ones are about, and be taken as often as one of them."""

    topics: Sequence[str]
    makers: Sequence[str]
    taken: Sequence[int]

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, str]]) -> "_Distraction":
        topics = [topic for row in rows for topic in _topics(row["course_title"])]
        return cls(topics, [row[_MAKER] for row in rows], [_taken(row) for row in rows])

    def __call__(self, made_up: MadeUpCourse) -> MadeUpCourse:
        chance = random.Random(made_up.slug)
        title = made_up.title
        if chance.random() < _ALIKE_SHARE:
            title = f"{title} {chance.choice(self.topics)}"
        mentioned = [*chance.choices(self.topics, k=_MENTIONS), chance.choice(self.makers)]
        return replace(
            made_up,
            title=title,
            description=f"{made_up.description} {', '.join(mentioned)}.",
            enrollment_count=chance.choice(self.taken),
        )


def _topics(title: str) -> list[str]:
    """Each two words of it that follow each other, or the only one."""
    words = title.split()
    return [" ".join(pair) for pair in itertools.pairwise(words)] or words
