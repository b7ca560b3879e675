"""What a paid intent means for the Checkout Session that it belongs to."""

from . import events
from .store import Body
from .work import Work


def complete(work: Work, intent: Body) -> None:
    """Close the session behind a paid intent, if there is one: it is complete and paid."""
    for found in work.store.select("checkout.session", where={"payment_intent": intent["id"]}, limit=1):
        session = found.body | {"status": "complete", "payment_status": "paid", "url": None}
        work.store.save(session)
        events.record(work, "checkout.session.completed", session)
