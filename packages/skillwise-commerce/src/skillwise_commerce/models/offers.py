"""What is asked for courses, and what somebody is about to buy."""

from django.db import models
from django.db.models import F, Q
from skillwise_kernel.ids import new_id
from skillwise_kernel.money import Money

from skillwise_commerce.models.orders import CURRENCY_FORM

__all__ = [
    "Bundle",
    "BundleCourse",
    "BundlePrice",
    "Cart",
    "CartItem",
    "CoursePrice",
    "CourseTerms",
    "Quote",
    "SellerShare",
    "TaxRate",
]


class CoursePrice(models.Model):
    """The price of a course in a currency other than the one that catalog shows it in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    course_id = models.UUIDField()
    price_amount = models.BigIntegerField()
    price_currency = models.CharField(max_length=3)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course_id", "price_currency"], name="commerce_course_price_once"
            ),
            models.CheckConstraint(condition=Q(price_amount__gt=0), name="commerce_course_price_positive"),
            models.CheckConstraint(
                condition=Q(price_currency__regex=CURRENCY_FORM), name="commerce_course_price_currency_form"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_id}: {self.price}"

    @property
    def price(self) -> Money:
        return Money(self.price_amount, self.price_currency)


class CourseTerms(models.Model):
    """How often a course's prices in other currencies, and its shares, were set: whoever sets them says which
    they have read. No row, never.
    """

    course_id = models.UUIDField(primary_key=True)
    prices_version = models.PositiveIntegerField(default=1)
    shares_version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "course terms"

    def __str__(self) -> str:
        return str(self.course_id)


class SellerShare(models.Model):
    """What an instructor earns of a course's net price, in whole percent. A course without any gives its
    owner the share that the settings say. Together at most 100 (trigger `seller_shares_within_whole`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    course_id = models.UUIDField()
    seller_id = models.UUIDField(db_index=True)
    percent = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course_id", "seller_id"], name="commerce_seller_share_once"),
            models.CheckConstraint(
                condition=Q(percent__gte=1, percent__lte=100), name="commerce_seller_share_is_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.percent} % of {self.course_id} to {self.seller_id}"


class Bundle(models.Model):
    """Several courses that are sold together at prices of their own (one per currency)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=300)
    description = models.TextField(max_length=5000, blank=True)
    owner_id = models.UUIDField(db_index=True)
    is_on_sale = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(F("created_at").desc(), F("id").desc(), name="commerce_bundle_newest"),
        ]

    def __str__(self) -> str:
        return self.title


class BundleCourse(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bundle = models.ForeignKey(Bundle, on_delete=models.CASCADE, related_name="courses")
    course_id = models.UUIDField(db_index=True)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["bundle", "course_id"], name="commerce_bundle_course_once"),
            models.UniqueConstraint(fields=["bundle", "position"], name="commerce_bundle_position_once"),
        ]

    def __str__(self) -> str:
        return str(self.course_id)


class BundlePrice(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bundle = models.ForeignKey(Bundle, on_delete=models.CASCADE, related_name="prices")
    price_amount = models.BigIntegerField()
    price_currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bundle", "price_currency"], name="commerce_bundle_price_once"),
            models.CheckConstraint(condition=Q(price_amount__gt=0), name="commerce_bundle_price_positive"),
            models.CheckConstraint(
                condition=Q(price_currency__regex=CURRENCY_FORM), name="commerce_bundle_price_currency_form"
            ),
        ]

    def __str__(self) -> str:
        return str(self.price)

    @property
    def price(self) -> Money:
        return Money(self.price_amount, self.price_currency)


class TaxRate(models.Model):
    """What a country asks of a sale to somebody there, from a day on. `rate` in percent. No row, no tax.

    `is_inclusive`: prices are shown with the tax in them. `reverse_charge`: a business with a VAT number of
    that country accounts for the tax itself.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    country = models.CharField(max_length=2)
    name = models.CharField(max_length=20, default="VAT")
    rate = models.DecimalField(max_digits=6, decimal_places=3)
    is_inclusive = models.BooleanField(default=True)
    reverse_charge = models.BooleanField(default=False)
    valid_from = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "valid_from"], name="commerce_tax_rate_once"),
            models.CheckConstraint(
                condition=Q(country__regex=r"^[A-Z]{2}$"), name="commerce_tax_country_form"
            ),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=100), name="commerce_tax_rate_sane"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.rate} % in {self.country}"


class Quote(models.Model):
    """What a basket costs a buyer, promised until `expires_at`. Swept some days after.

    `basket` is the priced basket as JSON, lines with prices, discounts, tax and shares: an order is written
    from it as it stands, whatever prices have become since.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    buyer_id = models.UUIDField(db_index=True)
    basket = models.JSONField()
    total_amount = models.BigIntegerField()
    total_currency = models.CharField(max_length=3)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="commerce_quote_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.total_amount} {self.total_currency} until {self.expires_at}"


class Cart(models.Model):
    """What somebody means to buy, on any device. One for a person. `version` grows with every change."""

    user_id = models.UUIDField(primary_key=True)
    coupon_code = models.CharField(max_length=40, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.user_id)


class CartItem(models.Model):
    """A course or a bundle in a cart."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="items")
    course_id = models.UUIDField(null=True, db_index=True)
    bundle_id = models.UUIDField(null=True)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cart", "course_id"],
                condition=Q(course_id__isnull=False),
                name="commerce_cart_course_once",
            ),
            models.UniqueConstraint(
                fields=["cart", "bundle_id"],
                condition=Q(bundle_id__isnull=False),
                name="commerce_cart_bundle_once",
            ),
            models.CheckConstraint(
                condition=Q(course_id__isnull=False, bundle_id__isnull=True)
                | Q(course_id__isnull=True, bundle_id__isnull=False),
                name="commerce_cart_course_or_bundle",
            ),
        ]

    def __str__(self) -> str:
        return str(self.course_id or self.bundle_id)
