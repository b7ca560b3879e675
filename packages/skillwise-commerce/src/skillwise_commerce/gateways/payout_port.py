"""What commerce asks of a provider that pays instructors."""

from dataclasses import dataclass
from typing import ClassVar, Protocol
from uuid import UUID

from skillwise_kernel.money import Money

from skillwise_commerce.domain.payments import ProviderTransfer

__all__ = ["PayoutGateway", "ProviderAccount", "TransferRequest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAccount:
    """An instructor's account at the provider. `can_be_paid`: the provider sends money there."""

    provider: str
    id: str
    can_be_paid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRequest:
    """Send `amount` to an account. Two requests with the same `payout_id` and `attempt` are one transfer,
    however often made.
    """

    payout_id: UUID
    attempt: int
    account_id: str
    amount: Money


class PayoutGateway(Protocol):
    """One provider. Every method talks to it over the network: call none with a transaction open that others
    wait for. All raise `ProviderUnavailableError` when the provider does not answer, or not sensibly.
    """

    provider: ClassVar[str]

    def create_account(self, *, seller_id: UUID) -> ProviderAccount:
        """An account for this person; the same when asked again soon, as far as the provider manages."""

    def fetch_account(self, account_id: str) -> ProviderAccount:
        """The account as it is now. Raises `PayoutAccountNotFoundError`."""

    def onboarding_link(self, account_id: str, *, return_url: str) -> str:
        """The address of a page, good once and for minutes, where its owner tells the provider who they are
        and where money is to go. Raises `PayoutAccountNotFoundError`.
        """

    def transfer(self, request: TransferRequest) -> ProviderTransfer:
        """Send the money, or find the transfer that the same request made before.

        Raises `PayoutRefusedError` (`provider_code` is the provider's reason).
        """

    def transfers_of(self, payout_id: UUID) -> list[ProviderTransfer]:
        """Every transfer that was made for a payout."""

    def fetch_transfer(self, transfer_id: str) -> ProviderTransfer:
        """The transfer as it is now. Raises `TransferNotFoundError`."""
