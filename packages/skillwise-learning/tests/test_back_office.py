"""What operators see and may do."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.testing import outline_of
from skillwise_identity.testing import make_user
from skillwise_learning.events import ReviewRemoved
from skillwise_learning.models import Enrollment, Review
from skillwise_learning.testing import complete_lessons, make_enrollment, make_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(make_user(roles=["admin"]))
    return client


def test_enrolments_are_looked_at_and_left_alone(
    operator: Client, student_id: UUID, free_course: CourseSummary
):
    enrollment_id = make_enrollment(user_id=student_id, course_id=free_course.id)
    complete_lessons(user_id=student_id, lesson_ids=[outline_of(free_course.id).lessons[0].id])

    listed = operator.get(reverse("admin:skillwise_learning_enrollment_changelist"))
    shown = operator.get(reverse("admin:skillwise_learning_enrollment_change", args=[enrollment_id]))
    changed = operator.post(
        reverse("admin:skillwise_learning_enrollment_change", args=[enrollment_id]), {"user_id": ""}
    )

    assert (listed.status_code, shown.status_code, changed.status_code) == (200, 200, 403)
    assert Enrollment.objects.get().user_id == student_id


def test_a_review_taken_away_by_an_operator_is_told_of(
    operator: Client,
    student_id: UUID,
    free_course: CourseSummary,
    published: Callable[..., list[Any]],
):
    make_enrollment(user_id=student_id, course_id=free_course.id)
    review_id = make_review(user_id=student_id, course_id=free_course.id)

    listed = operator.get(reverse("admin:skillwise_learning_review_changelist"))
    removed = operator.post(
        reverse("admin:skillwise_learning_review_delete", args=[review_id]), {"post": "yes"}
    )

    assert (listed.status_code, removed.status_code) == (200, 302)
    assert not Review.objects.exists()
    assert [event.review_id for event in published(ReviewRemoved)] == [review_id]
