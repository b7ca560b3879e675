"""What commerce asks of a payment provider. A third provider is one more folder beside this module."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal, Protocol, Self
from uuid import UUID

from skillwise_kernel.money import Money

from skillwise_commerce.domain.payments import (
    ProviderDispute,
    ProviderFee,
    ProviderPayment,
    ProviderRecord,
    ProviderRefund,
)

__all__ = [
    "KEYS_LAST",
    "PaymentGateway",
    "PaymentRequest",
    "RefundRequest",
    "Subject",
    "WebhookForm",
    "WebhookNotice",
]

#: For how long every provider remembers an idempotency key, with room to spare: Stripe does for a day.
KEYS_LAST: Final = timedelta(hours=12)

#: What a webhook may be about; empty when it is nothing that we act on.
Subject = Literal["", "payment", "refund", "dispute", "account", "transfer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """What an order asks to be paid. Two requests with the same `order_id` and `attempt` are one payment,
    however often made.

    `lines` are what a page on the web shows: titles and totals, which sum to `total`. `on_web`: the buyer
    pays on a page of the provider, which leads back to `return_url`.
    """

    order_id: UUID
    attempt: int
    total: Money
    customer_id: str
    lines: tuple[tuple[str, Money], ...] = ()
    on_web: bool = False
    return_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    """Give back `amount` of a payment. Two requests with the same `refund_id` and `attempt` are one refund,
    however often made.
    """

    refund_id: UUID
    attempt: int
    payment_id: str
    amount: Money
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookNotice:
    """A genuine webhook: its id and kind at the provider, and what it is about: the provider's id of a
    payment, a refund … (both empty when it is nothing that we act on).
    """

    event_id: str
    kind: str
    subject: Subject
    subject_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookForm:
    """How a provider's webhooks look, for the API's document. `header` is the one that carries the signature,
    where it is not in the body.
    """

    sender: str
    media_type: str
    example: Mapping[str, Any]
    header: str = ""
    header_description: str = ""


class PaymentGateway(Protocol):
    """One provider. Every method but `parse_webhook` talks to it over the network: call none with a
    transaction open that others wait for.

    All raise `ProviderUnavailableError` when the provider does not answer, or not sensibly: nothing is then
    known.
    """

    provider: ClassVar[str]
    webhook_form: ClassVar[WebhookForm]

    @classmethod
    def from_settings(cls) -> Self:
        """As `SKILLWISE_COMMERCE` says. Raises `ProviderNotOfferedError` where that names no account."""

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

    def refund(self, request: RefundRequest) -> ProviderRefund:
        """Begin a refund, or find the one that the same request began before.

        Raises `RefundRefusedError` (`provider_code` is the provider's reason): more than is left, say;
        `PaymentNotFoundError`.
        """

    def fetch_refund(self, refund_id: str) -> ProviderRefund:
        """The refund as it is now. Raises `RefundNotFoundError`."""

    def refunds_of(self, payment_id: str) -> list[ProviderRefund]:
        """Every refund of a payment, whoever made it, the oldest first. Raises `PaymentNotFoundError`."""

    def fetch_dispute(self, dispute_id: str) -> ProviderDispute:
        """The dispute as it is now. Raises `DisputeNotFoundError`, also where the provider has none."""

    def fee_of(self, payment_id: str) -> ProviderFee | None:
        """What the provider kept of a payment; None while it does not know. Raises `PaymentNotFoundError`."""

    def list_since(self, since: datetime) -> Iterator[ProviderRecord]:
        """Every payment, refund, dispute and transfer made at the provider since, whoever made it."""

    def hand_over(self, payment: ProviderPayment, request: PaymentRequest) -> dict[str, str]:
        """What the buyer's app needs to let them pay, as the provider's mobile library names it. `request` is
        what the payment was started with.

        Raises `CustomerNotFoundError`, `PaymentNotAcceptedError`.
        """

    def parse_webhook(self, *, body: bytes, headers: Mapping[str, str]) -> WebhookNotice:
        """Raises `WebhookSignatureInvalidError` for a body that is not proven to be the provider's and
        recent, `WebhookInvalidError`.
        """
