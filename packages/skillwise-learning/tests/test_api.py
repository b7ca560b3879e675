"""What other contexts learn of learning."""

from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.testing import make_course, outline_of
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_learning import api
from skillwise_learning.models import Enrollment, LessonProgress, Review
from skillwise_learning.testing import complete_lessons, make_enrollment

pytestmark = pytest.mark.django_db


def test_progress_is_answered_for_the_courses_one_is_enrolled_in(
    student_id: UUID, free_course: CourseSummary, django_assert_num_queries: Any
):
    other = make_course()
    make_enrollment(user_id=student_id, course_id=free_course.id)
    lessons = outline_of(free_course.id).lessons
    complete_lessons(user_id=student_id, lesson_ids=[lessons[0].id])

    with django_assert_num_queries(3):
        progress = api.get_progress(user_id=student_id, course_ids=[free_course.id, other.id, new_id()])

    assert set(progress) == {free_course.id}
    assert (progress[free_course.id].percent, progress[free_course.id].total_lessons) == (33, 3)
    assert progress[free_course.id].resume == api.ResumePoint(lesson_id=lessons[1].id, position=0)


def test_who_is_enrolled_is_answered_in_one_query(student_id: UUID, django_assert_num_queries: Any):
    enrolled, other = new_id(), new_id()
    make_enrollment(user_id=student_id, course_id=enrolled)
    make_enrollment(user_id=new_id(), course_id=other)

    with django_assert_num_queries(1):
        known = api.get_enrolled_course_ids(user_id=student_id, course_ids=[enrolled, other])

    assert known == {enrolled}


@pytest.mark.parametrize("rating", [0, 6])
def test_the_database_refuses_other_ratings(rating: int):
    with pytest.raises(IntegrityError, match="learning_review_rating_in_range"), transaction.atomic():
        Review.objects.create(
            user_id=new_id(), course_id=new_id(), rating=rating, created_at=now(), updated_at=now()
        )


def test_the_database_refuses_longer_texts():
    with pytest.raises(IntegrityError, match="learning_review_text_in_length"), transaction.atomic():
        Review.objects.create(
            user_id=new_id(),
            course_id=new_id(),
            rating=5,
            text="x" * 5001,
            created_at=now(),
            updated_at=now(),
        )


def test_the_database_refuses_the_same_thing_twice():
    once = Enrollment.objects.create(user_id=new_id(), course_id=new_id(), enrolled_at=now())
    lesson = {"enrollment": once, "lesson_id": new_id(), "position": 0, "played_at": now()}
    LessonProgress.objects.create(**lesson)
    review = {
        "user_id": once.user_id,
        "course_id": once.course_id,
        "rating": 5,
        "created_at": now(),
        "updated_at": now(),
    }
    Review.objects.create(**review)

    with pytest.raises(IntegrityError, match="learning_enrollment_once"), transaction.atomic():
        Enrollment.objects.create(user_id=once.user_id, course_id=once.course_id, enrolled_at=now())
    with pytest.raises(IntegrityError, match="learning_lesson_progress_once"), transaction.atomic():
        LessonProgress.objects.create(**lesson)
    with pytest.raises(IntegrityError, match="learning_review_once"), transaction.atomic():
        Review.objects.create(**review)
