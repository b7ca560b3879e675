"""The figures come out the same in whatever order, and however often, events are heard of."""

from uuid import UUID

import pytest
from insights_test_histories import dice, expected_figures, random_history
from skillwise_insights.services.projection import PROJECTED_EVENTS, project, take_in
from skillwise_insights.testing import Figures, read_figures
from skillwise_kernel.events import DomainEvent
from skillwise_kernel.ids import new_id

pytestmark = pytest.mark.django_db


def identified(history: list[DomainEvent]) -> list[tuple[UUID, DomainEvent]]:
    """As the outbox identifies events: later ones have greater ids."""
    return [(new_id(), event) for event in history]


@pytest.mark.parametrize("seed", range(8))
def test_any_order_of_delivery_comes_to_what_happened(seed: int):
    history = random_history(seed)
    deliveries = identified(history)
    dice(seed).shuffle(deliveries)

    for event_id, event in deliveries:
        take_in(event, event_id=event_id)

    assert read_figures() == expected_figures(history)


def test_a_history_delivered_twice_counts_once():
    history = random_history(1)
    deliveries = identified(history) * 2
    dice(1).shuffle(deliveries)

    for event_id, event in deliveries:
        take_in(event, event_id=event_id)

    assert read_figures() == expected_figures(history)


def test_every_event_that_is_subscribed_to_changes_the_figures():
    history = random_history(3, length=300)
    seen: set[type[DomainEvent]] = set()
    before = Figures()

    for event_id, event in identified(history):
        project(event, event_id=event_id)
        after = read_figures()
        if after != before:
            seen.add(type(event))
        before = after

    assert seen == set(PROJECTED_EVENTS)
