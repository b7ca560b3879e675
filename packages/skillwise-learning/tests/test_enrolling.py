"""Getting into courses: freely, by paying, and not at all."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from skillwise_catalog.dto import CourseSummary
from skillwise_catalog.services.courses import change_course
from skillwise_catalog.services.lifecycle import unpublish_course
from skillwise_catalog.testing import make_course, outline_of, publish_working_copy
from skillwise_commerce.errors import AlreadyOwnedError
from skillwise_commerce.events import EntitlementsGranted, OrderPaid
from skillwise_commerce.testing import make_order, make_paid_order
from skillwise_identity.testing import make_user, sent_mails
from skillwise_kernel.actor import Actor
from skillwise_kernel.clock import now
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money
from skillwise_kernel.testing.client import ApiClient
from skillwise_learning.events import Enrolled
from skillwise_learning.models import Enrollment
from skillwise_learning.services.enrollments import enroll_buyer, welcome_buyer
from skillwise_learning.testing import complete_lessons, make_enrollment

URL = "/api/v1/enrollments/"
FREE = Money(0, "USD")

pytestmark = pytest.mark.django_db


def test_a_free_course_is_open_to_anybody_verified(
    student: ApiClient,
    student_id: UUID,
    free_course: CourseSummary,
    published: Callable[..., list[Any]],
):
    response = student.post(URL, {"course_id": str(free_course.id)})

    assert response.status_code == 201
    answer = student.json(response)
    assert answer["course"] == {
        "id": str(free_course.id),
        "slug": free_course.slug,
        "title": "Sourdough from scratch",
    }
    assert (answer["percent"], answer["completed_at"]) == (0, None)
    (event,) = published(Enrolled)
    assert (event.user_id, event.course_id, str(event.order_id)) == (
        student_id,
        free_course.id,
        answer["order_id"],
    )


def test_who_enrolled_while_a_course_was_free_is_never_asked_to_pay_for_it(
    student: ApiClient, student_id: UUID, free_course: CourseSummary
):
    student.post(URL, {"course_id": str(free_course.id)})
    change_course(
        actor=_owner(free_course), course_id=free_course.id, changes={"price": Money(4999, "USD")}, now=now()
    )
    publish_working_copy(free_course.id)

    with pytest.raises(AlreadyOwnedError):
        make_order(buyer_id=student_id, course_ids=[free_course.id], now=now())


def test_enrolling_again_answers_the_enrolment_that_is_there(
    student: ApiClient, free_course: CourseSummary, published: Callable[..., list[Any]]
):
    first = student.post(URL, {"course_id": str(free_course.id)})
    second = student.post(URL, {"course_id": str(free_course.id)})

    assert (first.status_code, second.status_code) == (201, 200)
    assert student.json(first) == student.json(second)
    assert len(published(Enrolled)) == 1


def test_parallel_enrolments_make_one(
    in_parallel: Callable[..., list[Any]],
    student: ApiClient,
    student_id: UUID,
    free_course: CourseSummary,
    published: Callable[..., list[Any]],
):
    responses = in_parallel(
        lambda _: student.as_actor(student_id).post(URL, {"course_id": str(free_course.id)}),
        *range(8),
        before_writing="skillwise_learning_enrollment",
    )

    assert sorted(response.status_code for response in responses) == [200] * 7 + [201]
    assert len({student.json(response)["id"] for response in responses}) == 1
    assert Enrollment.objects.count() == len(published(Enrolled)) == 1


def test_a_retried_request_is_answered_byte_for_byte(student: ApiClient, free_course: CourseSummary):
    key = {"Idempotency-Key": str(new_id())}
    first = student.post(URL, {"course_id": str(free_course.id)}, headers=key)
    second = student.post(URL, {"course_id": str(free_course.id)}, headers=key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second["Idempotent-Replayed"] == "true"


def test_a_course_with_a_price_takes_payment_first(student: ApiClient, paid_course: CourseSummary):
    response = student.post(URL, {"course_id": str(paid_course.id)})

    assert response.status_code == 402
    problem = student.json(response)
    assert problem["code"] == "learning.payment_required"
    assert problem["course_id"] == str(paid_course.id)
    assert problem["price"] == {"amount": 4999, "currency": "USD"}
    assert not Enrollment.objects.exists()


def test_who_has_paid_is_enrolled_without_a_further_call(
    student: ApiClient,
    student_id: UUID,
    paid_course: CourseSummary,
    deliver_events: Callable[[], int],
):
    order_id = make_paid_order(buyer_id=student_id, course_ids=[paid_course.id], now=now())
    deliver_events()

    (enrolled,) = student.json(student.get(URL))["results"]

    assert (enrolled["course"]["id"], enrolled["order_id"]) == (str(paid_course.id), str(order_id))


def test_an_order_enrols_in_every_course_of_it_and_says_so_once(
    student_id: UUID, deliver_events: Callable[[], int], published: Callable[..., list[Any]]
):
    courses = [make_course(title=f"Course {number}") for number in range(3)]
    order_id = make_paid_order(buyer_id=student_id, course_ids=[course.id for course in courses], now=now())
    deliver_events()
    (paid,) = published(OrderPaid)

    again = [line.course_id for line in paid.lines]
    enroll_buyer(user_id=student_id, course_ids=again, now=paid.paid_at)
    welcome_buyer(user_id=student_id, course_ids=again, order_id=order_id)

    assert {row.course_id for row in Enrollment.objects.all()} == {course.id for course in courses}
    assert len(published(Enrolled)) == 3
    welcomes = [mail for mail in sent_mails() if mail.subject == "You are enrolled"]
    assert len(welcomes) == 1
    assert all(f"Course {number}" in welcomes[0].body for number in range(3))


def test_what_was_paid_for_is_given_though_it_was_unpublished_meanwhile(
    student_id: UUID, paid_course: CourseSummary, deliver_events: Callable[[], int]
):
    make_paid_order(buyer_id=student_id, course_ids=[paid_course.id], now=now())
    unpublish_course(actor=_owner(paid_course), course_id=paid_course.id, now=now())

    deliver_events()

    assert Enrollment.objects.filter(user_id=student_id, course_id=paid_course.id).exists()


def test_a_buyer_who_is_quicker_than_the_event_gets_in_and_the_order_is_noted_later(
    student: ApiClient, student_id: UUID, paid_course: CourseSummary, deliver_events: Callable[[], int]
):
    order_id = make_paid_order(buyer_id=student_id, course_ids=[paid_course.id], now=now())

    response = student.post(URL, {"course_id": str(paid_course.id)})
    deliver_events()

    assert response.status_code == 201
    assert Enrollment.objects.get().order_id == order_id


@pytest.mark.parametrize("published_course", [True, False])
def test_what_cannot_be_seen_cannot_be_enrolled_in(student: ApiClient, published_course: bool):
    course_id = new_id() if published_course else make_course(published=False, price=FREE).id

    response = student.post(URL, {"course_id": str(course_id)})

    assert response.status_code == 404
    assert student.json(response)["code"] == "learning.course_not_found"


def test_nobody_enrols_in_their_own_course(student: ApiClient, student_id: UUID):
    course = make_course(owner_id=student_id, price=FREE)

    response = student.post(URL, {"course_id": str(course.id)})

    assert response.status_code == 409
    assert student.json(response)["code"] == "learning.own_course"


def test_guests_and_the_unverified_stay_outside(api: ApiClient, free_course: CourseSummary):
    body = {"course_id": str(free_course.id)}

    assert api.post(URL, body).status_code == 401
    unverified = api.as_actor(new_id(), verified=False).post(URL, body)
    assert unverified.status_code == 403
    assert api.json(unverified)["code"] == "email_not_verified"


def test_the_body_must_name_a_course(student: ApiClient):
    response = student.post(URL, {"course_id": "bread"})

    assert response.status_code == 400
    assert student.json(response)["errors"][0]["pointer"] == "/course_id"


def test_the_list_is_ones_own_latest_first_and_pages(student: ApiClient, student_id: UUID):
    courses = [make_course(price=FREE, title=f"Course {number}") for number in range(3)]
    for course in courses:
        make_enrollment(user_id=student_id, course_id=course.id)
    make_enrollment(user_id=new_id(), course_id=courses[0].id)

    first = student.json(student.get(URL, {"page_size": 2}))
    second = student.json(student.get(first["next"]))

    titles = [one["course"]["title"] for one in first["results"] + second["results"]]
    assert titles == ["Course 2", "Course 1", "Course 0"]
    assert second["next"] is None


@pytest.mark.parametrize("number", [1, 6])
def test_the_list_takes_as_many_queries_for_one_as_for_many(
    student: ApiClient, student_id: UUID, number: int, django_assert_num_queries: Any
):
    for _ in range(number):
        make_enrollment(user_id=student_id, course_id=make_course(price=FREE).id)

    with django_assert_num_queries(4):
        response = student.get(URL)

    assert len(student.json(response)["results"]) == number


def test_a_free_course_brings_no_mail(
    student: ApiClient, free_course: CourseSummary, deliver_events: Callable[[], int]
):
    student.post(URL, {"course_id": str(free_course.id)})
    deliver_events()

    assert sent_mails() == []


def test_parallel_enrolments_in_a_free_course_write_one_order(
    in_parallel: Callable[..., list[Any]],
    student: ApiClient,
    student_id: UUID,
    free_course: CourseSummary,
    published: Callable[..., list[Any]],
):
    in_parallel(
        lambda _: student.as_actor(student_id).post(URL, {"course_id": str(free_course.id)}),
        *range(8),
        before_writing="skillwise_commerce_order",
    )

    (paid,) = published(OrderPaid)
    (granted,) = published(EntitlementsGranted)
    (enrolled,) = student.json(student.get(URL))["results"]
    assert str(paid.order_id) == str(granted.order_id) == enrolled["order_id"]


def test_an_enrolment_shows_the_outline_and_how_far_one_is(
    student: ApiClient, student_id: UUID, free_course: CourseSummary
):
    enrollment_id = make_enrollment(user_id=student_id, course_id=free_course.id)
    first, second, _ = outline_of(free_course.id).lessons
    complete_lessons(user_id=student_id, lesson_ids=[first.id])

    answer = student.json(student.get(f"{URL}{enrollment_id}/"))

    (module,) = answer["modules"]
    assert [lesson["is_completed"] for lesson in module["lessons"]] == [True, False, False]
    assert (answer["percent"], answer["completed_lessons"], answer["total_lessons"]) == (33, 1, 3)
    assert answer["resume"] == {"lesson_id": str(second.id), "position": 0}


def test_an_enrolment_that_has_not_changed_is_not_sent_again(
    student: ApiClient, student_id: UUID, free_course: CourseSummary
):
    url = f"{URL}{make_enrollment(user_id=student_id, course_id=free_course.id)}/"
    tag = student.get(url)["ETag"]

    assert student.get(url, headers={"If-None-Match": tag}).status_code == 304

    complete_lessons(user_id=student_id, lesson_ids=[outline_of(free_course.id).lessons[0].id])
    assert student.get(url, headers={"If-None-Match": tag}).status_code == 200


def test_others_enrolments_are_not_there(api: ApiClient, student_id: UUID, free_course: CourseSummary):
    enrollment_id = make_enrollment(user_id=student_id, course_id=free_course.id)
    stranger = api.as_actor(make_user().id)

    for unknown in (enrollment_id, new_id()):
        response = stranger.get(f"{URL}{unknown}/")
        assert response.status_code == 404
        assert api.json(response)["code"] == "learning.enrollment_not_found"


def test_the_storefront_counts_those_enrolled(free_course: CourseSummary, deliver_events: Callable[[], int]):
    from skillwise_catalog.models import Edition

    for _ in range(3):
        make_enrollment(user_id=new_id(), course_id=free_course.id)

    deliver_events()

    assert Edition.objects.get(course_id=free_course.id).enrollment_count == 3


def _owner(course: CourseSummary) -> Actor:
    return Actor(id=course.owner_id, roles=frozenset({"instructor"}), is_verified=True)
