"""What learning does when something happened."""

from skillwise_commerce.events import (
    EntitlementsEnded,
    EntitlementsGranted,
    EntitlementsRestored,
    EntitlementsSuspended,
)
from skillwise_kernel.outbox import EventContext, subscriber

from skillwise_learning.events import (
    AccessEnded,
    AccessResumed,
    Enrolled,
    LessonCompleted,
    ReviewChanged,
    ReviewPosted,
    ReviewRemoved,
)
from skillwise_learning.services.access import end_access, follow_entitlements, tell_seen
from skillwise_learning.services.enrollments import enroll_buyer, welcome_buyer
from skillwise_learning.services.tallies import refresh_course_rating, refresh_enrollment_count

__all__ = [
    "count_enrollments",
    "end_entitled",
    "enroll_buyers",
    "rate_courses",
    "suspend_entitled",
    "tell_what_was_seen",
    "welcome_buyers",
]


@subscriber("learning.enroll_buyers", EntitlementsGranted)
def enroll_buyers(event: EntitlementsGranted, context: EventContext) -> None:
    """Who paid, or claimed a gift, is enrolled as of that moment, without any further call."""
    enroll_buyer(user_id=event.user_id, course_ids=list(event.course_ids), now=event.granted_at)


@subscriber("learning.welcome_buyers", EntitlementsGranted)
def welcome_buyers(event: EntitlementsGranted, context: EventContext) -> None:
    """Who paid, or claimed a gift, is told where to begin; who takes a free course is there already. Apart
    from enrolling: a mail in trouble keeps nobody out.
    """
    if event.how == "free":
        return
    welcome_buyer(user_id=event.user_id, course_ids=list(event.course_ids), order_id=event.order_id)


@subscriber("learning.end_access", EntitlementsEnded)
def end_entitled(event: EntitlementsEnded, context: EventContext) -> None:
    """Whose money went back learns no further, in these courses and no others."""
    end_access(user_id=event.user_id, course_ids=event.course_ids, ended_at=event.ended_at)


@subscriber("learning.suspend_access", EntitlementsSuspended, EntitlementsRestored)
def suspend_entitled(event: EntitlementsSuspended | EntitlementsRestored, context: EventContext) -> None:
    """Nobody learns while a dispute about the payment is open, and goes on when it is over."""
    follow_entitlements(user_id=event.user_id, course_ids=event.course_ids, now=context.occurred_at)


@subscriber("learning.tell_seen", EntitlementsGranted, LessonCompleted)
def tell_what_was_seen(event: EntitlementsGranted | LessonCompleted, context: EventContext) -> None:
    """Commerce knows how much of a course its buyer has seen, what they saw before buying it again too."""
    course_ids = event.course_ids if isinstance(event, EntitlementsGranted) else [event.course_id]
    tell_seen(user_id=event.user_id, course_ids=course_ids)


@subscriber("learning.rate_courses", ReviewPosted, ReviewChanged, ReviewRemoved)
def rate_courses(event: ReviewPosted | ReviewChanged | ReviewRemoved, context: EventContext) -> None:
    """A course's rating in the lists follows its reviews."""
    refresh_course_rating(course_id=event.course_id)


@subscriber("learning.count_enrollments", Enrolled, AccessEnded, AccessResumed)
def count_enrollments(event: Enrolled | AccessEnded | AccessResumed, context: EventContext) -> None:
    """The number of learners in the lists follows the enrolments."""
    refresh_enrollment_count(course_id=event.course_id)
