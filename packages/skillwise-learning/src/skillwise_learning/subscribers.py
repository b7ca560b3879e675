"""What learning does when something happened."""

from skillwise_commerce.events import EntitlementsGranted, OrderPaid
from skillwise_kernel.outbox import EventContext, subscriber

from skillwise_learning.events import Enrolled, ReviewChanged, ReviewPosted, ReviewRemoved
from skillwise_learning.services.enrollments import enroll_buyer, welcome_buyer
from skillwise_learning.services.tallies import refresh_course_rating, refresh_enrollment_count

__all__ = ["count_enrollments", "enroll_buyers", "rate_courses", "welcome_buyers"]


@subscriber("learning.enroll_buyers", EntitlementsGranted)
def enroll_buyers(event: EntitlementsGranted, context: EventContext) -> None:
    """Who paid is enrolled, as of the moment of payment, without any further call."""
    enroll_buyer(
        user_id=event.user_id,
        course_ids=list(event.course_ids),
        order_id=event.order_id,
        now=event.granted_at,
    )


@subscriber("learning.welcome_buyers", OrderPaid)
def welcome_buyers(event: OrderPaid, context: EventContext) -> None:
    """Who paid is told where to begin. Apart from enrolling: a mail in trouble keeps nobody out."""
    if event.is_gift or event.total.is_zero:
        return
    welcome_buyer(
        user_id=event.buyer_id,
        course_ids=[line.course_id for line in event.lines],
        order_id=event.order_id,
    )


@subscriber("learning.rate_courses", ReviewPosted, ReviewChanged, ReviewRemoved)
def rate_courses(event: ReviewPosted | ReviewChanged | ReviewRemoved, context: EventContext) -> None:
    """A course's rating in the lists follows its reviews."""
    refresh_course_rating(course_id=event.course_id)


@subscriber("learning.count_enrollments", Enrolled)
def count_enrollments(event: Enrolled, context: EventContext) -> None:
    """The number of learners in the lists follows the enrolments."""
    refresh_enrollment_count(course_id=event.course_id)
