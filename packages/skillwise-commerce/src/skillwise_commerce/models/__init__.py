"""Commerce's tables. Triggers in the initial migration guard what constraints cannot say."""

from skillwise_commerce.models.books import (
    Invoice,
    InvoiceCounter,
    LedgerEntry,
    LedgerSnapshot,
    LedgerTransaction,
)
from skillwise_commerce.models.coupons import Coupon, CouponBatch, CouponRedemption
from skillwise_commerce.models.gifts import Gift, GiftIntent
from skillwise_commerce.models.offers import (
    Bundle,
    BundleCourse,
    BundlePrice,
    Cart,
    CartItem,
    CoursePrice,
    CourseTerms,
    Quote,
    SellerShare,
    TaxRate,
)
from skillwise_commerce.models.orders import Entitlement, Order, OrderLine, OrderLineShare, OrderTransition
from skillwise_commerce.models.payments import (
    Discrepancy,
    Payment,
    ProviderCustomer,
    ProviderEvent,
    ReconciliationRun,
)
from skillwise_commerce.models.payouts import Earning, Payout, SellerAccount
from skillwise_commerce.models.returns import Dispute, Refund, RefundLine, RefundLineShare

__all__ = [
    "Bundle",
    "BundleCourse",
    "BundlePrice",
    "Cart",
    "CartItem",
    "Coupon",
    "CouponBatch",
    "CouponRedemption",
    "CoursePrice",
    "CourseTerms",
    "Discrepancy",
    "Dispute",
    "Earning",
    "Entitlement",
    "Gift",
    "GiftIntent",
    "Invoice",
    "InvoiceCounter",
    "LedgerEntry",
    "LedgerSnapshot",
    "LedgerTransaction",
    "Order",
    "OrderLine",
    "OrderLineShare",
    "OrderTransition",
    "Payment",
    "Payout",
    "ProviderCustomer",
    "ProviderEvent",
    "Quote",
    "ReconciliationRun",
    "Refund",
    "RefundLine",
    "RefundLineShare",
    "SellerAccount",
    "SellerShare",
    "TaxRate",
]
