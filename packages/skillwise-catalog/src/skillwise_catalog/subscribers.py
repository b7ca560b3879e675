"""What catalog does about its own facts."""

from skillwise_identity.events import UserRenamed
from skillwise_kernel.events import DomainEvent
from skillwise_kernel.outbox import EventContext, subscriber

from skillwise_catalog.events import CourseChanged, CoursePublished, CourseUnpublished
from skillwise_catalog.services.freshness import make_sure_of_freshness
from skillwise_catalog.services.projection import rename_instructor


@subscriber("catalog.refresh_storefront", CoursePublished, CourseChanged, CourseUnpublished)
def refresh_storefront(event: DomainEvent, context: EventContext) -> None:
    """Once more what the change's own commit did already, unless the cache was down at that moment: then this
    is what does it, and the outbox tries until it is done.
    """
    make_sure_of_freshness()


@subscriber("catalog.rename_instructor", UserRenamed)
def rename(event: UserRenamed, context: EventContext) -> None:
    """Editions say their instructors' names, so that lists need not ask for them."""
    rename_instructor(user_id=event.user_id)
