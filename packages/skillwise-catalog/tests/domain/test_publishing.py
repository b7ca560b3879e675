"""When a course may be shown."""

from dataclasses import replace

import pytest
from skillwise_catalog.domain.publishing import (
    CourseFacts,
    Standing,
    allowed_from,
    check_complete,
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


NEW = Standing(is_approved=False, was_published=False, by_admin=False)
APPROVED = Standing(is_approved=True, was_published=True, by_admin=False)


@pytest.mark.parametrize(
    ("status", "standing", "allowed"),
    [
        (CourseStatus.DRAFT, NEW, {CourseStatus.IN_REVIEW}),
        (CourseStatus.DRAFT, replace(NEW, by_admin=True), {CourseStatus.IN_REVIEW, CourseStatus.PUBLISHED}),
        (CourseStatus.DRAFT, APPROVED, {CourseStatus.PUBLISHED, CourseStatus.ARCHIVED}),
        (CourseStatus.IN_REVIEW, NEW, {CourseStatus.DRAFT}),
        (CourseStatus.IN_REVIEW, replace(NEW, by_admin=True), {CourseStatus.DRAFT, CourseStatus.PUBLISHED}),
        (CourseStatus.PUBLISHED, APPROVED, {CourseStatus.DRAFT, CourseStatus.ARCHIVED}),
        (CourseStatus.ARCHIVED, APPROVED, {CourseStatus.DRAFT, CourseStatus.PUBLISHED}),
    ],
)
def test_where_a_course_may_go_depends_on_its_review_and_on_who_moves_it(
    status: CourseStatus, standing: Standing, allowed: set[CourseStatus]
) -> None:
    assert allowed_from(status, standing) == allowed

    for wanted in allowed:
        check_transition(status, wanted, standing)
    for refused in set(CourseStatus) - allowed:
        with pytest.raises(IllegalTransitionError) as problem:
            check_transition(status, refused, standing)
        assert problem.value.extra == {
            "status": status.value,
            "allowed": sorted(one.value for one in allowed),
        }
