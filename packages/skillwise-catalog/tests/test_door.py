"""What other contexts may ask and tell, and what the tables refuse whoever asks."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from skillwise_catalog import api
from skillwise_catalog.errors import CourseNotFoundError, LessonNotFoundError
from skillwise_catalog.events import CourseFiguresChanged
from skillwise_catalog.models import Category, Course, CourseVersion, Edition, Lesson, Module
from skillwise_catalog.services.courses import create_course
from skillwise_catalog.testing import make_course, outline_of, publish_working_copy
from skillwise_kernel import clock
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

pytestmark = pytest.mark.django_db


def test_courses_are_summarised_published_or_not_in_one_query(django_assert_num_queries: Any) -> None:
    shown, hidden = make_course(price=Money(900, "JPY")), make_course(published=False)
    unpriced = create_course(owner_id=new_id(), fields={"title": "An idea"}, now=clock.now())

    with django_assert_num_queries(1):
        found = api.get_courses(ids=[shown.id, hidden.id, unpriced.id, new_id()])

    assert found == {shown.id: shown, hidden.id: hidden}
    assert (shown.is_published, hidden.is_published) == (True, False)
    assert shown.price == Money(900, "JPY")


def test_outlines_are_as_published_in_teaching_order_and_take_one_query(
    django_assert_num_queries: Any,
) -> None:
    ids = [make_course(modules=2, lessons=2).id for _ in range(3)]
    bare = create_course(owner_id=new_id(), fields={"title": "An idea"}, now=clock.now()).id
    Module.objects.filter(course_id=ids[0]).update(position=3 - F("position"))
    Course.objects.filter(id=ids[0]).update(has_changes=True)
    publish_working_copy(ids[0])
    Module.objects.filter(course_id=ids[1]).update(title="An edit that nobody has published")

    with django_assert_num_queries(1):
        outlines = api.get_outlines(course_ids=[*ids, bare, new_id()])

    assert set(outlines) == set(ids)
    assert [module.title for module in outlines[ids[0]].modules] == ["Module 2", "Module 1"]
    assert [module.title for module in outlines[ids[1]].modules] == ["Module 1", "Module 2"]
    assert [lesson.title for lesson in outlines[ids[1]].lessons] == ["Lesson 1", "Lesson 2"] * 2


def test_lessons_are_found_with_their_content_and_their_course(django_assert_num_queries: Any) -> None:
    course, draft = make_course(), make_course(published=False)
    article, video = outline_of(course.id).lessons

    with django_assert_num_queries(1):
        content = api.get_lesson_content(lesson_id=article.id)
    with django_assert_num_queries(1):
        courses = api.find_course_of_lessons(lesson_ids=[article.id, video.id, new_id()])

    assert (content.article, content.video_url, content.file_url) == (
        "Wild yeast is **everywhere**.",
        None,
        None,
    )
    assert api.get_lesson_content(lesson_id=video.id).video_url == "https://videos.example/feeding.mp4"
    assert courses == {article.id: course.id, video.id: course.id}
    for unknown in (new_id(), outline_of(draft.id).lessons[0].id):
        with pytest.raises(LessonNotFoundError):
            api.get_lesson_content(lesson_id=unknown)


def test_an_owners_courses_are_found_drafts_among_them() -> None:
    owner_id = new_id()
    mine = {make_course(owner_id=owner_id, published=published).id for published in (True, False)}
    make_course()

    assert api.get_owned_course_ids(owner_id=owner_id) == mine


def test_figures_are_told_once_and_only_when_they_change(published: Any) -> None:
    course = make_course()

    for _ in range(2):
        api.set_course_rating(course_id=course.id, average=Decimal("4.25"), count=4)
        api.set_enrollment_count(course_id=course.id, count=9)
    assert len(published(CourseFiguresChanged)) == 2
    api.set_course_rating(course_id=course.id, average=None, count=0)

    row = Edition.objects.get(course_id=course.id)
    assert (row.rating_average, row.rating_count, row.enrollment_count) == (0, 0, 9)
    assert len(published(CourseFiguresChanged)) == 3
    for unknown in (
        lambda: api.set_course_rating(course_id=new_id(), average=None, count=0),
        lambda: api.set_enrollment_count(course_id=new_id(), count=1),
    ):
        with pytest.raises(CourseNotFoundError):
            unknown()


FALSEHOODS: dict[str, tuple[type, dict[str, Any]]] = {
    "catalog_course_price_whole": (Course, {"price_amount": -1}),
    "catalog_course_price_whole ": (Course, {"price_currency": None}),
    "catalog_course_currency_known": (Course, {"price_currency": "XXX"}),
    "catalog_course_status_known": (Course, {"status": "sold"}),
    "catalog_course_level_known": (Course, {"level": "expert"}),
    "catalog_course_titled": (Course, {"title": ""}),
    "catalog_course_published_once": (Course, {"published_at": None}),
    "catalog_edition_complete": (Edition, {"lesson_count": 0}),
    "catalog_edition_price_positive": (Edition, {"price_amount": -1}),
    "catalog_edition_rating_in_range": (Edition, {"rating_average": 4}),
    "edition_listed_while_published": (Edition, {"is_listed": False}),
    "edition_listed_while_published ": (Course, {"status": "archived"}),
    "course_version_is_kept": (CourseVersion, {"number": 2}),
    "catalog_lesson_has_the_content_of_its_kind": (Lesson, {"kind": "file"}),
    "catalog_lesson_has_the_content_of_its_kind ": (Lesson, {"article": "a", "video_url": "https://v/"}),
    "catalog_lesson_duration_within_a_day": (Lesson, {"duration": 86_401}),
    "catalog_lesson_position_unique": (Lesson, {"position": 1}),
    "catalog_module_position_counts_from_1": (Module, {"position": 0}),
    "catalog_module_titled": (Module, {"title": ""}),
    "catalog_category_lineage_as_deep": (Category, {"parent": None}),
}


@pytest.mark.parametrize("constraint", FALSEHOODS)
def test_the_tables_refuse_what_cannot_be(constraint: str) -> None:
    make_course()
    model, falsehood = FALSEHOODS[constraint]

    with pytest.raises(IntegrityError) as refused:
        claim(model, falsehood)

    assert refused.value.__cause__.diag.constraint_name == constraint.strip()


def claim(model: Any, falsehood: dict[str, Any]) -> None:
    rows = model.objects.filter(slug="bread") if model is Category else model.objects.all()
    with transaction.atomic():
        rows.update(**falsehood)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_slugs_are_unique_whoever_writes_them() -> None:
    first, second = make_course(), make_course()

    with pytest.raises(IntegrityError, match="catalog_course_slug_unique"), transaction.atomic():
        Course.objects.filter(id=second.id).update(slug=first.slug)
