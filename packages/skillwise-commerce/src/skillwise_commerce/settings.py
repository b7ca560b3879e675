"""The settings that commerce needs of Django, for the host and for tests to take over. Framework-free:
settings modules import it.
"""

from typing import Any, Final

__all__ = ["COMMERCE_SETTINGS"]

COMMERCE_SETTINGS: Final[dict[str, Any]] = {
    "SKILLWISE_COMMERCE": {
        # Stripe's keys and the secret of the webhook endpoint (`sk_…`, `pk_…`, `whsec_…`).
        "STRIPE_SECRET_KEY": "",
        "STRIPE_PUBLISHABLE_KEY": "",
        "STRIPE_WEBHOOK_SECRET": "",
        # Where Stripe's API is; None is Stripe's own address.
        "STRIPE_API_BASE": None,
        # Of each price, what the seller earns; the platform keeps the rest. Copied into every order line.
        "SELLER_SHARE_PERCENT": 70,
        # Who sells, as invoices name it. Each legal entity numbers its own invoices.
        "LEGAL_ENTITY": "SkillWise",
    }
}
