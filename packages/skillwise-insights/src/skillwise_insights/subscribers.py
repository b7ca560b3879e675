"""Insights takes in everything that it has figures of."""

from skillwise_kernel.events import DomainEvent
from skillwise_kernel.outbox import EventContext, subscriber

from skillwise_insights.services.projection import PROJECTED_EVENTS, take_in

__all__ = ["project_figures"]


@subscriber("insights.project_figures", *PROJECTED_EVENTS)
def project_figures(event: DomainEvent, context: EventContext) -> None:
    """Each event changes the figures once, in whatever order events arrive."""
    take_in(event, event_id=context.event_id)
