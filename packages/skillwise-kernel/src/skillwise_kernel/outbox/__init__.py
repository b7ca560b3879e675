"""The transactional outbox: facts are recorded with the change they tell of, and handed on at least once.

    publish(CoursePublished(course_id=course.id))             # in a service, inside its transaction

    @subscriber("learning.enroll_buyers", OrderPaid)           # in a context's subscribers.py
    def enroll_buyers(event: OrderPaid, context: EventContext) -> None: ...

The effects that a handler has in the database happen exactly once, as they are committed together with the
record of its delivery. Handlers run later, in another process, in any order, and again after a failure: an
effect outside the database needs a key of its own (`context.event_id` is one).
"""

from skillwise_kernel.outbox.delivery import deliver_due
from skillwise_kernel.outbox.log import LoggedEvent, read_log
from skillwise_kernel.outbox.publishing import OutsideTransactionError, publish
from skillwise_kernel.outbox.subscriptions import EventContext, UnknownSubscriberError, subscriber

__all__ = [
    "EventContext",
    "LoggedEvent",
    "OutsideTransactionError",
    "UnknownSubscriberError",
    "deliver_due",
    "publish",
    "read_log",
    "subscriber",
]
