"""The factories that other packages' tests build on."""

import pytest
from skillwise_catalog import api
from skillwise_catalog.testing import make_course
from skillwise_kernel.money import Money

pytestmark = pytest.mark.django_db


def test_a_made_course_is_published_with_its_lessons() -> None:
    course = make_course(price=Money(0, "EUR"), lessons=3, modules=2)

    assert course.is_published
    assert course.is_free
    outline = api.get_outlines(course_ids=[course.id])[course.id]
    assert [len(module.lessons) for module in outline.modules] == [3, 3]
    assert api.get_lesson_content(lesson_id=outline.lessons[0].id).article == "Text 1."
    assert api.find_course_of_lessons(lesson_ids=[outline.lessons[0].id]) == {
        outline.lessons[0].id: course.id
    }
