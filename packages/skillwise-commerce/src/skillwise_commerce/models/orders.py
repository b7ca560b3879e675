"""What was asked for, by whom, for how much, and what became of it."""

from django.db import models
from django.db.models import F, Q
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

from skillwise_commerce.domain.orders import FULFILLED, OPEN, Cause, OrderStatus
from skillwise_commerce.models.coupons import Coupon

__all__ = ["Entitlement", "Order", "OrderLine", "OrderLineShare", "OrderTransition"]

CURRENCY_FORM = r"^[A-Z]{3}$"
_OPEN = sorted(OPEN)
_FULFILLED = sorted(FULFILLED)


class Order(models.Model):
    """One purchase of one or several courses. Everything but its state is written once (trigger
    `order_frozen`).

    `total` is what is to be paid: the sum of its lines' totals, `discount` and `tax` being the sums of
    theirs. `provider` is empty when nothing is to be paid, and only then. `provider_payment_id` is null until
    the provider answered. `provider_attempt` counts the provider's definite refusals to start the payment: it
    is part of the idempotency key, so that a refusal is not replayed for ever. An order that nobody has paid
    by `expires_at` expires. What a gift order buys is for whoever claims it, not for its buyer.
    """

    class Channel(models.TextChoices):
        APP = "app", "paid in the app"
        WEB = "web", "paid on the provider's web page"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    buyer_id = models.UUIDField()
    status = models.CharField(max_length=20, default=OrderStatus.PENDING)
    total_amount = models.BigIntegerField()
    total_currency = models.CharField(max_length=3)
    discount_amount = models.BigIntegerField(default=0)
    tax_amount = models.BigIntegerField(default=0)
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, null=True, related_name="orders")
    quote_id = models.UUIDField(null=True)
    is_gift = models.BooleanField(default=False)
    billing_name = models.CharField(max_length=200, blank=True, default="")
    billing_address = models.TextField(max_length=500, blank=True, default="")
    billing_country = models.CharField(max_length=2, blank=True, default="")
    vat_number = models.CharField(max_length=20, blank=True, default="")
    is_reverse_charged = models.BooleanField(default=False)
    fingerprint = models.CharField(max_length=64)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.APP)
    provider = models.CharField(max_length=20, blank=True)
    provider_payment_id = models.CharField(max_length=255, null=True)
    provider_attempt = models.PositiveIntegerField(default=0)
    failure_code = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                F("buyer_id"), F("created_at").desc(), F("id").desc(), name="commerce_order_of_buyer"
            ),
            models.Index(
                F("buyer_id"),
                F("status"),
                F("created_at").desc(),
                F("id").desc(),
                name="commerce_order_of_buyer_in",
            ),
            models.Index(
                fields=["expires_at"], condition=Q(status__in=_OPEN), name="commerce_order_to_expire"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["buyer_id", "fingerprint"],
                condition=Q(status__in=_OPEN),
                name="commerce_order_open_once",
            ),
            models.UniqueConstraint(
                fields=["provider", "provider_payment_id"], name="commerce_order_payment_unique"
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(OrderStatus)),
                name="commerce_order_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=_FULFILLED) | Q(paid_at__isnull=False),
                name="commerce_order_paid_has_time",
            ),
            models.CheckConstraint(
                condition=Q(total_amount=0, provider="") | Q(total_amount__gt=0) & ~Q(provider=""),
                name="commerce_order_free_without_provider",
            ),
            models.CheckConstraint(
                condition=Q(discount_amount__gte=0)
                & Q(tax_amount__gte=0)
                & Q(tax_amount__lte=F("total_amount")),
                name="commerce_order_amounts_sane",
            ),
            models.CheckConstraint(
                condition=Q(total_amount__gte=0), name="commerce_order_total_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(total_currency__regex=CURRENCY_FORM), name="commerce_order_currency_form"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} ({self.status})"

    @property
    def total(self) -> Money:
        return Money(self.total_amount, self.total_currency)

    @property
    def discount(self) -> Money:
        return Money(self.discount_amount, self.total_currency)

    @property
    def tax(self) -> Money:
        return Money(self.tax_amount, self.total_currency)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_fulfilled(self) -> bool:
        return self.status in FULFILLED


class OrderLine(models.Model):
    """One course of an order, with its title, price, tax, seller and share as they were when it was asked
    for.

    `price` is what is asked for the course, `discount` what a coupon takes off, `tax` in percent of
    `tax_rate`; `total` is what is to be paid for it. Where prices are `tax_inclusive`, the tax is a part of
    the price; else it comes on top. `seller_share` is what its instructors earn together (`OrderLineShare`
    says who of them what), `seller_id` the course's owner. A course that came in a bundle names it.

    `buyer_id`, `is_gift` and `is_open` repeat the order's, so that the database can hold that nobody has two
    open orders for one course. Trigger `order_moved` keeps `is_open`; trigger `order_line_frozen` refuses any
    other change.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    buyer_id = models.UUIDField()
    course_id = models.UUIDField(db_index=True)
    bundle_id = models.UUIDField(null=True)
    title = models.CharField(max_length=300)
    seller_id = models.UUIDField(db_index=True)
    price_amount = models.BigIntegerField()
    price_currency = models.CharField(max_length=3)
    discount_amount = models.BigIntegerField(default=0)
    tax_name = models.CharField(max_length=20, blank=True, default="")
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3, default=0)
    tax_inclusive = models.BooleanField(default=False)
    tax_amount = models.BigIntegerField(default=0)
    total_amount = models.BigIntegerField()
    seller_share_amount = models.BigIntegerField()
    is_gift = models.BooleanField(default=False)
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["buyer_id", "course_id"],
                condition=Q(is_open=True, is_gift=False),
                name="commerce_line_open_once",
            ),
            models.UniqueConstraint(fields=["order", "position"], name="commerce_line_position_unique"),
            models.UniqueConstraint(fields=["order", "course_id"], name="commerce_line_course_once"),
            models.CheckConstraint(condition=Q(price_amount__gte=0), name="commerce_line_price_not_negative"),
            models.CheckConstraint(
                condition=Q(discount_amount__gte=0) & Q(discount_amount__lte=F("price_amount")),
                name="commerce_line_discount_within_price",
            ),
            models.CheckConstraint(
                condition=Q(tax_amount__gte=0) & Q(tax_rate__gte=0) & Q(tax_rate__lte=100),
                name="commerce_line_tax_sane",
            ),
            models.CheckConstraint(
                condition=Q(tax_inclusive=True, total_amount=F("price_amount") - F("discount_amount"))
                | Q(
                    tax_inclusive=False,
                    total_amount=F("price_amount") - F("discount_amount") + F("tax_amount"),
                ),
                name="commerce_line_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(seller_share_amount__gte=0)
                & Q(seller_share_amount__lte=F("total_amount") - F("tax_amount")),
                name="commerce_line_share_within_net",
            ),
            models.CheckConstraint(
                condition=Q(price_currency__regex=CURRENCY_FORM), name="commerce_line_currency_form"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def price(self) -> Money:
        return Money(self.price_amount, self.price_currency)

    @property
    def discount(self) -> Money:
        return Money(self.discount_amount, self.price_currency)

    @property
    def tax(self) -> Money:
        return Money(self.tax_amount, self.price_currency)

    @property
    def total(self) -> Money:
        return Money(self.total_amount, self.price_currency)

    @property
    def net(self) -> Money:
        """What is left of the total for the platform and the instructors."""
        return self.total - self.tax

    @property
    def seller_share(self) -> Money:
        return Money(self.seller_share_amount, self.price_currency)


class OrderLineShare(models.Model):
    """What one instructor earns of a line; together they earn its `seller_share`. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="shares")
    seller_id = models.UUIDField(db_index=True)
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "seller_id"], name="commerce_share_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="commerce_share_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} to {self.seller_id}"


class OrderTransition(models.Model):
    """One move of an order and its cause. Append-only. `reference` is the provider's payment, where one
    caused it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="transitions")
    from_status = models.CharField(max_length=20, blank=True)
    to_status = models.CharField(max_length=20)
    cause = models.CharField(max_length=20)
    reference = models.CharField(max_length=255, blank=True)
    moved_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cause__in=sorted(Cause)),
                name="commerce_transition_cause_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_status or '(new)'} to {self.to_status}"


class Entitlement(models.Model):
    """A person may take a course, and this line of an order is why: paid, free, or a gift that they claimed.

    A person has one for a course that has not ended. It ends for good when its line is refunded; while
    `suspended_at` is set (a dispute) it counts for nothing. `seen_percent` is how much of the course the
    person has seen, as learning tells.
    """

    class EndCause(models.TextChoices):
        REFUND = "refund", "the line was refunded"
        CHARGEBACK = "chargeback", "the buyer's bank took the money back"
        OPERATOR = "operator", "somebody decided in the back office"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user_id = models.UUIDField()
    course_id = models.UUIDField(db_index=True)
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="entitlements")
    granted_at = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_cause = models.CharField(max_length=20, choices=EndCause, blank=True, default="")
    seen_percent = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["user_id", "course_id"], name="commerce_entitlement_of_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "course_id"],
                condition=Q(ended_at__isnull=True),
                name="commerce_entitlement_once",
            ),
            models.UniqueConstraint(
                fields=["line"], condition=Q(ended_at__isnull=True), name="commerce_entitlement_of_line_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_cause="")
                | Q(ended_at__isnull=False) & ~Q(end_cause=""),
                name="commerce_entitlement_end_has_cause",
            ),
            models.CheckConstraint(
                condition=Q(seen_percent__lte=100), name="commerce_entitlement_seen_is_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} to {self.course_id}"

    @property
    def is_active(self) -> bool:
        return self.ended_at is None and self.suspended_at is None
