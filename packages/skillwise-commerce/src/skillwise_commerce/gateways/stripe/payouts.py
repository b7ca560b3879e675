"""Connect: instructors' accounts, and transfers to them."""

from typing import ClassVar, Final, Self
from uuid import UUID

import stripe
from django.conf import settings

from skillwise_commerce.domain.payments import ProviderTransfer
from skillwise_commerce.errors import (
    PaymentNotAcceptedError,
    PaymentNotFoundError,
    PayoutAccountNotFoundError,
    PayoutRefusedError,
    ProviderUnavailableError,
    TransferNotFoundError,
)
from skillwise_commerce.gateways.payout_port import ProviderAccount, TransferRequest
from skillwise_commerce.gateways.stripe.client import client
from skillwise_commerce.gateways.stripe.objects import PROVIDER, transfer_from
from skillwise_commerce.gateways.stripe.refusals import our_errors

__all__ = ["StripePayouts"]

_PAGE: Final = 100


class StripePayouts:
    """Implements `PayoutGateway`."""

    provider: ClassVar[str] = PROVIDER

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client

    @classmethod
    def from_settings(cls) -> Self:
        configured = settings.SKILLWISE_COMMERCE
        return cls(client(configured["STRIPE_SECRET_KEY"], configured["STRIPE_API_BASE"]))

    def create_account(self, *, seller_id: UUID) -> ProviderAccount:
        with our_errors():
            account = self._client.v1.accounts.create(
                {
                    "type": "express",
                    "capabilities": {"transfers": {"requested": True}},
                    "metadata": {"user_id": str(seller_id)},
                },
                {"idempotency_key": f"skillwise:account:{seller_id}"},
            )
        return _account(account)

    def fetch_account(self, account_id: str) -> ProviderAccount:
        try:
            with our_errors():
                return _account(self._client.v1.accounts.retrieve(account_id))
        except (PaymentNotFoundError, ProviderUnavailableError) as error:
            if isinstance(error.__cause__, stripe.PermissionError | stripe.InvalidRequestError):
                raise PayoutAccountNotFoundError from error  # or it is another platform's
            raise

    def onboarding_link(self, account_id: str, *, return_url: str) -> str:
        try:
            with our_errors():
                link = self._client.v1.account_links.create(
                    {
                        "account": account_id,
                        "type": "account_onboarding",
                        "return_url": return_url,
                        "refresh_url": return_url,
                    }
                )
        except PaymentNotAcceptedError as error:
            raise PayoutAccountNotFoundError from error
        return link.url

    def transfer(self, request: TransferRequest) -> ProviderTransfer:
        try:
            with our_errors():
                made = self._client.v1.transfers.create(
                    {
                        "amount": request.amount.amount,
                        "currency": request.amount.currency.lower(),
                        "destination": request.account_id,
                        "transfer_group": str(request.payout_id),
                        "metadata": {"payout_id": str(request.payout_id)},
                    },
                    {"idempotency_key": f"skillwise:payout:{request.payout_id}:{request.attempt}"},
                )
        except PaymentNotAcceptedError as refusal:
            raise PayoutRefusedError(extra=dict(refusal.extra)) from refusal
        return transfer_from(made)

    def transfers_of(self, payout_id: UUID) -> list[ProviderTransfer]:
        with our_errors():
            found = self._client.v1.transfers.list({"transfer_group": str(payout_id), "limit": _PAGE})
            return [transfer_from(transfer) for transfer in found.auto_paging_iter()]

    def fetch_transfer(self, transfer_id: str) -> ProviderTransfer:
        try:
            with our_errors():
                return transfer_from(self._client.v1.transfers.retrieve(transfer_id))
        except PaymentNotFoundError as error:
            raise TransferNotFoundError from error


def _account(account: stripe.Account) -> ProviderAccount:
    capabilities = account.capabilities
    return ProviderAccount(
        provider=PROVIDER,
        id=account.id,
        can_be_paid=bool(
            account.payouts_enabled and capabilities and getattr(capabilities, "transfers", "") == "active"
        ),
    )
