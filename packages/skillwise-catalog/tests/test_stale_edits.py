"""Whoever edits what somebody else has edited since is told so, wherever anything is edited: `If-Match`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from django.apps import apps
from django.db.models import F
from skillwise_catalog.models import Course, Lesson, Module
from skillwise_catalog.testing import make_course, outline_of
from skillwise_catalog.urls import urlpatterns
from skillwise_identity import api as identity
from skillwise_kernel import clock
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

COURSE: Final = "courses/<uuid:course_id>/"
MODULE: Final = "modules/<uuid:module_id>/"
LESSON: Final = "lessons/<uuid:lesson_id>/"
ARTICLE: Final = {"title": "More", "kind": "article", "article": "Text."}


@dataclass(frozen=True, kw_only=True)
class Edit:
    """How an edit is asked for: whose ETag it goes by, in which state of the course, with which body. `{…}`
    in the body is an id, as in the path.
    """

    tag_of: str = COURSE
    status: str = "published"
    body: dict[str, Any] = field(default_factory=dict)


EDITS: Final = {
    f"PATCH {COURSE}": Edit(body={"title": "Mine"}),
    f"DELETE {COURSE}": Edit(status="draft"),
    f"POST {COURSE}submit/": Edit(status="draft"),
    f"POST {COURSE}withdraw/": Edit(status="in_review"),
    f"POST {COURSE}approve/": Edit(status="in_review"),
    f"POST {COURSE}return/": Edit(status="in_review", body={"note": "No sound."}),
    f"POST {COURSE}publish/": Edit(),
    f"POST {COURSE}unpublish/": Edit(),
    f"POST {COURSE}archive/": Edit(),
    f"POST {COURSE}duplicate/": Edit(),
    f"POST {COURSE}versions/<int:number>/restore/": Edit(tag_of=f"{COURSE}changes/"),
    f"POST {COURSE}instructors/": Edit(
        tag_of=f"{COURSE}instructors/", body={"user_id": "{other_id}", "role": "owner"}
    ),
    f"DELETE {COURSE}instructors/<uuid:user_id>/": Edit(tag_of=f"{COURSE}instructors/"),
    f"PUT {COURSE}outline/": Edit(
        tag_of=f"{COURSE}outline/",
        body={"modules": [{"id": "{module_id}", "lessons": ["{second_id}", "{lesson_id}"]}]},
    ),
    f"POST {COURSE}modules/": Edit(tag_of=f"{COURSE}modules/", body={"title": "More", "position": 1}),
    f"PATCH {MODULE}": Edit(tag_of=MODULE, body={"title": "Mine"}),
    f"DELETE {MODULE}": Edit(tag_of=MODULE),
    f"POST {MODULE}lessons/": Edit(tag_of=f"{MODULE}lessons/", body=ARTICLE),
    f"PATCH {LESSON}": Edit(tag_of=LESSON, body={"title": "Mine"}),
    f"DELETE {LESSON}": Edit(tag_of=LESSON),
}

#: What makes something new, or is about something that nobody edits.
NO_EDITS: Final = {
    "POST courses/": "a new course",
    "POST courses/import/": "a new course",
    "POST uploads/": "a new file",
    "PUT media/incoming/<str:token>/": "the bytes that were announced, and no others",
    "POST uploads/<uuid:upload_id>/complete/": "makes the file that was announced, however often",
    "DELETE uploads/<uuid:upload_id>/": "a file is as it was uploaded, or not there",
}


def unsafe_endpoints() -> Iterator[str]:
    for pattern in urlpatterns:
        for method in ("post", "put", "patch", "delete"):
            if hasattr(pattern.callback.cls, method):
                yield f"{method.upper()} {pattern.pattern}"


def test_every_endpoint_that_changes_something_is_tried_here() -> None:
    assert sorted(unsafe_endpoints()) == sorted([*EDITS, *NO_EDITS])


class World:
    """A course of the administrator's with two lessons and an editor."""

    def __init__(self, status: str) -> None:
        owner_id, editor_id, other_id = (_instructor() for _ in range(3))
        self.client = ApiClient().as_actor(owner_id, roles=["instructor", "admin"])
        course = make_course(owner_id=owner_id, published=status == "published", editor_ids=[editor_id])
        (module,) = outline_of(course.id).modules
        self.ids = {
            "course_id": course.id,
            "module_id": module.id,
            "lesson_id": module.lessons[0].id,
            "second_id": module.lessons[1].id,
            "user_id": editor_id,
            "other_id": other_id,
            "number": 1,
        }
        if status == "in_review":
            assert self.client.post(self.path(f"{COURSE}submit/")).status_code == 200
        elif status == "published":
            assert self.client.patch(self.path(COURSE), {"subtitle": "New"}).status_code == 200

    def path(self, route: str) -> str:
        for name, value in self.ids.items():
            route = route.replace(f"<uuid:{name}>", str(value)).replace(f"<int:{name}>", str(value))
        return f"/api/v1/{route}"

    def ask(self, endpoint: str, edit: Edit, **headers: str) -> Any:
        method, _, route = endpoint.partition(" ")
        body = self._filled(edit.body)
        return getattr(self.client, method.lower())(self.path(route), body, headers=headers)

    def tag(self, edit: Edit) -> str:
        return str(self.client.get(self.path(edit.tag_of))["ETag"])

    def is_edited(self) -> None:
        """By somebody else, whatever of it: as each edit leaves the versions."""
        course = Course.objects.filter(id=self.ids["course_id"])
        course.update(
            version=F("version") + 1,
            outline_version=F("outline_version") + 1,
            updated_at=F("updated_at") + timedelta(microseconds=1),
        )
        Module.objects.filter(id=self.ids["module_id"]).update(version=F("version") + 1)
        Lesson.objects.filter(id=self.ids["lesson_id"]).update(version=F("version") + 1)

    def _filled(self, body: Any) -> Any:
        if isinstance(body, str):
            return body.format(**self.ids)
        if isinstance(body, dict):
            return {name: self._filled(value) for name, value in body.items()}
        return [self._filled(value) for value in body] if isinstance(body, list) else body


def _instructor() -> UUID:
    return identity.ensure_user(
        email=f"{new_id().hex}@example.org",
        password="correct horse battery",
        full_name="Ada",
        roles=[identity.Role.INSTRUCTOR],
        now=clock.now(),
    )


def everything() -> list[list[dict[str, Any]]]:
    """All that the catalogue holds."""
    models = apps.get_app_config("skillwise_catalog").get_models(include_auto_created=True)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("endpoint", EDITS)
def test_an_edit_of_another_version_than_the_one_that_was_read_changes_nothing(endpoint: str) -> None:
    edit = EDITS[endpoint]
    world = World(edit.status)
    stale = world.tag(edit)
    world.is_edited()
    before = everything()

    for tag in (stale, f"W/{world.tag(edit)}", '"made-up"'):
        refused = world.ask(endpoint, edit, **{"If-Match": tag})
        assert (refused.status_code, ApiClient.json(refused)["code"]) == (412, "precondition_failed"), tag
    assert everything() == before

    made = world.ask(endpoint, edit, **{"If-Match": world.tag(edit)})
    assert made.status_code in {200, 201, 204}, made.content
    assert everything() != before


@pytest.mark.parametrize("headers", [{}, {"If-Match": "*"}], ids=["without", "any"])
@pytest.mark.parametrize("endpoint", EDITS)
def test_an_edit_that_names_no_version_is_of_whichever_there_is(
    endpoint: str, headers: dict[str, str]
) -> None:
    edit = EDITS[endpoint]

    assert World(edit.status).ask(endpoint, edit, **headers).status_code in {200, 201, 204}


@pytest.mark.parametrize("endpoint", EDITS)
def test_the_document_says_that_if_match_counts(endpoint: str) -> None:
    _, _, route = endpoint.partition(" ")
    (pattern,) = [pattern for pattern in urlpatterns if str(pattern.pattern) == route]

    assert pattern.callback.cls.has_versions
