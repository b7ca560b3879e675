"""What commerce asks of a payment provider. A third provider is one more module beside `stripe.py`, and a
line in `__init__`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from skillwise_kernel.money import Money

from skillwise_commerce.domain.payments import ProviderPayment

__all__ = ["PaymentGateway", "PaymentRequest", "WebhookNotice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """What an order asks to be paid. Two requests with the same `order_id` and `attempt` are one payment,
    however often made.
    """

    order_id: UUID
    attempt: int
    total: Money
    customer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookNotice:
    """A genuine webhook: its id and kind at the provider, and the payment that it is about (empty when it
    is about none).
    """

    event_id: str
    kind: str
    payment_id: str


class PaymentGateway(Protocol):
    """One provider. Every method but `parse_webhook` talks to it over the network: call none with a
    transaction open that others wait for.

    All raise `ProviderUnavailableError` when the provider does not answer, or not sensibly: nothing is then
    known.
    """

    def create_customer(self, *, user_id: UUID, replacing: str = "") -> str:
        """The provider's id for this person; `replacing` one that it lost.

        The same when asked again soon, as far as the provider manages: it may make two, and the caller
        decides which of them counts.
        """

    def start(self, request: PaymentRequest) -> ProviderPayment:
        """Begin a payment, or find the one that the same request began before.

        Raises `PaymentDeclinedError`, `PaymentNotAcceptedError`: the provider answered, and the answer is no;
        `CustomerNotFoundError`.
        """

    def fetch(self, payment_id: str) -> ProviderPayment:
        """The payment as it is now. Raises `PaymentNotFoundError`."""

    def cancel(self, payment_id: str) -> ProviderPayment:
        """Make the payment impossible if that still can be; answers what it is afterwards. Raises
        `PaymentNotFoundError`.
        """

    def hand_over(self, payment: ProviderPayment, *, customer_id: str) -> dict[str, str]:
        """What the buyer's app needs to let them pay, as the provider's mobile library names it.

        Raises `CustomerNotFoundError`.
        """

    def parse_webhook(self, *, body: bytes, headers: Mapping[str, str]) -> WebhookNotice:
        """Raises `WebhookSignatureInvalidError` for a body that is not proven to be the provider's and
        recent, `WebhookInvalidError`.
        """
