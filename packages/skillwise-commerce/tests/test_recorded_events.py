"""Events as Stripe once sent them, signed anew: every kind goes through, shuffled and doubled."""

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from skillwise_commerce.models import LedgerEntry, Order, Payment, ProviderEvent
from stand_in import StandIn

FOLDER = Path(
    os.environ.get(
        "STRIPE_EVENTS", Path(__file__).parents[3].parent / "shared" / "data" / "stripe" / "events"
    )
)
RECORDED = sorted(FOLDER.glob("*.json"))


@pytest.mark.skipif(not RECORDED, reason=f"no recorded events of Stripe in {FOLDER}")
@pytest.mark.django_db
def test_recorded_events_of_every_kind_are_taken_and_book_nothing(
    stripe: StandIn,
    post_event: Callable[..., HttpResponse],
    deliver_events: Callable[..., int],
) -> None:
    bodies = [path.read_text() for path in RECORDED] * 2
    random.shuffle(bodies)

    for body in bodies:
        response = post_event(body)
        assert response.status_code == 200, (response.content, body[:200])
    deliver_events()

    events: list[dict[str, Any]] = [json.loads(body) for body in bodies]
    assert ProviderEvent.objects.count() == len({event["id"] for event in events})
    assert set(ProviderEvent.objects.values_list("outcome", flat=True)) <= {"ignored", "unknown_payment"}
    assert not any(model.objects.exists() for model in (Order, Payment, LedgerEntry))
