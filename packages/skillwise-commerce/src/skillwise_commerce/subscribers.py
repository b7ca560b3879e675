"""What commerce does about facts."""

from skillwise_kernel.clock import now
from skillwise_kernel.outbox import EventContext, subscriber

from skillwise_commerce.events import OrderPaid, OrderRefunded, PayoutPaid, ProviderEventStored
from skillwise_commerce.services.carts import remove_bought
from skillwise_commerce.services.gifts import mail_gifts
from skillwise_commerce.services.payouts.statements import mail_payout
from skillwise_commerce.services.receipts import mail_credit_note, mail_receipt
from skillwise_commerce.services.webhook_failures import keep_failure
from skillwise_commerce.services.webhooks import process_provider_event

__all__: list[str] = []


def keep_processing_failure(event: ProviderEventStored, context: EventContext, error: BaseException) -> None:
    """An operator finds the error with the webhook itself."""
    keep_failure(provider_event_id=event.provider_event_id, attempt=context.attempt, error=error)


@subscriber("commerce.process_provider_events", ProviderEventStored, on_failure=keep_processing_failure)
def process_provider_events(event: ProviderEventStored, context: EventContext) -> None:
    """Repeats are harmless, and so is any order of arrival: the provider is asked what is true now."""
    process_provider_event(provider_event_id=event.provider_event_id, now=now())


@subscriber("commerce.clear_carts", OrderPaid)
def clear_carts(event: OrderPaid, context: EventContext) -> None:
    """What was bought leaves the cart, on all devices."""
    remove_bought(order_id=event.order_id, now=now())


@subscriber("commerce.mail_gifts", OrderPaid)
def mail_gift_codes(event: OrderPaid, context: EventContext) -> None:
    """Who was given courses gets the codes. Apart from making the gifts: a mail in trouble undoes none."""
    if event.is_gift:
        mail_gifts(order_id=event.order_id)


@subscriber("commerce.send_receipts", OrderPaid)
def send_receipts(event: OrderPaid, context: EventContext) -> None:
    """Who paid gets a receipt. Apart from booking the payment: a mail in trouble keeps nobody out."""
    mail_receipt(order_id=event.order_id)


@subscriber("commerce.send_credit_notes", OrderRefunded)
def send_credit_notes(event: OrderRefunded, context: EventContext) -> None:
    """Who got money back gets the document of it."""
    mail_credit_note(refund_id=event.refund_id)


@subscriber("commerce.mail_payouts", PayoutPaid)
def mail_payouts(event: PayoutPaid, context: EventContext) -> None:
    """Who was paid out is told so, apart from booking it: a mail in trouble undoes nothing."""
    mail_payout(payout_id=event.payout_id)
