"""Commerce's addresses, relative to `/api/v1/`."""

from django.urls import path

from skillwise_commerce.rest.views import invoices, orders, payments, webhooks

__all__ = ["urlpatterns"]

urlpatterns = [
    path("payments/quote/", payments.QuoteView.as_view(), name="commerce-payment-quote"),
    path("payments/create/", payments.PaymentCreateView.as_view(), name="commerce-payment-create"),
    path("payments/webhooks/stripe/", webhooks.StripeWebhookView.as_view(), name="commerce-webhook-stripe"),
    path("orders/", orders.OrderListView.as_view(), name="commerce-order-list"),
    path("orders/<uuid:order_id>/", orders.OrderView.as_view(), name="commerce-order-detail"),
    path("invoices/", invoices.InvoiceListView.as_view(), name="commerce-invoice-list"),
    path("invoices/<uuid:invoice_id>/", invoices.InvoiceView.as_view(), name="commerce-invoice-detail"),
    path("invoices/<uuid:invoice_id>/pdf/", invoices.InvoicePdfView.as_view(), name="commerce-invoice-pdf"),
    path(
        "invoices/<uuid:invoice_id>/send/", invoices.InvoiceSendView.as_view(), name="commerce-invoice-send"
    ),
    path("invoices/files/<str:token>/", invoices.InvoiceFileView.as_view(), name="commerce-invoice-file"),
]
