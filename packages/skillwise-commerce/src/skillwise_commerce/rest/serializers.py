"""What the endpoints take and give."""

from typing import Any

from rest_framework import serializers
from skillwise_kernel.money import Money
from skillwise_kernel.rest.fields import MoneyField

from skillwise_commerce.domain.orders import OrderStatus
from skillwise_commerce.gateways import PROVIDERS
from skillwise_commerce.models import Invoice, Order
from skillwise_commerce.rest.baskets import BasketInput

__all__ = ["CheckoutOutput", "InvoiceOutput", "OrderOutput", "PaymentInput", "WebhookOutput"]


class PaymentInput(BasketInput):
    """Either a quote, or what is to be bought."""

    quote_id = serializers.UUIDField(
        required=False,
        help_text="Buys what was quoted, at the prices quoted; nothing else of the basket is given.",
    )
    provider = serializers.ChoiceField(choices=sorted(PROVIDERS), default="stripe")
    channel = serializers.ChoiceField(
        choices=Order.Channel.choices,
        default=Order.Channel.APP,
        help_text="`app`: with the provider's mobile library. `web`: on a page of the provider.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return attrs if "quote_id" in attrs else super().validate(attrs)


class LineOutput(serializers.Serializer[Any]):
    course_id = serializers.UUIDField()
    title = serializers.CharField(help_text="As it was when the order was made.")
    price = MoneyField()


class OrderOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    status = serializers.ChoiceField(
        choices=sorted(OrderStatus),
        help_text="`pending`, `requires_action` and `failed` can still be paid. `held`: what was paid is not "
        "what was asked, and a person looks at it. `canceled` and `paid` are final.",
    )
    provider = serializers.ChoiceField(
        choices=["", *sorted(PROVIDERS)], help_text="Empty: nothing was to pay."
    )
    total = MoneyField()
    lines = LineOutput(many=True)
    failure_code = serializers.CharField(
        allow_null=True,
        help_text="Why the last attempt failed, in the provider's words: `insufficient_funds`, say.",
    )
    created_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    invoice_id = serializers.UUIDField(allow_null=True)

    def to_representation(self, instance: Order) -> dict[str, Any]:
        invoice = next((one for one in instance.invoices.all() if one.kind == Invoice.Kind.INVOICE), None)
        return {
            "id": instance.id,
            "status": instance.status,
            "provider": instance.provider,
            "total": _money(instance.total),
            "lines": _lines(instance),
            "failure_code": instance.failure_code or None,
            "created_at": instance.created_at,
            "paid_at": instance.paid_at,
            "invoice_id": invoice.id if invoice is not None else None,
        }


class PaymentOutput(serializers.Serializer[Any]):
    """For Stripe's PaymentSheet, by the names of its own parameters."""

    provider = serializers.ChoiceField(choices=sorted(PROVIDERS))
    publishable_key = serializers.CharField()
    payment_intent = serializers.CharField()
    client_secret = serializers.CharField(help_text="Lets its holder pay: keep it out of logs and links.")
    customer = serializers.CharField()
    ephemeral_key = serializers.CharField()


class CheckoutOutput(serializers.Serializer[Any]):
    order = OrderOutput()
    payment = PaymentOutput(allow_null=True, help_text="Null when nothing was to be paid: the order is paid.")


class InvoiceOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField(help_text="Without gaps within a legal entity and year.")
    legal_entity = serializers.CharField()
    order_id = serializers.UUIDField()
    total = MoneyField()
    lines = LineOutput(many=True)
    issued_at = serializers.DateTimeField()

    def to_representation(self, instance: Invoice) -> dict[str, Any]:
        return {
            "id": instance.id,
            "number": instance.number,
            "legal_entity": instance.legal_entity,
            "order_id": instance.order_id,
            "total": _money(instance.total),
            "lines": _lines(instance.order),
            "issued_at": instance.issued_at,
        }


class WebhookOutput(serializers.Serializer[Any]):
    received = serializers.BooleanField()


def _lines(order: Order) -> list[dict[str, Any]]:
    return [
        {"course_id": line.course_id, "title": line.title, "price": _money(line.price)}
        for line in order.lines.all()
    ]


def _money(money: Money) -> dict[str, Any]:
    return {"amount": money.amount, "currency": money.currency}
