"""Commerce's tables. Triggers in the initial migration guard what constraints cannot say."""

from skillwise_commerce.models.books import Invoice, InvoiceCounter, LedgerEntry, LedgerTransaction
from skillwise_commerce.models.orders import Entitlement, Order, OrderLine, OrderTransition
from skillwise_commerce.models.payments import Discrepancy, Payment, ProviderCustomer, ProviderEvent

__all__ = [
    "Discrepancy",
    "Entitlement",
    "Invoice",
    "InvoiceCounter",
    "LedgerEntry",
    "LedgerTransaction",
    "Order",
    "OrderLine",
    "OrderTransition",
    "Payment",
    "ProviderCustomer",
    "ProviderEvent",
]
