"""Use case 3: the student completes lessons, sees where to go on, and leaves a review."""

from typing import Any

from skillwise_host.tour.traveller import Traveller

__all__ = ["learn_and_review"]

STARS = 5
WATCHED = 42
"""Seconds of the second lesson, before the student puts the phone away."""

ALL = 100
"""Per cent."""

ROUNDING = 0.02
"""Averages are shown to two places."""


def learn_and_review(student: Traveller) -> None:
    course = student.facts["course"]
    lessons = [lesson["id"] for module in course["modules"] for lesson in module["lessons"]]
    read_a_lesson(student, lessons[0])
    progress_moves(student, lessons)
    review(student, course["id"])


def read_a_lesson(student: Traveller, lesson_id: str) -> None:
    content = student.get(f"/api/v1/enrollments/{student.facts['enrollment_id']}/lessons/{lesson_id}/")
    student.check("an enrolled student may open a lesson", shown=content["id"] == lesson_id)
    guest = student.anonymous()
    refused = guest.get(
        f"/api/v1/enrollments/{student.facts['enrollment_id']}/lessons/{lesson_id}/", expect=401
    )
    guest.check("a guest may not", shown=refused["code"] == "not_authenticated")


def progress_moves(student: Traveller, lessons: list[str]) -> None:
    first = student.post("/api/v1/progress/", json={"lesson_id": lessons[0], "completed": True}, expect=200)
    expected = 100 // len(lessons)
    student.check(f"1 of {len(lessons)} lessons is {expected} %", shown=first["percent"] == expected)
    student.check("the resume point is the second lesson", shown=first["resume"]["lesson_id"] == lessons[1])

    second = student.post(
        "/api/v1/progress/", json={"lesson_id": lessons[1], "position": WATCHED}, expect=200
    )
    student.check("in the middle of it, to the second", shown=second["resume"]["position"] == WATCHED)

    for lesson in lessons[1:]:
        done = student.post("/api/v1/progress/", json={"lesson_id": lesson, "completed": True}, expect=200)
    student.check("every lesson completed is 100 %", shown=done["percent"] == ALL)
    student.get("/api/v1/progress/", params={"course_id": student.facts["course"]["id"]})


def review(student: Traveller, course_id: str) -> None:
    before = student.get(f"/api/v1/courses/{course_id}/")["rating"]
    posted = student.post(
        "/api/v1/reviews/",
        json={"course_id": course_id, "rating": STARS, "text": "Clear, kind, and I kept going to the end."},
    )
    student.check("the review stands", shown=posted["rating"] == STARS)
    student.post("/api/v1/reviews/", json={"course_id": course_id, "rating": 1, "text": "Again"}, expect=409)

    def rating_changed() -> dict[str, Any] | None:
        after: dict[str, Any] = student.get(f"/api/v1/courses/{course_id}/", quiet=True)["rating"]
        return after if after["count"] == before["count"] + 1 else None

    after = student.wait_for(
        "the course's rating counts it (guests see that within a minute)", rating_changed
    )
    expected = ((before["average"] or 0) * before["count"] + STARS) / after["count"]
    student.check(f"and is {after['average']} now", shown=abs(after["average"] - expected) < ROUNDING)
