"""When a course may be shown."""

from dataclasses import replace

import pytest
from skillwise_catalog.domain.publishing import (
    CourseFacts,
    check_complete,
    check_edit,
    check_transition,
    missing_from,
)
from skillwise_catalog.dto import CourseStatus
from skillwise_catalog.errors import CourseIncompleteError, IllegalTransitionError

WHOLE = CourseFacts(
    title="Bread",
    description="A loaf a week.",
    has_category=True,
    language="en",
    level="all",
    has_price=True,
    lesson_count=1,
)


def test_a_whole_course_lacks_nothing() -> None:
    assert missing_from(WHOLE) == ()
    check_complete(WHOLE)


@pytest.mark.parametrize(
    ("lack", "name"),
    [
        ({"title": ""}, "title"),
        ({"description": ""}, "description"),
        ({"has_category": False}, "category"),
        ({"language": ""}, "language"),
        ({"level": ""}, "level"),
        ({"has_price": False}, "price"),
        ({"lesson_count": 0}, "lessons"),
    ],
)
def test_what_is_missing_is_named(lack: dict[str, object], name: str) -> None:
    course = replace(WHOLE, **lack)

    with pytest.raises(CourseIncompleteError) as refused:
        check_complete(course)

    assert refused.value.extra == {"missing": [name]}
    with pytest.raises(CourseIncompleteError):
        check_edit(course, is_published=True, was_published=True)
    check_edit(course, is_published=False, was_published=False)


def test_what_was_once_for_sale_keeps_a_price_and_may_lose_the_rest() -> None:
    bare = CourseFacts(
        title="Bread",
        description="",
        has_category=False,
        language="",
        level="",
        has_price=True,
        lesson_count=0,
    )

    check_edit(bare, is_published=False, was_published=True)
    with pytest.raises(CourseIncompleteError):
        check_edit(replace(bare, has_price=False), is_published=False, was_published=True)


@pytest.mark.parametrize("status", list(CourseStatus))
def test_a_course_goes_back_and_forth_and_never_to_where_it_is(status: CourseStatus) -> None:
    (other,) = set(CourseStatus) - {status}

    check_transition(status, other)
    with pytest.raises(IllegalTransitionError) as refused:
        check_transition(status, status)
    assert refused.value.extra == {"status": status.value, "allowed": [other.value]}
