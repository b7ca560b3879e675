"""The back office: what happened and what is offered is only looked at; tax rates alone are kept here.
Actions on discrepancies and webhooks are the way out of what went wrong.
"""

from skillwise_commerce.admin import books, offers, orders, payments, returns

__all__ = ["books", "offers", "orders", "payments", "returns"]
