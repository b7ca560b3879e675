"""Instructors' accounts at the provider that pays them."""

from datetime import datetime
from uuid import UUID

from django.conf import settings

from skillwise_commerce.errors import PayoutAccountNotFoundError
from skillwise_commerce.gateways.payouts import PAYOUT_PROVIDER, get_payout_gateway
from skillwise_commerce.models import SellerAccount

__all__ = ["refresh_account", "start_onboarding"]


def start_onboarding(*, seller_id: UUID, now: datetime) -> str:
    """The address of the provider's page where an instructor says who they are and where money is to go. It
    is good once and for minutes; it leads back to the app.

    Their account is made the first time: one for a person, whatever repeats. Raises
    `ProviderUnavailableError`.
    """
    gateway = get_payout_gateway(PAYOUT_PROVIDER)
    accounts = SellerAccount.objects.filter(seller_id=seller_id, provider=PAYOUT_PROVIDER)
    account = accounts.first()
    if account is None:
        made = gateway.create_account(seller_id=seller_id)
        account, _ = SellerAccount.objects.get_or_create(
            seller_id=seller_id,
            provider=PAYOUT_PROVIDER,
            defaults={
                "provider_account_id": made.id,
                "can_be_paid": made.can_be_paid,
                "created_at": now,
                "updated_at": now,
            },
        )
    return gateway.onboarding_link(account.provider_account_id, return_url=settings.APP_URL)


def refresh_account(*, provider: str, provider_account_id: str, now: datetime) -> bool:
    """Ask the provider whether it pays to an account of ours. Answers whether it is one, and its state has
    changed. Raises `ProviderUnavailableError`.
    """
    accounts = SellerAccount.objects.filter(provider=provider, provider_account_id=provider_account_id)
    if not accounts.exists():
        return False
    try:
        can_be_paid = get_payout_gateway(provider).fetch_account(provider_account_id).can_be_paid
    except PayoutAccountNotFoundError:
        can_be_paid = False
    changed = accounts.exclude(can_be_paid=can_be_paid)
    return bool(changed.update(can_be_paid=can_be_paid, updated_at=now))
