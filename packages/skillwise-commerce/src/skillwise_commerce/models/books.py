"""The ledger and the invoices: written once, never changed, never removed (triggers `*_append_only`)."""

from django.db import models
from django.db.models import F, Q
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

from skillwise_commerce.models.orders import CURRENCY_FORM, Order

__all__ = ["Invoice", "InvoiceCounter", "LedgerEntry", "LedgerTransaction"]


class LedgerTransaction(models.Model):
    """Entries that belong together and sum to zero in each currency (deferred constraint trigger
    `ledger_balanced`).

    `reference` names what it books (`payment:<id>`); with `kind` it is unique, so that nothing is booked
    twice.
    """

    class Kind(models.TextChoices):
        SALE = "sale", "sale"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    reference = models.CharField(max_length=100)
    booked_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "reference"], name="commerce_ledger_booked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class LedgerEntry(models.Model):
    """`amount` above zero is a debit, below it a credit, of `account` (`stripe_clearing`,
    `instructor_payable:<id>`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(max_length=80)
    amount_amount = models.BigIntegerField()
    amount_currency = models.CharField(max_length=3)

    class Meta:
        verbose_name_plural = "ledger entries"
        indexes = [
            models.Index(fields=["account", "amount_currency", "id"], name="commerce_entry_of_account")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["transaction", "account", "amount_currency"], name="commerce_entry_account_once"
            ),
            models.CheckConstraint(condition=~Q(amount_amount=0), name="commerce_entry_not_zero"),
            models.CheckConstraint(
                condition=Q(amount_currency__regex=CURRENCY_FORM), name="commerce_entry_currency_form"
            ),
            models.CheckConstraint(
                condition=Q(account__regex=r"^[a-z_]+(:[A-Za-z0-9-]+)?$"), name="commerce_entry_account_form"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.amount}"

    @property
    def amount(self) -> Money:
        return Money(self.amount_amount, self.amount_currency)


class InvoiceCounter(models.Model):
    """The last number given out by a legal entity in a year. Its row is locked until the invoice that took
    the number is committed: a number whose transaction fails is given to the next, and none is missing.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    legal_entity = models.CharField(max_length=100)
    year = models.PositiveSmallIntegerField()
    last_sequence = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["legal_entity", "year"], name="commerce_counter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.legal_entity} {self.year}: {self.last_sequence}"


class Invoice(models.Model):
    """The document of a paid order; its lines are the order's. `year` is that of `issued_at` in UTC."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="invoice")
    buyer_id = models.UUIDField()
    legal_entity = models.CharField(max_length=100)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    total_amount = models.BigIntegerField()
    total_currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                F("buyer_id"), F("issued_at").desc(), F("id").desc(), name="commerce_invoice_of_buyer"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "year", "sequence"], name="commerce_invoice_number_once"
            ),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="commerce_invoice_sequence_from_one"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As printed: `2026-000042`."""
        return f"{self.year}-{self.sequence:06d}"

    @property
    def total(self) -> Money:
        return Money(self.total_amount, self.total_currency)
