"""Django's admin, for administrators."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from skillwise_catalog.events import CoursePublished
from skillwise_catalog.models import Category, Course, Lesson
from skillwise_catalog.services.categories import ensure_category
from skillwise_catalog.testing import make_course, outline_of
from skillwise_identity import api as identity
from skillwise_kernel import clock

pytestmark = pytest.mark.django_db

CATEGORIES = "/admin/skillwise_catalog/category/"
COURSES = "/admin/skillwise_catalog/course/"


@pytest.fixture
def office() -> Client:
    user_id = identity.ensure_user(
        email="admin@example.org",
        password="correct horse battery",
        full_name="Alma",
        roles=[identity.Role.ADMIN],
        now=clock.now(),
    )
    client = Client()
    client.force_login(get_user_model().objects.get(pk=user_id))
    return client


def messages(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_every_list_and_page_opens(office: Client) -> None:
    course = make_course()
    lesson = Lesson.objects.get(id=outline_of(course.id).lessons[0].id)
    category = Category.objects.get(slug="bread")

    for path in (
        CATEGORIES,
        f"{CATEGORIES}{category.id}/change/",
        f"{CATEGORIES}add/",
        f"{COURSES}?q=bread&status__exact=published",
        f"{COURSES}{course.id}/change/",
        "/admin/skillwise_catalog/lesson/",
        f"/admin/skillwise_catalog/lesson/{lesson.id}/change/",
        "/admin/skillwise_catalog/mediafile/",
    ):
        assert office.get(path).status_code == 200, path


def test_categories_are_added_and_renamed_and_keep_their_place(office: Client) -> None:
    kitchen = ensure_category(path=("Kitchen",))

    office.post(f"{CATEGORIES}add/", {"name": "Bread", "slug": "bread", "parent": str(kitchen.id)})
    bread = Category.objects.get(slug="bread")
    office.post(f"{CATEGORIES}{bread.id}/change/", {"name": "Loaves", "slug": "cake", "parent": ""})

    bread.refresh_from_db()
    assert (bread.name, bread.slug, bread.lineage) == ("Loaves", "bread", ["kitchen", "bread"])


def test_courses_are_published_and_taken_back_by_the_same_rules(
    office: Client, published: Callable[..., list[Any]]
) -> None:
    whole, idea = make_course(published=False), make_course(published=False, lessons=0, title="Idea")
    both = {"_selected_action": [str(whole.id), str(idea.id)]}

    answer = office.post(COURSES, {"action": "publish", **both}, follow=True)

    assert sorted(messages(answer)) == [
        "Bread from Three Ingredients: done.",
        "Idea: The course must have these, and lacks them: lessons.",
    ]
    assert Course.objects.get(id=whole.id).is_published
    assert len(published(CoursePublished)) == 1
    office.post(COURSES, {"action": "unpublish", "_selected_action": [str(whole.id)]})
    assert not Course.objects.get(id=whole.id).is_published
