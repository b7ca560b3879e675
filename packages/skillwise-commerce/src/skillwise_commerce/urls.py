"""Commerce's addresses, relative to `/api/v1/`."""

from django.urls import path

from skillwise_commerce.gateways import PROVIDERS
from skillwise_commerce.rest.views import (
    cart,
    earnings,
    gifts,
    invoices,
    orders,
    payments,
    refunds,
    returns,
    webhooks,
)
from skillwise_commerce.rest.views.offers import bundles, coupons, course_terms

__all__ = ["urlpatterns"]

urlpatterns = [
    path("payments/quote/", payments.QuoteView.as_view(), name="commerce-payment-quote"),
    path("payments/create/", payments.PaymentCreateView.as_view(), name="commerce-payment-create"),
    *(
        path(
            f"payments/webhooks/{provider}/",
            webhooks.webhook_view(provider),
            name=f"commerce-webhook-{provider}",
        )
        for provider in PROVIDERS
    ),
    path(
        "payments/returns/<uuid:order_id>/",
        returns.PaymentReturnView.as_view(),
        name="commerce-payment-return",
    ),
    path("coupons/", coupons.CouponListView.as_view(), name="commerce-coupon-list"),
    path("coupons/<uuid:coupon_id>/", coupons.CouponView.as_view(), name="commerce-coupon-detail"),
    path("coupons/<uuid:coupon_id>/end/", coupons.CouponEndView.as_view(), name="commerce-coupon-end"),
    path("coupons/batches/", coupons.BatchListView.as_view(), name="commerce-coupon-batch-list"),
    path(
        "coupons/batches/<uuid:batch_id>/codes/",
        coupons.BatchCodesView.as_view(),
        name="commerce-coupon-batch-codes",
    ),
    path("bundles/", bundles.BundleListView.as_view(), name="commerce-bundle-list"),
    path("bundles/<uuid:bundle_id>/", bundles.BundleView.as_view(), name="commerce-bundle-detail"),
    path("instructors/bundles/", bundles.OwnBundlesView.as_view(), name="commerce-own-bundle-list"),
    path(
        "instructors/courses/<uuid:course_id>/prices/",
        course_terms.CoursePricesView.as_view(),
        name="commerce-course-prices",
    ),
    path(
        "instructors/courses/<uuid:course_id>/shares/",
        course_terms.CourseSharesView.as_view(),
        name="commerce-course-shares",
    ),
    path("orders/", orders.OrderListView.as_view(), name="commerce-order-list"),
    path("orders/<uuid:order_id>/", orders.OrderView.as_view(), name="commerce-order-detail"),
    path("orders/<uuid:order_id>/refunds/", refunds.OrderRefundView.as_view(), name="commerce-order-refunds"),
    path(
        "admin/orders/<uuid:order_id>/refunds/",
        refunds.OrderRefundAdminView.as_view(),
        name="commerce-admin-order-refunds",
    ),
    path("cart/", cart.CartView.as_view(), name="commerce-cart"),
    path("cart/items/", cart.CartItemListView.as_view(), name="commerce-cart-item-list"),
    path("cart/items/<uuid:item_id>/", cart.CartItemView.as_view(), name="commerce-cart-item-detail"),
    path("gifts/", gifts.GiftListView.as_view(), name="commerce-gift-list"),
    path("gifts/claim/", gifts.GiftClaimView.as_view(), name="commerce-gift-claim"),
    path("gifts/<uuid:gift_id>/resend/", gifts.GiftResendView.as_view(), name="commerce-gift-resend"),
    path("invoices/", invoices.InvoiceListView.as_view(), name="commerce-invoice-list"),
    path("invoices/<uuid:invoice_id>/", invoices.InvoiceView.as_view(), name="commerce-invoice-detail"),
    path("invoices/<uuid:invoice_id>/pdf/", invoices.InvoicePdfView.as_view(), name="commerce-invoice-pdf"),
    path(
        "invoices/<uuid:invoice_id>/send/", invoices.InvoiceSendView.as_view(), name="commerce-invoice-send"
    ),
    path("invoices/files/<str:token>/", invoices.InvoiceFileView.as_view(), name="commerce-invoice-file"),
    path("instructors/earnings/", earnings.EarningsView.as_view(), name="commerce-earnings"),
    path("instructors/earnings/file/", earnings.EarningsFileView.as_view(), name="commerce-earnings-file"),
    path("instructors/payouts/", earnings.PayoutListView.as_view(), name="commerce-payout-list"),
    path(
        "instructors/payouts/onboarding/",
        earnings.OnboardingView.as_view(),
        name="commerce-payout-onboarding",
    ),
    path(
        "instructors/payouts/<uuid:payout_id>/", earnings.PayoutView.as_view(), name="commerce-payout-detail"
    ),
    path(
        "instructors/payouts/<uuid:payout_id>/statement/",
        earnings.PayoutStatementView.as_view(),
        name="commerce-payout-statement",
    ),
]
