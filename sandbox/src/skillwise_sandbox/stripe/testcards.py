"""Stripe's test cards and test accounts: what each of them does when it is charged.

https://docs.stripe.com/testing
"""

from dataclasses import dataclass
from typing import Literal

Challenge = Literal["none", "required"]
Refunds = Literal["succeed", "pend", "fail"]


@dataclass(frozen=True)
class Decline:
    """Why the bank says no: Stripe's error code, the bank's decline code, and the sentence shown."""

    code: str
    decline_code: str
    message: str


@dataclass(frozen=True)
class Dispute:
    """The dispute that a cardholder opens a moment after paying. An inquiry takes no money yet."""

    reason: str
    inquiry: bool = False


@dataclass(frozen=True)
class TestCard:
    """A card that exists for tests. `tokens` are the ids it goes by (`pm_card_visa`)."""

    number: str
    tokens: tuple[str, ...]
    brand: str = "visa"
    funding: str = "credit"
    title: str = "succeeds"
    decline: Decline | None = None
    challenge: Challenge = "none"
    refunds: Refunds = "succeed"
    disputed: Dispute | None = None
    bypasses_pending: bool = False

    @property
    def last4(self) -> str:
        return self.number[-4:]


@dataclass(frozen=True)
class TestAccount:
    """A US bank account for tests: its debit takes a moment. `settles` None: it stays in processing."""

    tokens: tuple[str, ...]
    settles: bool | None
    title: str
    last4: str = "6789"
    decline: Decline | None = None


GENERIC = Decline("card_declined", "generic_decline", "Your card was declined.")
_FUNDS = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
_LOST = Decline("card_declined", "lost_card", "Your card was declined.")
_STOLEN = Decline("card_declined", "stolen_card", "Your card was declined.")
_EXPIRED = Decline("expired_card", "expired_card", "Your card has expired.")
_CVC = Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.")
_PROCESSING = Decline(
    "processing_error",
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
)

CARDS = (
    TestCard("4242424242424242", ("pm_card_visa",)),
    TestCard("4000056655665556", ("pm_card_visa_debit",), funding="debit"),
    TestCard("5555555555554444", ("pm_card_mastercard",), brand="mastercard"),
    TestCard("378282246310005", ("pm_card_amex",), brand="amex"),
    TestCard(
        "4000000000000002",
        ("pm_card_visa_chargeDeclined", "pm_card_chargeDeclined"),
        title="declined",
        decline=GENERIC,
    ),
    TestCard(
        "4000000000009995",
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "pm_card_chargeDeclinedInsufficientFunds"),
        title="declined: insufficient funds",
        decline=_FUNDS,
    ),
    TestCard(
        "4000000000009987",
        ("pm_card_visa_chargeDeclinedLostCard",),
        title="declined: lost card",
        decline=_LOST,
    ),
    TestCard(
        "4000000000009979",
        ("pm_card_visa_chargeDeclinedStolenCard",),
        title="declined: stolen card",
        decline=_STOLEN,
    ),
    TestCard(
        "4000000000000069",
        ("pm_card_chargeDeclinedExpiredCard",),
        title="declined: expired card",
        decline=_EXPIRED,
    ),
    TestCard(
        "4000000000000127",
        ("pm_card_chargeDeclinedIncorrectCvc",),
        title="declined: wrong security code",
        decline=_CVC,
    ),
    TestCard(
        "4000000000000119",
        ("pm_card_chargeDeclinedProcessingError",),
        title="declined: processing error",
        decline=_PROCESSING,
    ),
    TestCard(
        "4000000000003220",
        ("pm_card_threeDSecure2Required",),
        title="asks for 3-D Secure, then succeeds",
        challenge="required",
    ),
    TestCard(
        "4000002760003184",
        ("pm_card_authenticationRequired",),
        title="asks for 3-D Secure every time, then succeeds",
        challenge="required",
    ),
    TestCard(
        "4000008400001629",
        ("pm_card_threeDSecureRequiredChargeDeclined",),
        title="asks for 3-D Secure, then is declined",
        challenge="required",
        decline=GENERIC,
    ),
    TestCard(
        "4000008260003178",
        ("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",),
        title="asks for 3-D Secure, then is declined: insufficient funds",
        challenge="required",
        decline=_FUNDS,
    ),
    TestCard(
        "4000000000007726",
        ("pm_card_pendingRefund",),
        title="succeeds; a refund is pending for a moment",
        refunds="pend",
    ),
    TestCard(
        "4000000000005126",
        ("pm_card_refundFail",),
        title="succeeds; a refund fails after a moment",
        refunds="fail",
    ),
    TestCard(
        "4000000000000259",
        ("pm_card_createDispute",),
        title="succeeds; is disputed as fraudulent after a moment",
        disputed=Dispute("fraudulent"),
    ),
    TestCard(
        "4000000000002685",
        ("pm_card_createDisputeProductNotReceived",),
        title="succeeds; is disputed as not received after a moment",
        disputed=Dispute("product_not_received"),
    ),
    TestCard(
        "4000000000001976",
        ("pm_card_createDisputeInquiry",),
        title="succeeds; the bank inquires after a moment",
        disputed=Dispute("fraudulent", inquiry=True),
    ),
    TestCard(
        "4000000000000077",
        ("pm_card_bypassPending",),
        title="succeeds; the money is available at once",
        bypasses_pending=True,
    ),
)

ACCOUNTS = (
    TestAccount(
        ("pm_usBankAccount_success",), settles=True, title="is processed for a moment, then succeeds"
    ),
    TestAccount(("pm_usBankAccount_processing",), settles=None, title="stays in processing"),
    TestAccount(
        ("pm_usBankAccount_insufficientFunds",),
        settles=False,
        last4="2227",
        title="is processed for a moment, then fails",
        decline=Decline(
            "payment_intent_payment_attempt_failed",
            "insufficient_funds",
            "The customer's account has insufficient funds to cover this payment.",
        ),
    ),
)

CARD_BY_NUMBER = {card.number: card for card in CARDS}
CARD_BY_TOKEN = {token: card for card in CARDS for token in card.tokens}
ACCOUNT_BY_TOKEN = {token: account for account in ACCOUNTS for token in account.tokens}
