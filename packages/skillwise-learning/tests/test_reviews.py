"""Saying what one thinks of a course, once, and what the storefront makes of it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.models import Edition
from skillwise_catalog.services.lifecycle import unpublish_course
from skillwise_catalog.testing import make_course
from skillwise_identity.testing import make_user
from skillwise_kernel.actor import Actor
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.outbox import deliver_due
from skillwise_kernel.testing.client import ApiClient
from skillwise_learning.events import ReviewChanged, ReviewPosted, ReviewRemoved
from skillwise_learning.models import Review
from skillwise_learning.services import tallies
from skillwise_learning.services.tallies import refresh_course_rating
from skillwise_learning.testing import make_enrollment, make_review

URL = "/api/v1/reviews/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(paid_course: CourseSummary, student_id: UUID) -> CourseSummary:
    """A course that the student is enrolled in."""
    make_enrollment(user_id=student_id, course_id=paid_course.id)
    return paid_course


def reviewer(course_id: UUID) -> UUID:
    """Somebody else who is enrolled."""
    user_id = make_user().id
    make_enrollment(user_id=user_id, course_id=course_id)
    return user_id


def rating_of(course_id: UUID) -> tuple[Decimal, int]:
    course = Edition.objects.get(course_id=course_id)
    return course.rating_average, course.rating_count


def test_a_review_is_read_by_everybody(api: ApiClient, student: ApiClient, course: CourseSummary):
    posted = student.post(URL, {"course_id": str(course.id), "rating": 4, "text": "It rose."})

    assert posted.status_code == 201
    review = student.json(posted)
    assert (review["rating"], review["text"]) == (4, "It rose.")
    assert review["author"]["display_name"] == "Nadia Rahman"
    (listed,) = api.json(api.get(URL, {"course_id": str(course.id)}))["results"]
    assert listed == review == api.json(api.get(f"{URL}{review['id']}/"))


def test_the_second_review_of_a_person_is_refused(
    student: ApiClient, course: CourseSummary, published: Callable[..., list[Any]]
):
    first = student.json(student.post(URL, {"course_id": str(course.id), "rating": 4}))

    second = student.post(URL, {"course_id": str(course.id), "rating": 1})

    assert second.status_code == 409
    problem = student.json(second)
    assert (problem["code"], problem["review_id"]) == ("learning.already_reviewed", first["id"])
    assert len(published(ReviewPosted)) == 1


def test_parallel_reviews_of_a_person_make_one(
    in_parallel: Callable[..., list[Any]], student: ApiClient, student_id: UUID, course: CourseSummary
):
    responses = in_parallel(
        lambda rating: student.as_actor(student_id).post(
            URL, {"course_id": str(course.id), "rating": rating}
        ),
        *(1, 2, 3, 4, 5),
        before_writing="skillwise_learning_review",
    )

    assert sorted(response.status_code for response in responses) == [201] + [409] * 4
    assert Review.objects.count() == 1


def test_only_those_enrolled_review(student: ApiClient, paid_course: CourseSummary):
    outsider = student.post(URL, {"course_id": str(paid_course.id), "rating": 5})
    nowhere = student.post(URL, {"course_id": str(new_id()), "rating": 5})
    draft = student.post(URL, {"course_id": str(make_course(published=False).id), "rating": 5})

    assert (outsider.status_code, student.json(outsider)["code"]) == (403, "learning.not_enrolled")
    assert (nowhere.status_code, student.json(nowhere)["code"]) == (404, "learning.course_not_found")
    assert (draft.status_code, student.json(draft)["code"]) == (404, "learning.course_not_found")


def test_guests_read_and_do_not_write(api: ApiClient, course: CourseSummary, student_id: UUID):
    review_id = make_review(user_id=student_id, course_id=course.id)

    assert api.get(URL, {"course_id": str(course.id)}).status_code == 200
    assert api.get(f"{URL}{review_id}/").status_code == 200
    assert api.post(URL, {"course_id": str(course.id), "rating": 5}).status_code == 401
    assert api.patch(f"{URL}{review_id}/", {"rating": 5}).status_code == 401
    assert api.delete(f"{URL}{review_id}/").status_code == 401


@pytest.mark.parametrize("rating", [0, 6, 4.5, "many", None])
def test_a_rating_is_a_whole_number_of_stars_from_one_to_five(
    student: ApiClient, course: CourseSummary, rating: object
):
    response = student.post(URL, {"course_id": str(course.id), "rating": rating})

    assert response.status_code == 400
    assert student.json(response)["errors"][0]["pointer"] == "/rating"


def test_a_text_has_at_most_five_thousand_characters(student: ApiClient, course: CourseSummary):
    too_long = student.post(URL, {"course_id": str(course.id), "rating": 5, "text": "x" * 5001})
    long = student.post(URL, {"course_id": str(course.id), "rating": 5, "text": "ö" * 5000})

    assert too_long.status_code == 400
    assert student.json(too_long)["errors"][0]["pointer"] == "/text"
    assert long.status_code == 201


def test_the_list_is_of_one_course_and_the_newest_come_first(
    api: ApiClient, course: CourseSummary, student_id: UUID
):
    older = make_review(user_id=student_id, course_id=course.id)
    newer = make_review(user_id=reviewer(course.id), course_id=course.id)
    other = make_course()
    make_review(user_id=reviewer(other.id), course_id=other.id)

    first = api.json(api.get(URL, {"course_id": str(course.id), "page_size": 1}))
    second = api.json(api.get(first["next"]))

    assert [review["id"] for review in first["results"] + second["results"]] == [str(newer), str(older)]


def test_the_list_needs_a_course_that_is_published(api: ApiClient, course: CourseSummary):
    unpublish_course(actor=_owner(course), course_id=course.id, now=now())

    missing = api.get(URL)
    assert missing.status_code == 400
    assert api.json(missing)["errors"][0]["pointer"] == "/course_id"
    for course_id in (course.id, new_id()):
        assert api.get(URL, {"course_id": str(course_id)}).status_code == 404


@pytest.mark.parametrize("number", [1, 6])
def test_the_list_takes_as_many_queries_for_one_as_for_many(
    api: ApiClient, paid_course: CourseSummary, number: int, django_assert_num_queries: Any
):
    for _ in range(number):
        make_review(user_id=reviewer(paid_course.id), course_id=paid_course.id)

    with django_assert_num_queries(3):
        response = api.get(URL, {"course_id": str(paid_course.id)})

    assert len(api.json(response)["results"]) == number


def test_reviews_of_an_unpublished_course_are_for_their_authors_and_administrators(
    api: ApiClient, student: ApiClient, student_id: UUID, course: CourseSummary
):
    url = f"{URL}{make_review(user_id=student_id, course_id=course.id)}/"
    unpublish_course(actor=_owner(course), course_id=course.id, now=now())

    assert student.get(url).status_code == 200
    assert api.as_actor(new_id(), roles=["admin"]).get(url).status_code == 200
    assert api.as_actor(new_id()).get(url).status_code == 404
    assert api.get(url).status_code == 404


def test_an_author_changes_what_they_said(
    student: ApiClient, student_id: UUID, course: CourseSummary, published: Callable[..., list[Any]]
):
    url = f"{URL}{make_review(user_id=student_id, course_id=course.id, rating=5, text='Good')}/"

    changed = student.patch(url, {"rating": 3})
    same = student.patch(url, {"rating": 3})

    assert (changed.status_code, same.status_code) == (200, 200)
    answer = student.json(changed)
    assert (answer["rating"], answer["text"]) == (3, "Good")
    (event,) = published(ReviewChanged)
    assert event.rating == 3


def test_an_edit_of_what_somebody_else_changed_meanwhile_is_refused(
    student: ApiClient, student_id: UUID, course: CourseSummary
):
    url = f"{URL}{make_review(user_id=student_id, course_id=course.id, rating=5)}/"
    tag = student.get(url)["ETag"]

    first = student.patch(url, {"rating": 4}, headers={"If-Match": tag})
    second = student.patch(url, {"rating": 1}, headers={"If-Match": tag})
    third = student.delete(url, headers={"If-Match": tag})
    fourth = student.delete(url, headers={"If-Match": first["ETag"]})

    statuses = [response.status_code for response in (first, second, third, fourth)]
    assert statuses == [200, 412, 412, 204]


def test_others_do_not_touch_a_review_but_administrators_remove_it(
    api: ApiClient, student_id: UUID, course: CourseSummary, published: Callable[..., list[Any]]
):
    url = f"{URL}{make_review(user_id=student_id, course_id=course.id)}/"
    stranger, admin = api.as_actor(reviewer(course.id)), api.as_actor(new_id(), roles=["admin"])

    assert stranger.patch(url, {"rating": 1}).status_code == 403
    assert stranger.delete(url).status_code == 403
    assert admin.patch(url, {"rating": 1}).status_code == 403
    assert admin.delete(url).status_code == 204
    assert admin.delete(url).status_code == 404
    assert len(published(ReviewRemoved)) == 1


def test_who_removed_their_review_may_write_another(
    student: ApiClient, student_id: UUID, course: CourseSummary
):
    student.delete(f"{URL}{make_review(user_id=student_id, course_id=course.id)}/")

    assert student.post(URL, {"course_id": str(course.id), "rating": 2}).status_code == 201


def test_the_storefronts_rating_follows_the_reviews(
    student: ApiClient, student_id: UUID, course: CourseSummary, deliver_events: Callable[[], int]
):
    review_id = make_review(user_id=student_id, course_id=course.id, rating=5)
    make_review(user_id=reviewer(course.id), course_id=course.id, rating=4)
    deliver_events()
    assert rating_of(course.id) == (Decimal("4.50"), 2)

    student.patch(f"{URL}{review_id}/", {"rating": 1})
    deliver_events()
    assert rating_of(course.id) == (Decimal("2.50"), 2)

    student.delete(f"{URL}{review_id}/")
    deliver_events()
    assert rating_of(course.id) == (Decimal("4.00"), 1)


def test_reviews_told_of_in_parallel_all_count(
    in_parallel: Callable[..., list[Any]], paid_course: CourseSummary
):
    for rating in (1, 2, 3, 4, 5, 5):
        make_review(user_id=reviewer(paid_course.id), course_id=paid_course.id, rating=rating)

    in_parallel(lambda _: deliver_due(), *range(4))
    deliver_due()

    assert rating_of(paid_course.id) == (Decimal("3.33"), 6)


def test_an_older_count_is_never_written_over_a_newer_one(
    monkeypatch: pytest.MonkeyPatch, transactional_db: None, paid_course: CourseSummary
):
    make_review(user_id=reviewer(paid_course.id), course_id=paid_course.id, rating=1)
    has_counted, may_write = threading.Event(), threading.Event()
    count = tallies.rating_totals

    def count_slowly(*, course_id: UUID) -> tuple[int, int]:
        totals = count(course_id=course_id)
        if not has_counted.is_set():
            has_counted.set()
            assert may_write.wait(30)
        return totals

    monkeypatch.setattr(tallies, "rating_totals", count_slowly)

    def refresh() -> None:
        try:
            refresh_course_rating(course_id=paid_course.id)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(refresh)
        assert has_counted.wait(30)
        make_review(user_id=reviewer(paid_course.id), course_id=paid_course.id, rating=5)
        quick = pool.submit(refresh)
        threading.Timer(0.5, may_write.set).start()  # by then the quick one has written, or waits its turn
        slow.result(timeout=30)
        quick.result(timeout=30)

    assert rating_of(paid_course.id) == (Decimal("3.00"), 2)


def test_a_review_changed_on_a_server_whose_clock_is_behind_is_still_the_later_one(
    student: ApiClient, student_id: UUID, course: CourseSummary, published: Callable[..., list[Any]]
):
    from datetime import timedelta

    posted_at = now() + timedelta(hours=1)
    review_id = make_review(user_id=student_id, course_id=course.id, rating=5, now=posted_at)

    student.patch(f"{URL}{review_id}/", {"rating": 1})

    (event,) = published(ReviewChanged)
    assert event.changed_at > posted_at


def test_a_courses_reviews_read_an_index(course: CourseSummary):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(
            "EXPLAIN SELECT * FROM skillwise_learning_review WHERE course_id = %s"
            " ORDER BY created_at DESC, id DESC LIMIT 21",
            [course.id],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "learning_review_of_course" in plan
    assert "Sort" not in plan


def _owner(course: CourseSummary) -> Actor:
    return Actor(id=course.owner_id, roles=frozenset({"instructor"}), is_verified=True)
