"""Lessons are played by those enrolled, and by nobody else."""

from uuid import UUID

import pytest
from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.services.lifecycle import unpublish_course
from skillwise_catalog.testing import make_course, outline_of
from skillwise_identity.testing import make_user
from skillwise_kernel.actor import Actor
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.testing.client import ApiClient
from skillwise_learning.testing import make_enrollment

pytestmark = pytest.mark.django_db


def url(enrollment_id: UUID, lesson_id: UUID) -> str:
    return f"/api/v1/enrollments/{enrollment_id}/lessons/{lesson_id}/"


def test_who_is_enrolled_plays_the_lessons(
    student: ApiClient, student_id: UUID, paid_course: CourseSummary, django_assert_num_queries
):
    enrollment_id = make_enrollment(user_id=student_id, course_id=paid_course.id)
    article, video = outline_of(paid_course.id).lessons

    with django_assert_num_queries(2):
        read = student.json(student.get(url(enrollment_id, article.id)))
    seen = student.json(student.get(url(enrollment_id, video.id)))

    assert (read["kind"], read["article"]) == ("article", "Wild yeast is **everywhere**.")
    assert (seen["kind"], seen["video_url"]) == ("video", "https://videos.example/feeding.mp4")
    assert read["course_id"] == str(paid_course.id)


def test_the_enrolled_get_everything_of_a_lesson_by_links_that_are_signed(
    api: ApiClient, student: ApiClient, student_id: UUID, every_kind: CourseSummary
):
    enrollment_id = make_enrollment(user_id=student_id, course_id=every_kind.id)
    lessons = outline_of(every_kind.id).lessons

    article, video, file, quiz = (
        student.json(student.get(url(enrollment_id, lesson.id))) for lesson in lessons
    )

    assert article["article_html"].startswith("<p><strong>Wild</strong> yeast.</p>")
    assert (article["group"], article["duration"], article["is_downloadable"]) == ("Reading", 300, True)
    assert [(taken["title"], taken["size"]) for taken in article["resources"]] == [("To print", 11)]
    assert [captions["language"] for captions in video["captions"]] == ["bn"]
    for link in (
        article["resources"][0]["url"],
        video["captions"][0]["url"],
        video["file_url"],
        video["playlist_url"],
        file["file_url"],
    ):
        assert api.head(link).status_code == 200, link
    assert quiz["quiz"]["pass_percent"] == 50
    assert [set(question) - {"choices"} for question in quiz["quiz"]["questions"]] == [
        {"id", "kind", "text", "text_html", "points"}
    ] * 5


def test_an_outline_says_what_an_app_may_keep_and_how_lessons_are_grouped(
    student: ApiClient, student_id: UUID, every_kind: CourseSummary
):
    enrollment_id = make_enrollment(user_id=student_id, course_id=every_kind.id)

    (module,) = student.json(student.get(f"/api/v1/enrollments/{enrollment_id}/"))["modules"]

    assert [(lesson["kind"], lesson["group"], lesson["is_downloadable"]) for lesson in module["lessons"]] == [
        ("article", "Reading", True),
        ("video", "", False),
        ("file", "", False),
        ("quiz", "", False),
    ]


def test_an_unpublished_course_stays_open_to_those_enrolled(
    student: ApiClient, student_id: UUID, paid_course: CourseSummary
):
    enrollment_id = make_enrollment(user_id=student_id, course_id=paid_course.id)
    owner = Actor(id=paid_course.owner_id, roles=frozenset({"instructor"}), is_verified=True)
    unpublish_course(actor=owner, course_id=paid_course.id, now=now())

    response = student.get(url(enrollment_id, outline_of(paid_course.id).lessons[0].id))

    assert response.status_code == 200


def test_another_courses_lesson_is_as_unknown_as_one_that_is_nowhere(
    student: ApiClient, student_id: UUID, paid_course: CourseSummary
):
    enrollment_id = make_enrollment(user_id=student_id, course_id=paid_course.id)
    foreign = outline_of(make_course().id).lessons[0].id

    for lesson_id in (foreign, new_id()):
        response = student.get(url(enrollment_id, lesson_id))
        assert response.status_code == 404
        assert student.json(response)["code"] == "learning.lesson_not_found"


def test_somebody_elses_enrolment_opens_nothing(api: ApiClient, student_id: UUID, paid_course: CourseSummary):
    enrollment_id = make_enrollment(user_id=student_id, course_id=paid_course.id)
    lesson_id = outline_of(paid_course.id).lessons[0].id

    assert api.as_actor(make_user().id).get(url(enrollment_id, lesson_id)).status_code == 404
    assert api.get(url(enrollment_id, lesson_id)).status_code == 401
