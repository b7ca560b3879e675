"""What authors keep to themselves reaches nobody else: answers of quizzes before an attempt, unpublished
edits, reviewers' notes. They are planted, and every endpoint that is read is asked for them.
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import httpx
import pytest
from django.core.cache import cache
from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.testing import make_course

from security.asking import ATTEMPTS, REQUESTS
from security.matrix import Row, read_rows
from security.world import World

READERS = ("guest", "classmate", "colleague", "student")
ROWS = [row for row in read_rows() if row.method == "GET"]
#: Who answers a quiz is told: that is looked at apart.
TOLD = f"{ATTEMPTS}{{attempt_id}}/"

ANSWERS = {
    "accepted": "planted accepted answer",
    "explanation": "planted explanation",
    "number": "73105.857",
    "tolerance": "0.26894",
}
WORDS = {"note": "planted note of a reviewer", "edit": "planted edit"}
#: Members that tell an answer, whatever they say.
TELLING = {"is_correct", "is_true", "is_right", "accepted", "tolerance", "explanation", "correct"}

QUIZ: dict[str, Any] = {
    "questions": [
        {
            "kind": kind,
            "text": f"A question of kind {kind}",
            "explanation": ANSWERS["explanation"],
            **own,
        }
        for kind, own in {
            "single": {"choices": [{"text": "One", "is_correct": True}, {"text": "Two"}]},
            "multiple": {"choices": [{"text": "One", "is_correct": True}, {"text": "Two"}]},
            "true_false": {"is_true": True},
            "short_text": {"accepted": [ANSWERS["accepted"]]},
            "numeric": {"answer": ANSWERS["number"], "tolerance": ANSWERS["tolerance"]},
        }.items()
    ]
}
LESSONS = [
    {"title": "Try", "kind": "quiz", "quiz": QUIZ, "is_preview": True},
    {"title": "Prove", "kind": "quiz", "quiz": QUIZ},
]


class PlantedWorld(World):
    """Its courses are made of quizzes; what is published has been edited since, the draft was sent back."""

    @cached_property
    def course(self) -> CourseSummary:
        course = make_course(owner_id=self.person("owner").id, title="Sourdough", lessons=LESSONS)
        for path in (f"courses/{course.id}/", f"lessons/{self.first_lesson(course.id, preview=True)}/"):
            edit = {"title": WORDS["edit"]}
            assert self._speak("owner", "PATCH", f"/api/v1/{path}", json=edit).is_success
        return course

    @cached_property
    def draft(self) -> CourseSummary:
        draft = make_course(owner_id=self.person("owner").id, published=False, title="Rye", lessons=LESSONS)
        path = f"/api/v1/courses/{draft.id}/"
        assert self._speak("owner", "POST", f"{path}submit/").is_success
        assert self._speak("admin", "POST", f"{path}return/", json={"note": WORDS["note"]}).is_success
        return draft


@pytest.mark.django_db(transaction=True)
def test_nothing_that_is_read_tells_an_answer_or_what_authors_keep_to_themselves(
    new_world: Callable[..., Any],
) -> None:
    world, speak = new_world(PlantedWorld)
    assert world.course, world.draft

    told = {
        f"{who}: {row}": sorted(found)
        for row in sorted(ROWS, key=lambda row: row.path == TOLD)
        for who in READERS
        if (who, row.path) != ("student", TOLD)
        for found in [secrets_in(asked(row, who, world, speak))]
        if found
    }

    assert told == {}


@pytest.mark.django_db(transaction=True)
def test_its_author_and_administrators_read_all_that_was_planted(new_world: Callable[..., Any]) -> None:
    world, speak = new_world(PlantedWorld)
    assert world.course, world.draft

    for who in ("owner", "admin"):
        told: set[str] = set()
        for row in ROWS:
            if row.path.startswith(("/api/v1/courses/", "/api/v1/lessons/")):
                told |= secrets_in(asked(row, who, world, speak))
        assert {*ANSWERS.values(), *WORDS.values()} <= told, who


@pytest.mark.django_db(transaction=True)
def test_an_attempt_tells_its_author_what_was_right_and_nobody_else(new_world: Callable[..., Any]) -> None:
    world, speak = new_world(PlantedWorld)
    (row,) = (row for row in ROWS if row.path == TOLD)

    assert set(ANSWERS.values()) <= secrets_in(asked(row, "student", world, speak))
    for who in ("guest", "classmate", "colleague", "owner", "admin"):
        assert secrets_in(asked(row, who, world, speak)) == set()


@pytest.mark.django_db(transaction=True)
def test_nothing_that_is_kept_back_is_found_by_searching_for_it(new_world: Callable[..., Any]) -> None:
    world, speak = new_world(PlantedWorld)
    assert world.course, world.draft

    for secret in (*ANSWERS.values(), *WORDS.values()):
        for path in ("/api/v1/courses/?search=", "/api/v1/courses/suggest/?q="):
            cache.clear()
            assert speak("guest", "GET", f"{path}{secret}").json()["results"] == [], (path, secret)
    shown = speak("guest", "GET", f"/api/v1/courses/{world.course.slug}/?include=modules,description")
    assert shown.status_code == 200
    assert secrets_in(shown) == set()


def asked(row: Row, who: str, world: World, speak: Callable[..., httpx.Response]) -> httpx.Response:
    cache.clear()
    request = REQUESTS[str(row)](world, who)
    return speak(who, row.method, request.pop("path"), **request)


def secrets_in(answer: httpx.Response) -> set[str]:
    """The planted words that the answer holds, and the names of telling members."""
    body = answer.content.decode(errors="replace")
    found = {secret for secret in (*ANSWERS.values(), *WORDS.values()) if secret in body}
    if "json" in answer.headers.get("Content-Type", ""):
        found |= TELLING.intersection(members_of(answer.json()))
    return found


def members_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from members_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from members_of(inner)
