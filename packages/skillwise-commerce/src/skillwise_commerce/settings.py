"""The settings that commerce needs of Django, for the host and for tests to take over. Framework-free:
settings modules import it.
"""

from typing import Any, Final

__all__ = ["COMMERCE_SETTINGS"]

COMMERCE_SETTINGS: Final[dict[str, Any]] = {
    # Where providers, and buyers whom they send back, reach this API.
    "PUBLIC_URL": "http://localhost:8000",
    "SKILLWISE_COMMERCE": {
        # Stripe's keys and the secret of the webhook endpoint (`sk_…`, `pk_…`, `whsec_…`).
        "STRIPE_SECRET_KEY": "",
        "STRIPE_PUBLISHABLE_KEY": "",
        "STRIPE_WEBHOOK_SECRET": "",
        # Where Stripe's API is; None is Stripe's own address.
        "STRIPE_API_BASE": None,
        # The name and password of our store at SSLCOMMERZ; without them it is not offered.
        "SSLCOMMERZ_STORE_ID": "",
        "SSLCOMMERZ_STORE_PASSWORD": "",
        # Where SSLCOMMERZ's API is; None is its own address.
        "SSLCOMMERZ_API_BASE": None,
        # Of each price, what the seller earns; the platform keeps the rest. Copied into every order line.
        "SELLER_SHARE_PERCENT": 70,
        # Who sells, as invoices name it. Each legal entity numbers its own invoices.
        "LEGAL_ENTITY": "SkillWise",
        "LEGAL_ENTITY_ADDRESS": "",
        "LEGAL_ENTITY_TAX_ID": "",
        # How long a quote's prices are promised, and how long an order waits to be paid.
        "QUOTE_MINUTES": 15,
        "ORDER_HOURS": 24,
        # Until when a buyer may have their money back without asking anybody: days since the purchase, and
        # how much of the course they may have seen, in percent.
        "REFUND_DAYS": 14,
        "REFUND_SEEN_PERCENT": 30,
        # How long earnings are held until they can be paid out: the refund window, in days.
        "EARNINGS_HELD_DAYS": 14,
        # The least that is paid out at a time, in whole units of any currency.
        "PAYOUT_MINIMUM": 10,
        # What a disputed order's buyer may do meanwhile: "suspend" (not take its courses) or "keep".
        "DISPUTED_ENTITLEMENT": "suspend",
        # How long a gift can be claimed.
        "GIFT_DAYS": 365,
    },
}
