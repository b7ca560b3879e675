"""Coupons, and who has used them."""

from django.db import models
from django.db.models import F, Q
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

__all__ = ["Coupon", "CouponBatch", "CouponRedemption"]


class CouponBatch(models.Model):
    """Many one-off codes made at once, for a campaign. Its coupons name it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    created_by = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "coupon batches"

    def __str__(self) -> str:
        return self.name


class Coupon(models.Model):
    """A code that makes something cheaper: by `percent_off`, or by an amount in one currency.

    `code_key` is the code as it is compared: upper case, without blanks around. `scope_id` is the course or
    the instructor that it holds for. `uses` counts the orders that hold or have used it; only the triggers of
    its redemptions write it (`coupon_guarded`), and no limit may be set below it. A coupon that was used is
    ended, never deleted.
    """

    class Scope(models.TextChoices):
        SITE = "site", "every course"
        SELLER = "seller", "every course of one instructor"
        COURSE = "course", "one course"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40)
    code_key = models.CharField(max_length=40, unique=True)
    batch = models.ForeignKey(CouponBatch, on_delete=models.PROTECT, null=True, related_name="coupons")
    percent_off = models.PositiveSmallIntegerField(null=True)
    off_amount = models.BigIntegerField(null=True)
    off_currency = models.CharField(max_length=3, blank=True, default="")
    scope = models.CharField(max_length=10, choices=Scope, default=Scope.SITE)
    scope_id = models.UUIDField(null=True, db_index=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    max_uses = models.PositiveIntegerField(null=True)
    max_uses_per_person = models.PositiveIntegerField(null=True, default=1)
    minimum_amount = models.BigIntegerField(null=True)
    minimum_currency = models.CharField(max_length=3, blank=True, default="")
    uses = models.PositiveIntegerField(default=0, editable=False)
    ended_at = models.DateTimeField(null=True)
    created_by = models.UUIDField(db_index=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(F("created_at").desc(), F("id").desc(), name="commerce_coupon_newest"),
            models.Index(
                F("created_by"), F("created_at").desc(), F("id").desc(), name="commerce_coupon_of_creator"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent_off__gte=1, percent_off__lte=100, off_amount__isnull=True)
                | Q(percent_off__isnull=True, off_amount__gt=0) & ~Q(off_currency=""),
                name="commerce_coupon_percent_or_amount",
            ),
            models.CheckConstraint(
                condition=Q(scope="site", scope_id__isnull=True)
                | ~Q(scope="site") & Q(scope_id__isnull=False),
                name="commerce_coupon_scope_named",
            ),
            models.CheckConstraint(
                condition=Q(minimum_amount__isnull=True, minimum_currency="")
                | Q(minimum_amount__gt=0) & ~Q(minimum_currency=""),
                name="commerce_coupon_minimum_has_currency",
            ),
            models.CheckConstraint(
                condition=Q(max_uses__isnull=True) | Q(max_uses__gte=F("uses")),
                name="commerce_coupon_uses_within_limit",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(starts_at__lt=F("ends_at")),
                name="commerce_coupon_window_ordered",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def amount_off(self) -> Money | None:
        return None if self.off_amount is None else Money(self.off_amount, self.off_currency)

    @property
    def minimum(self) -> Money | None:
        return None if self.minimum_amount is None else Money(self.minimum_amount, self.minimum_currency)


class CouponRedemption(models.Model):
    """One use of a coupon by one order (`order_id`; the order holds the coupon, so that this table knows no
    other).

    Written with the order as `held`; triggers make it `used` when the order is paid and `released` when it is
    canceled or expires, and count it in the coupon under the coupon's row lock: neither limit can be passed.
    """

    class State(models.TextChoices):
        HELD = "held", "by an order that may still be paid"
        USED = "used", "by a paid order"
        RELEASED = "released", "the order was never paid"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="redemptions")
    order_id = models.UUIDField(unique=True)
    buyer_id = models.UUIDField()
    state = models.CharField(max_length=10, choices=State, default=State.HELD)
    held_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["coupon", "buyer_id"], name="commerce_redemption_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["held", "used", "released"]), name="commerce_redemption_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.coupon_id} by {self.order_id}: {self.state}"
