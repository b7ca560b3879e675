"""Enrolments, progress and reviews, and the dashboards."""

from skillwise_kernel.ids import new_id

from security.asking.registry import Request, ask, plain, with_body
from security.world import World

plain("GET /api/v1/enrollments/", "GET /api/v1/progress/")
with_body("POST /api/v1/enrollments/ : free course", lambda world: {"course_id": str(world.free_course.id)})


@ask("POST /api/v1/enrollments/ : paid course")
def enrol_in_a_paid_course(world: World, who: str) -> Request:
    assert world.order_id, "the student has bought it, and is enrolled"
    return {"json": {"course_id": str(world.course.id)}}


plain("GET /api/v1/enrollments/{enrollment_id}/", enrollment_id=lambda world: world.enrollment_id)
plain(
    "GET /api/v1/enrollments/{enrollment_id}/lessons/{lesson_id}/",
    enrollment_id=lambda world: world.enrollment_id,
    lesson_id=lambda world: world.first_lesson(world.course.id, preview=False),
)


ATTEMPTS = "/api/v1/enrollments/{enrollment_id}/lessons/{lesson_id}/attempts/"
AT_THE_QUIZ = {
    "enrollment_id": lambda world: world.enrollment_id,
    "lesson_id": lambda world: world.quiz_id,
}
with_body(f"POST {ATTEMPTS}", lambda world: {"id": str(new_id()), "answers": {}}, **AT_THE_QUIZ)
plain(f"GET {ATTEMPTS}", **AT_THE_QUIZ)
plain(f"GET {ATTEMPTS}{{attempt_id}}/", attempt_id=lambda world: world.attempt_id, **AT_THE_QUIZ)


@ask("POST /api/v1/progress/")
def complete_a_lesson(world: World, who: str) -> Request:
    assert world.order_id
    lesson_id = world.first_lesson(world.course.id, preview=False)
    return {"json": {"lesson_id": str(lesson_id), "completed": True}}


ask("GET /api/v1/reviews/")(lambda world, who: {"params": {"course_id": str(world.course.id)}})


@ask("POST /api/v1/reviews/")
def review(world: World, who: str) -> Request:
    assert world.order_id
    return {"json": {"course_id": str(world.course.id), "rating": 5, "text": "Good."}}


plain(
    "GET /api/v1/reviews/{review_id}/",
    "DELETE /api/v1/reviews/{review_id}/",
    review_id=lambda world: world.review_id,
)
with_body(
    "PATCH /api/v1/reviews/{review_id}/",
    lambda world: {"rating": 3},
    review_id=lambda world: world.review_id,
)


# Dashboards

plain("GET /api/v1/instructors/dashboard/", "GET /api/v1/admin/analytics/")
