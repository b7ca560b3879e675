"""What payment providers told us, and what they hold for us."""

from django.db import models
from django.db.models import F, Q
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

from skillwise_commerce.models.orders import CURRENCY_FORM, Order

__all__ = ["Discrepancy", "Payment", "ProviderCustomer", "ProviderEvent", "ReconciliationRun"]


class ProviderCustomer(models.Model):
    """A buyer as a provider knows them: one per person and provider. No e-mail address goes there or stays
    here.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user_id = models.UUIDField()
    provider = models.CharField(max_length=20)
    provider_customer_id = models.CharField(max_length=255)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "provider"], name="commerce_customer_once"),
            models.UniqueConstraint(
                fields=["provider", "provider_customer_id"], name="commerce_customer_id_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.provider_customer_id}"


class Payment(models.Model):
    """Money that arrived for an order. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=20)
    provider_payment_id = models.CharField(max_length=255)
    amount_amount = models.BigIntegerField()
    amount_currency = models.CharField(max_length=3)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_payment_id"], name="commerce_payment_once"),
            models.CheckConstraint(condition=Q(amount_amount__gt=0), name="commerce_payment_positive"),
            models.CheckConstraint(
                condition=Q(amount_currency__regex=CURRENCY_FORM), name="commerce_payment_currency_form"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} by {self.provider}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_amount, self.amount_currency)


class ProviderEvent(models.Model):
    """A webhook as it came: stored before it is answered, processed after.

    `subject` says what the provider calls `subject_id`: a payment, a refund, a dispute … `payload` is the
    verified body to the letter. `outcome` is empty until a worker is done with it. `attempts` counts those
    of the delivery in the outbox that ended; `error` is what the last of them failed with, empty where it did
    not.
    """

    class Subject(models.TextChoices):
        NONE = "", "nothing that we act on"
        PAYMENT = "payment", "payment"
        REFUND = "refund", "refund"
        DISPUTE = "dispute", "dispute"
        ACCOUNT = "account", "instructor's account"
        TRANSFER = "transfer", "transfer to an instructor"

    class Outcome(models.TextChoices):
        APPLIED = "applied", "applied to an order"
        REPEATED = "repeated", "said nothing new"
        IGNORED = "ignored", "not a kind of event that we act on"
        UNKNOWN_PAYMENT = "unknown_payment", "the provider no longer knows what it is about"
        UNKNOWN_ORDER = "unknown_order", "for no order of ours"
        DISCREPANCY = "discrepancy", "a person has to look at it"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.CharField(max_length=20)
    provider_event_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=255)
    subject = models.CharField(max_length=10, choices=Subject, blank=True, default=Subject.NONE)
    subject_id = models.CharField(max_length=255, blank=True, default="")
    payload = models.TextField()
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True, default="")
    outcome = models.CharField(max_length=20, choices=Outcome, blank=True)

    class Meta:
        indexes = [
            models.Index(F("received_at").desc(), name="commerce_event_received"),
            models.Index(fields=["subject_id"], name="commerce_event_subject"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_event_id"], name="commerce_event_once"),
            models.CheckConstraint(
                condition=Q(processed_at__isnull=True, outcome="")
                | Q(processed_at__isnull=False) & ~Q(outcome=""),
                name="commerce_event_outcome_when_processed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.provider_event_id}"


class Discrepancy(models.Model):
    """What we and a provider do not agree on: somebody has to look at it. `order` is null where there is none
    of ours.
    """

    class Kind(models.TextChoices):
        AMOUNT_MISMATCH = "amount_mismatch", "another amount or currency than asked; the order is held"
        PAID_AFTER_CANCELLATION = (
            "paid_after_cancellation",
            "the order was canceled, and fulfilled all the same",
        )
        ALREADY_OWNED = "already_owned", "the buyer already owned one of the courses"
        UNEXPECTED_PAYMENT = (
            "unexpected_payment",
            "not the payment that was started for the order, yet it paid it",
        )
        PAID_TWICE = "paid_twice", "the order had been paid by another payment; not booked"
        RISKY_PAYMENT = "risky_payment", "the provider calls the payment risky; the order is held"
        UNKNOWN_PAYMENT = "unknown_payment", "the provider has a payment for no order of ours"
        MISSING_PAYMENT = "missing_payment", "we have a payment that the provider does not know"
        PAYMENT_MISMATCH = "payment_mismatch", "a payment is booked otherwise than the provider has it"
        UNKNOWN_REFUND = "unknown_refund", "the provider has a refund that fits no payment of ours"
        MISSING_REFUND = "missing_refund", "we have a refund that the provider does not know"
        REFUND_MISMATCH = "refund_mismatch", "the provider has given back another amount than we have booked"
        UNKNOWN_DISPUTE = "unknown_dispute", "the provider has a dispute that fits no payment of ours"
        DISPUTE_MISMATCH = "dispute_mismatch", "a dispute is booked otherwise than the provider has it"
        UNKNOWN_TRANSFER = "unknown_transfer", "the provider has a transfer that is no payout of ours"
        MISSING_TRANSFER = "missing_transfer", "we have a payout that the provider does not know"
        TRANSFER_MISMATCH = "transfer_mismatch", "a payout is booked otherwise than the provider has it"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="discrepancies")
    kind = models.CharField(max_length=30, choices=Kind)
    provider = models.CharField(max_length=20)
    provider_payment_id = models.CharField(
        max_length=255, help_text="the provider's id of the payment, refund, dispute or transfer"
    )
    received_amount = models.BigIntegerField()
    received_currency = models.CharField(max_length=3)
    noticed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    note = models.CharField(max_length=500, blank=True, default="", help_text="what was done about it")

    class Meta:
        verbose_name_plural = "discrepancies"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "provider", "provider_payment_id"], name="commerce_discrepancy_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "already_owned",
                        "amount_mismatch",
                        "dispute_mismatch",
                        "missing_payment",
                        "missing_refund",
                        "missing_transfer",
                        "paid_after_cancellation",
                        "paid_twice",
                        "payment_mismatch",
                        "refund_mismatch",
                        "risky_payment",
                        "transfer_mismatch",
                        "unexpected_payment",
                        "unknown_dispute",
                        "unknown_payment",
                        "unknown_refund",
                        "unknown_transfer",
                    ]
                ),
                name="commerce_discrepancy_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of order {self.order_id}"

    @property
    def received(self) -> Money:
        return Money(self.received_amount, self.received_currency)


class ReconciliationRun(models.Model):
    """One comparison of our books with a provider's, from `since` on.

    `counts` says of each kind of object how many were `seen`, `repaired` and `reported` (a discrepancy that
    nobody has settled). `error` is what ended the run early; what it had repaired by then stays.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.CharField(max_length=20)
    since = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(F("provider"), F("started_at").desc(), name="commerce_reconciliation_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} since {self.since:%Y-%m-%d %H:%M}"
