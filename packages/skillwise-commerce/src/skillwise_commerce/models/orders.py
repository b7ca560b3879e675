"""What was asked for, by whom, for how much, and what became of it."""

from django.db import models
from django.db.models import F, Q
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

from skillwise_commerce.domain.orders import OPEN, Cause, OrderStatus

__all__ = ["Entitlement", "Order", "OrderLine", "OrderTransition"]

CURRENCY_FORM = r"^[A-Z]{3}$"
_OPEN = sorted(OPEN)


class Order(models.Model):
    """One purchase of one or several courses. Everything but its state is written once (trigger
    `order_frozen`).

    `provider_payment_id` is null until the provider answered. `provider_attempt` counts the provider's
    definite refusals to start the payment: it is part of the idempotency key, so that a refusal is not
    replayed for ever.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    buyer_id = models.UUIDField()
    status = models.CharField(max_length=20, default=OrderStatus.PENDING)
    total_amount = models.BigIntegerField()
    total_currency = models.CharField(max_length=3)
    fingerprint = models.CharField(max_length=64)
    provider = models.CharField(max_length=20)
    provider_payment_id = models.CharField(max_length=255, null=True)
    provider_attempt = models.PositiveIntegerField(default=0)
    failure_code = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                F("buyer_id"), F("created_at").desc(), F("id").desc(), name="commerce_order_of_buyer"
            )
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
                condition=~Q(status=OrderStatus.PAID) | Q(paid_at__isnull=False),
                name="commerce_order_paid_has_time",
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
    def is_open(self) -> bool:
        return self.status in OPEN


class OrderLine(models.Model):
    """One course of an order, with its title, price, seller and share as they were when it was asked for.

    `buyer_id` and `is_open` repeat the order's, so that the database can hold that nobody has two open
    orders for one course. Trigger `order_moved` keeps `is_open`; trigger `order_line_frozen` refuses any
    other change.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    buyer_id = models.UUIDField()
    course_id = models.UUIDField(db_index=True)
    title = models.CharField(max_length=300)
    seller_id = models.UUIDField(db_index=True)
    price_amount = models.BigIntegerField()
    price_currency = models.CharField(max_length=3)
    seller_share_amount = models.BigIntegerField()
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["buyer_id", "course_id"], condition=Q(is_open=True), name="commerce_line_open_once"
            ),
            models.UniqueConstraint(fields=["order", "position"], name="commerce_line_position_unique"),
            models.UniqueConstraint(fields=["order", "course_id"], name="commerce_line_course_once"),
            models.CheckConstraint(condition=Q(price_amount__gte=0), name="commerce_line_price_not_negative"),
            models.CheckConstraint(
                condition=Q(seller_share_amount__gte=0) & Q(seller_share_amount__lte=F("price_amount")),
                name="commerce_line_share_within_price",
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
    def seller_share(self) -> Money:
        return Money(self.seller_share_amount, self.price_currency)


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
    """A person may take a course, and this line of a paid order is why; without one, they took the course
    while it was free. One for a person and a course.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user_id = models.UUIDField()
    course_id = models.UUIDField(db_index=True)
    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="entitlement", null=True)
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user_id", "course_id"], name="commerce_entitlement_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} to {self.course_id}"
