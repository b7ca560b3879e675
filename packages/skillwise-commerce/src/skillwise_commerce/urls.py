"""Commerce's addresses, relative to `/api/v1/`."""

from django.urls import path

from skillwise_commerce.rest import views

__all__ = ["urlpatterns"]

urlpatterns = [
    path("payments/create/", views.PaymentCreateView.as_view(), name="commerce-payment-create"),
    path("payments/webhooks/stripe/", views.StripeWebhookView.as_view(), name="commerce-webhook-stripe"),
    path("orders/", views.OrderListView.as_view(), name="commerce-order-list"),
    path("orders/<uuid:order_id>/", views.OrderView.as_view(), name="commerce-order-detail"),
    path("invoices/", views.InvoiceListView.as_view(), name="commerce-invoice-list"),
    path("invoices/<uuid:invoice_id>/", views.InvoiceView.as_view(), name="commerce-invoice-detail"),
]
