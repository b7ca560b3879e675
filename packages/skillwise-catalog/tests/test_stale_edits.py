"""Whoever edits what somebody else has edited since is told so, wherever anything is edited: `If-Match`."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import pytest
from django.apps import apps
from skillwise_catalog.models import Course
from skillwise_catalog.services.outline import add_lesson, add_module
from skillwise_catalog.testing import make_course, outline_of
from skillwise_catalog.urls import urlpatterns
from skillwise_identity import api as identity
from skillwise_kernel import clock
from skillwise_kernel.actor import Actor
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient

pytestmark = pytest.mark.django_db

COURSE: Final = "courses/<uuid:course_id>/"
MODULE: Final = "modules/<uuid:module_id>/"
LESSON: Final = "lessons/<uuid:lesson_id>/"
SECOND: Final = "lessons/<uuid:second_id>/"
FARTHER: Final = "lessons/<uuid:farther_id>/"
ARTICLE: Final = {"title": "More", "kind": "article", "article": "Text."}
BACKWARDS: Final = {
    "modules": [
        {"id": "{module_id}", "lessons": ["{second_id}", "{lesson_id}"]},
        {"id": "{elsewhere_id}", "lessons": ["{farther_id}"]},
    ]
}


@dataclass(frozen=True, kw_only=True)
class Edit:
    """How an edit is asked for: whose ETag it goes by, in which state of the course, with which body. `{…}`
    in the body is an id, as in the path. `minds` says which changes of somebody else's it would overwrite,
    destroy or put out unseen.
    """

    tag_of: str = COURSE
    status: str = "published"
    body: dict[str, Any] = field(default_factory=dict)
    minds: Set[str] = frozenset({"course"})


#: What a colleague may have changed meanwhile: how, and with which body.
CHANGES: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    "course": (f"PATCH {COURSE}", {"subtitle": "Theirs"}),
    "module": (f"PATCH {MODULE}", {"title": "Theirs"}),
    "lesson": (f"PATCH {LESSON}", {"article": "Theirs."}),
    "coming": (f"POST {MODULE}lessons/", ARTICLE),
    "going": (f"DELETE {SECOND}", {}),
    "moving": (f"PUT {COURSE}outline/", BACKWARDS),
    "elsewhere": (f"PATCH {FARTHER}", {"title": "Theirs"}),
}
SHAPE: Final = frozenset({"coming", "going", "moving"})
WHOLE_MODULE: Final = SHAPE | {"module", "lesson"}
WHOLE_COURSE: Final = WHOLE_MODULE | {"course", "elsewhere"}

EDITS: Final = {
    f"PATCH {COURSE}": Edit(body={"title": "Mine"}),
    f"DELETE {COURSE}": Edit(status="draft", minds=WHOLE_COURSE),
    f"POST {COURSE}submit/": Edit(status="draft", minds=WHOLE_COURSE),
    f"POST {COURSE}withdraw/": Edit(status="in_review", minds=WHOLE_COURSE),
    f"POST {COURSE}approve/": Edit(status="in_review", minds=WHOLE_COURSE),
    f"POST {COURSE}return/": Edit(status="in_review", body={"note": "No sound."}, minds=WHOLE_COURSE),
    f"POST {COURSE}publish/": Edit(minds=WHOLE_COURSE),
    f"POST {COURSE}unpublish/": Edit(),
    f"POST {COURSE}archive/": Edit(),
    f"POST {COURSE}duplicate/": Edit(minds=WHOLE_COURSE),
    f"POST {COURSE}versions/<int:number>/restore/": Edit(minds=WHOLE_COURSE),
    f"POST {COURSE}instructors/": Edit(
        tag_of=f"{COURSE}instructors/", body={"user_id": "{other_id}", "role": "owner"}
    ),
    f"DELETE {COURSE}instructors/<uuid:user_id>/": Edit(tag_of=f"{COURSE}instructors/"),
    f"PUT {COURSE}outline/": Edit(tag_of=f"{COURSE}outline/", body=BACKWARDS, minds=SHAPE),
    f"POST {COURSE}modules/": Edit(
        tag_of=f"{COURSE}modules/", body={"title": "More", "position": 1}, minds=SHAPE
    ),
    f"PATCH {MODULE}": Edit(tag_of=MODULE, body={"title": "Mine"}, minds={"module"}),
    f"DELETE {MODULE}": Edit(tag_of=MODULE, minds=WHOLE_MODULE),
    f"POST {MODULE}lessons/": Edit(tag_of=f"{MODULE}lessons/", body=ARTICLE, minds=SHAPE),
    f"PATCH {LESSON}": Edit(tag_of=LESSON, body={"title": "Mine"}, minds={"lesson"}),
    f"DELETE {LESSON}": Edit(tag_of=LESSON, minds={"lesson"}),
}
TOGETHER: Final = [(endpoint, change) for endpoint in EDITS for change in CHANGES]

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
    """A course of the administrator's with two modules, in the first of which are two lessons, and an
    editor.
    """

    def __init__(self, status: str) -> None:
        owner_id, editor_id, other_id = (_instructor() for _ in range(3))
        self.client = ApiClient().as_actor(owner_id, roles=["instructor", "admin"])
        editor = Actor(id=editor_id, roles=frozenset({"instructor"}), is_verified=True)
        self.editor = ApiClient().as_actor(editor_id, roles=["instructor"])
        course = make_course(owner_id=owner_id, published=status == "published", editor_ids=[editor_id])
        elsewhere = add_module(actor=editor, course_id=course.id, title="Elsewhere", now=clock.now())
        farther = add_lesson(actor=editor, module_id=elsewhere.id, fields=ARTICLE, now=clock.now())
        module = outline_of(course.id).modules[0]
        self.ids = {
            "course_id": course.id,
            "module_id": module.id,
            "lesson_id": module.lessons[0].id,
            "second_id": module.lessons[1].id,
            "elsewhere_id": elsewhere.id,
            "farther_id": farther.id,
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

    def ask(self, endpoint: str, edit: Edit, *, by: ApiClient | None = None, **headers: str) -> Any:
        method, _, route = endpoint.partition(" ")
        body = self._filled(edit.body)
        return getattr(by or self.client, method.lower())(self.path(route), body, headers=headers)

    def tag(self, edit: Edit) -> str:
        return str(self.client.get(self.path(edit.tag_of))["ETag"])

    def is_changed(self, change: str) -> None:
        """By the editor. In a review nobody can: the course is taken back for it."""
        in_review = Course.objects.get(id=self.ids["course_id"]).status == "in_review"
        if in_review:
            assert self.client.post(self.path(f"{COURSE}withdraw/")).status_code == 200
        endpoint, body = CHANGES[change]
        made = self.ask(endpoint, Edit(body=body), by=self.editor)
        assert made.status_code in {200, 201, 204}, made.content
        if in_review:
            assert self.client.post(self.path(f"{COURSE}submit/")).status_code == 200

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


@pytest.mark.parametrize(
    ("endpoint", "change"), [pair for pair in TOGETHER if pair[1] in EDITS[pair[0]].minds]
)
def test_an_edit_of_what_somebody_else_changed_since_it_was_read_changes_nothing(
    endpoint: str, change: str
) -> None:
    edit = EDITS[endpoint]
    world = World(edit.status)
    stale = world.tag(edit)
    world.is_changed(change)
    before = everything()

    refused = world.ask(endpoint, edit, **{"If-Match": stale})

    assert (refused.status_code, ApiClient.json(refused)["code"]) == (412, "precondition_failed")
    assert everything() == before


@pytest.mark.parametrize(
    ("endpoint", "change"), [pair for pair in TOGETHER if pair[1] not in EDITS[pair[0]].minds]
)
def test_an_edit_of_one_thing_is_made_though_somebody_else_changed_another(
    endpoint: str, change: str
) -> None:
    edit = EDITS[endpoint]
    world = World(edit.status)
    read = world.tag(edit)
    world.is_changed(change)

    assert world.ask(endpoint, edit, **{"If-Match": read}).status_code in {200, 201, 204}


@pytest.mark.parametrize("endpoint", EDITS)
def test_only_a_strong_tag_of_what_is_there_lets_an_edit_through(endpoint: str) -> None:
    edit = EDITS[endpoint]
    world = World(edit.status)
    before = everything()

    for tag in (f"W/{world.tag(edit)}", '"made-up"'):
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
