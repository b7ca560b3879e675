"""Learning's refusals. The codes are a promise to clients."""

from typing import ClassVar

from skillwise_kernel.errors import ConflictError, ForbiddenError, NotFoundError, SkillWiseError

__all__ = [
    "AccessEndedError",
    "AccessSuspendedError",
    "AlreadyReviewedError",
    "AttemptDiffersError",
    "AttemptNotFoundError",
    "CourseNotFoundError",
    "EnrollmentNotFoundError",
    "LessonNotFoundError",
    "NotEnrolledError",
    "NotReviewAuthorError",
    "OwnCourseError",
    "PaymentRequiredError",
    "QuizNotPassedError",
    "ReviewNotFoundError",
]


class PaymentRequiredError(SkillWiseError):
    """The course has a price and no paid order covers it. `extra` carries the course's id and price."""

    status: ClassVar[int] = 402
    code = "learning.payment_required"
    title = "This course has to be paid for first."


class CourseNotFoundError(NotFoundError):
    code = "learning.course_not_found"
    title = "There is no such course."


class EnrollmentNotFoundError(NotFoundError):
    code = "learning.enrollment_not_found"
    title = "There is no such enrolment."


class LessonNotFoundError(NotFoundError):
    """No such lesson, or none in a course that the person is enrolled in."""

    code = "learning.lesson_not_found"
    title = "There is no such lesson among your courses."


class AttemptNotFoundError(NotFoundError):
    code = "learning.attempt_not_found"
    title = "There is no such attempt."


class ReviewNotFoundError(NotFoundError):
    code = "learning.review_not_found"
    title = "There is no such review."


class OwnCourseError(ConflictError):
    code = "learning.own_course"
    title = "Instructors do not enrol in their own courses."


class AlreadyReviewedError(ConflictError):
    """`extra` carries the id of the review that is there."""

    code = "learning.already_reviewed"
    title = "You have reviewed this course already; edit that review instead."


class AttemptDiffersError(ConflictError):
    code = "learning.attempt_differs"
    title = "There is an attempt with this id already, with other answers."


class QuizNotPassedError(ConflictError):
    """Attempts complete a quiz. Whether it is passed is not for the app to say."""

    code = "learning.quiz_not_passed"
    title = "A quiz is completed by passing it."


class NotEnrolledError(ForbiddenError):
    code = "learning.not_enrolled"
    title = "Only people enrolled in the course may do this."


class AccessEndedError(ForbiddenError):
    """What the course was taken with was refunded. Who buys it again goes on where they were."""

    code = "learning.access_ended"
    title = "You may no longer take this course."


class AccessSuspendedError(ForbiddenError):
    """A dispute about its payment is open."""

    code = "learning.access_suspended"
    title = "You may not take this course for the time being."


class NotReviewAuthorError(ForbiddenError):
    code = "learning.not_review_author"
    title = "Only the author may change a review."
