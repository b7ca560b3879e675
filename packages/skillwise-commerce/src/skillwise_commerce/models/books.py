"""The ledger and the invoices: written once, never changed, never removed (triggers `*_append_only`)."""

from django.db import models
from django.db.models import F, Q
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

from skillwise_commerce.models.orders import CURRENCY_FORM, Order
from skillwise_commerce.models.returns import Refund

__all__ = ["Invoice", "InvoiceCounter", "LedgerEntry", "LedgerSnapshot", "LedgerTransaction"]


class LedgerTransaction(models.Model):
    """Entries that belong together and sum to zero in each currency (deferred constraint trigger
    `ledger_balanced`).

    `reference` names what it books (`payment:<id>`); with `kind` it is unique, so that nothing is booked
    twice.
    """

    class Kind(models.TextChoices):
        SALE = "sale", "sale"
        DIFFERENCE = "difference", "what of a sale did not arrive, or arrived in excess"
        FEE = "fee", "provider's fee"
        REFUND = "refund", "refund"
        REFUND_FAILED = "refund_failed", "refund that did not get through"
        DISPUTE = "dispute", "money taken back by a bank"
        DISPUTE_WON = "dispute_won", "money that a bank returned"
        DISPUTE_FEE = "dispute_fee", "provider's fee for a dispute"
        PAYOUT = "payout", "payout to an instructor"
        PAYOUT_REVERSED = "payout_reversed", "payout that came back"

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
    `instructor_payable:<id>`). `position` grows with every entry; trigger `ledger_positioned` gives it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(max_length=80)
    amount_amount = models.BigIntegerField()
    amount_currency = models.CharField(max_length=3)
    position = models.BigIntegerField(default=0, editable=False, unique=True)

    class Meta:
        verbose_name_plural = "ledger entries"
        indexes = [
            models.Index(
                fields=["account", "amount_currency", "position"],
                include=["amount_amount"],
                name="commerce_entry_of_account",
            )
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


class LedgerSnapshot(models.Model):
    """What an account holds in a currency by all entries up to the position `horizon`, none of which can be
    under way any more (docs/decisions/0018). Derived: it may be deleted, and is made anew.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    balance = models.BigIntegerField()
    horizon = models.BigIntegerField(db_index=True)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "currency"], name="commerce_snapshot_of_account"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.currency}"

    @property
    def held(self) -> Money:
        return Money(self.balance, self.currency)


class InvoiceCounter(models.Model):
    """The last number given out by a legal entity in a year, of invoices and of credit notes. Its row is
    locked until the document that took the number is committed: a number whose transaction fails is given to
    the next, and none is missing.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    legal_entity = models.CharField(max_length=100)
    kind = models.CharField(max_length=15, default="invoice")
    year = models.PositiveSmallIntegerField()
    last_sequence = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["legal_entity", "kind", "year"], name="commerce_counter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.legal_entity} {self.kind} {self.year}: {self.last_sequence}"


class Invoice(models.Model):
    """The document of a paid order, or the credit note of one of its refunds, which names the invoice that it
    `credits`. `year` is that of `issued_at` in UTC.

    An invoice's lines are the order's, a credit note's its refund's. Who sold and who bought are copied: the
    document stays as it was issued.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", "invoice"
        CREDIT_NOTE = "credit_note", "credit note"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=15, choices=Kind, default=Kind.INVOICE)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="invoices")
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, null=True, related_name="credit_note")
    credits = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="credit_notes")
    buyer_id = models.UUIDField()
    legal_entity = models.CharField(max_length=100)
    seller_address = models.TextField(blank=True, default="")
    seller_tax_id = models.CharField(max_length=40, blank=True, default="")
    buyer_name = models.CharField(max_length=200, blank=True, default="")
    buyer_address = models.TextField(blank=True, default="")
    buyer_country = models.CharField(max_length=2, blank=True, default="")
    buyer_vat_number = models.CharField(max_length=20, blank=True, default="")
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    tax_amount = models.BigIntegerField(default=0)
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
                fields=["legal_entity", "kind", "year", "sequence"], name="commerce_invoice_number_once"
            ),
            models.UniqueConstraint(
                fields=["order"], condition=Q(kind="invoice"), name="commerce_invoice_of_order_once"
            ),
            models.CheckConstraint(condition=Q(sequence__gte=1), name="commerce_invoice_sequence_from_one"),
            models.CheckConstraint(
                condition=Q(kind="invoice", refund__isnull=True, credits__isnull=True)
                | Q(kind="credit_note", refund__isnull=False, credits__isnull=False),
                name="commerce_invoice_credit_note_refers",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As printed: `2026-000042`, and `CN-2026-000042` for a credit note."""
        prefix = "CN-" if self.kind == self.Kind.CREDIT_NOTE else ""
        return f"{prefix}{self.year}-{self.sequence:06d}"

    @property
    def total(self) -> Money:
        return Money(self.total_amount, self.total_currency)

    @property
    def tax(self) -> Money:
        return Money(self.tax_amount, self.total_currency)
