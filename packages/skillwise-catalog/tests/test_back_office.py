"""Django's admin, for administrators."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from skillwise_catalog.events import CoursePublished, CourseReturned
from skillwise_catalog.models import Category, Course, CourseVersion, Lesson
from skillwise_catalog.services.categories import ensure_category
from skillwise_catalog.testing import make_course, outline_of
from skillwise_identity import api as identity
from skillwise_identity.testing import make_user, sent_mails
from skillwise_kernel import clock
from skillwise_kernel.testing.client import ApiClient

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


@pytest.fixture
def submitted(instructor_id: UUID, instructor: ApiClient) -> Course:
    course = make_course(owner_id=instructor_id, published=False)
    assert instructor.post(f"/api/v1/courses/{course.id}/submit/").status_code == 200
    return Course.objects.get(id=course.id)


def history_of(office: Client, course_id: UUID) -> list[tuple[str, str]]:
    """Who did what, the newest last."""
    page = office.get(f"{COURSES}{course_id}/history/")
    return [(entry.user.full_name, entry.get_change_message()) for entry in page.context["action_list"]]


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


def test_owners_are_shown_by_name_and_looked_up_at_once(
    office: Client, instructor_id: UUID, django_assert_num_queries: Any
) -> None:
    name = identity.get_users(ids=[instructor_id])[instructor_id].display_name
    course = make_course(owner_id=instructor_id)
    office.get(COURSES)  # fills what is cached
    with CaptureQueriesContext(connection) as of_one:
        assert name in office.get(COURSES).content.decode()
    make_course(owner_id=make_user().id)
    make_course(owner_id=instructor_id)

    with django_assert_num_queries(len(of_one)):
        shown = office.get(COURSES).content.decode()

    assert shown.count(name) == 2
    page = office.get(f"{COURSES}{course.id}/change/").content.decode()
    assert name in page
    assert str(course.price) in page


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
    assert history_of(office, whole.id) == [
        ("Alma", "Published."),
        ("Alma", "Taken out of the public lists."),
    ]
    assert history_of(office, idea.id) == []


def test_what_was_submitted_is_approved_as_over_the_api(
    office: Client, submitted: Course, published: Callable[..., list[Any]]
) -> None:
    draft = make_course(published=False, title="Idea")
    chosen = {"_selected_action": [str(submitted.id), str(draft.id)]}

    answer = office.post(COURSES, {"action": "approve", **chosen}, follow=True)

    assert sorted(messages(answer)) == [
        "Bread from Three Ingredients: done.",
        "Idea: The course is not in review.",
    ]
    submitted.refresh_from_db()
    assert submitted.is_published
    assert submitted.approved_at
    (version,) = CourseVersion.objects.filter(course=submitted)
    assert version.published_by == get_user_model().objects.get(full_name="Alma").id
    assert [event.course_id for event in published(CoursePublished)] == [submitted.id]
    assert history_of(office, submitted.id) == [("Alma", "Approved.")]
    assert [mail.subject for mail in sent_mails()] == [f"Your course is published: {submitted.title}"]


def test_what_was_submitted_is_returned_with_a_note(
    office: Client, submitted: Course, published: Callable[..., list[Any]]
) -> None:
    chosen = {"action": "return_to_authors", "_selected_action": [str(submitted.id)]}

    (unsaid,) = messages(office.post(COURSES, {**chosen, "note": "  "}, follow=True))
    assert unsaid.startswith("Say in a note what to change.")
    submitted.refresh_from_db()
    assert submitted.status == "in_review"
    answer = office.post(COURSES, {**chosen, "note": " The third lesson has no sound. "}, follow=True)

    assert messages(answer) == ["Bread from Three Ingredients: done."]
    submitted.refresh_from_db()
    assert (submitted.status, submitted.review_note) == ("draft", "The third lesson has no sound.")
    assert [event.course_id for event in published(CourseReturned)] == [submitted.id]
    assert history_of(office, submitted.id) == [("Alma", "Returned: The third lesson has no sound.")]
    assert [mail.subject for mail in sent_mails()] == [f"Your course needs another look: {submitted.title}"]
