"""What identity does on events: its own only, since it stands below every other context."""

from skillwise_kernel.clock import now
from skillwise_kernel.outbox import EventContext, subscriber

from skillwise_identity.events import MailTokenRequested
from skillwise_identity.services import mail_requests


@subscriber("identity.answer_mail_requests", MailTokenRequested)
def answer_mail_requests(event: MailTokenRequested, context: EventContext) -> None:
    mail_requests.answer_request(request_id=event.request_id, now=now())
