"""Categories and instructors that are renamed while what says their names is published."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from uuid import UUID

import pytest
from django.db import transaction
from races import on_its_own_connection, waiting_for
from skillwise_catalog.dto import ImportReport
from skillwise_catalog.models import Course, Edition
from skillwise_catalog.services.categories import ensure_category, rename_category
from skillwise_catalog.services.importing import import_catalog
from skillwise_catalog.services.projection import rename_instructor
from skillwise_catalog.testing import make_course, publish_working_copy
from skillwise_identity.models import User
from skillwise_kernel import clock
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient
from skillwise_kernel.testing.racing import wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)

COURSES = "/api/v1/courses/"
_HEADER: Final = "course,title,description,category,language,level,price,currency,module,lesson,kind,content"


@pytest.fixture
def course(instructor: ApiClient, instructor_id: UUID) -> Course:
    """One whose new title, price and category nobody sees yet."""
    made = make_course(owner_id=instructor_id, category=("Kitchen",), title="Old")
    science = ensure_category(path=("Science",))
    change = {"title": "New", "price": {"amount": 700, "currency": "EUR"}, "category": science.slug}
    assert instructor.patch(f"{COURSES}{made.id}/", change).status_code == 200
    return Course.objects.get(id=made.id)


@pytest.fixture
def draft(instructor_id: UUID) -> Course:
    """One that nobody sees yet."""
    made = make_course(owner_id=instructor_id, category=("Kitchen",), published=False)
    return Course.objects.get(id=made.id)


def test_a_category_renamed_while_a_course_leaves_it_takes_nothing_back(course: Course) -> None:
    kitchen = ensure_category(path=("Kitchen",))

    with waiting_for(lambda: rename_category(kitchen, name="Cuisine")):
        publish_working_copy(course.id)

    assert shown(course) == ("New", 700, "Science", "Ada Lovelace")


def test_a_category_renamed_while_its_course_is_published_takes_nothing_back(
    instructor: ApiClient, course: Course
) -> None:
    kitchen = ensure_category(path=("Kitchen",))
    instructor.patch(f"{COURSES}{course.id}/", {"category": kitchen.slug})

    with waiting_for(lambda: rename_category(kitchen, name="Cuisine")):
        publish_working_copy(course.id)

    assert shown(course) == ("New", 700, "Cuisine", "Ada Lovelace")


def test_a_category_renamed_while_a_course_comes_into_it_is_called_so_there_too(course: Course) -> None:
    science = ensure_category(path=("Science",))

    with waiting_for(lambda: rename_category(science, name="Sciences")):
        publish_working_copy(course.id)

    assert shown(course) == ("New", 700, "Sciences", "Ada Lovelace")


def test_a_category_renamed_while_a_course_is_first_published_in_it_is_called_so_there_too(
    draft: Course,
) -> None:
    kitchen = ensure_category(path=("Kitchen",))

    with waiting_for(lambda: rename_category(kitchen, name="Cuisine")):
        publish_working_copy(draft.id)

    assert shown(draft)[2] == "Cuisine"


def test_a_course_first_published_while_its_category_is_renamed_says_the_new_name(draft: Course) -> None:
    kitchen = ensure_category(path=("Kitchen",))

    with waiting_for(lambda: publish_working_copy(draft.id)):
        rename_category(kitchen, name="Cuisine")

    assert shown(draft)[2] == "Cuisine"


def test_a_category_renamed_while_courses_are_imported_into_it_is_called_so_there_too(
    instructor_id: UUID,
) -> None:
    kitchen = ensure_category(path=("Kitchen",))
    row = "a,Bread,Good.,Kitchen,en,all,0,EUR,All,One,article,Text."

    with waiting_for(lambda: rename_category(kitchen, name="Cuisine")):
        import_catalog(
            lines=[f"{line}\n".encode() for line in (_HEADER, row)],
            owner_ids=[instructor_id],
            now=clock.now(),
            publish=True,
        )

    assert shown(Course.objects.get())[2] == "Cuisine"


def test_a_course_published_while_its_category_is_renamed_says_the_new_name(
    instructor: ApiClient, course: Course
) -> None:
    kitchen = ensure_category(path=("Kitchen",))
    instructor.patch(f"{COURSES}{course.id}/", {"category": kitchen.slug})

    with waiting_for(lambda: publish_working_copy(course.id)):
        rename_category(kitchen, name="Cuisine")

    assert shown(course) == ("New", 700, "Cuisine", "Ada Lovelace")


def test_an_instructor_renamed_while_a_course_is_published_is_called_so_there_too(
    course: Course, instructor_id: UUID
) -> None:
    def rename() -> None:
        User.objects.filter(id=instructor_id).update(full_name="Ada Byron")
        rename_instructor(user_id=instructor_id)

    with waiting_for(rename):
        publish_working_copy(course.id)

    assert shown(course) == ("New", 700, "Science", "Ada Byron")


def test_courses_imported_while_their_category_is_renamed_are_not_waited_for_in_a_circle(
    instructor_id: UUID,
) -> None:
    def load(version: str, keys: Iterable[str]) -> ImportReport:
        rows = [f"{key},{version} {key},Good.,Kitchen,en,all,0,EUR,All,One,article,Text." for key in keys]
        lines = [_HEADER, *rows]
        return import_catalog(
            lines=[f"{line}\n".encode() for line in lines],
            owner_ids=[instructor_id],
            now=clock.now(),
            publish=True,
        )

    load("Old", ["a", "b"])
    kitchen = ensure_category(path=("Kitchen",))
    first, last = Edition.objects.order_by("course_id").values_list("course_id", flat=True)

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            list(Edition.objects.select_for_update().filter(course_id=first))
            loading = pool.submit(on_its_own_connection, lambda: load("New", ["b", "a"]))
            wait_until_blocked(unless=loading.done)
            assert not is_locked(last)
        report = loading.result(timeout=30)

    assert report.updated == 2
    assert Edition.objects.filter(title__startswith="New", category=kitchen).count() == 2


def test_an_import_holds_the_name_of_a_category_that_a_course_was_moved_to_before_it_locks_editions(
    instructor: ApiClient, instructor_id: UUID, django_assert_max_num_queries: Any
) -> None:
    lines = [f"{_HEADER}\n".encode(), b"rye,Rye,A loaf.,Kitchen,en,all,0,EUR,One,Look,article,Bake."]

    def load(*, publish: bool) -> ImportReport:
        return import_catalog(lines=lines, owner_ids=[instructor_id], now=clock.now(), publish=publish)

    load(publish=False)
    science = ensure_category(path=("Science",))
    moved = Course.objects.get()
    assert instructor.patch(f"{COURSES}{moved.id}/", {"category": science.slug}).status_code == 200

    with django_assert_max_num_queries(100) as queries:
        assert load(publish=True).published == 1

    statements = [entry["sql"] for entry in queries.captured_queries]
    holding = [
        at
        for at, sql in enumerate(statements)
        if "FOR SHARE" in sql and science.id.hex in sql.replace("-", "")
    ]
    locking = [at for at, sql in enumerate(statements) if "catalog_edition" in sql and "FOR UPDATE" in sql]
    assert holding[0] < locking[0]


def is_locked(course_id: UUID) -> bool:
    return not Edition.objects.select_for_update(skip_locked=True).filter(course_id=course_id).exists()


def shown(course: Course) -> tuple[str, int, str, str]:
    """Title, price, category and owner, as lists say them."""
    card = ApiClient.json(ApiClient().as_actor(new_id()).get(f"{COURSES}{course.id}/"))
    return (
        card["title"],
        card["price"]["amount"],
        card["category"]["name"],
        card["owner"]["display_name"],
    )
