"""What the endpoints take and give."""

from typing import Any

from rest_framework import serializers
from skillwise_kernel.money import Money
from skillwise_kernel.rest.fields import MoneyField

from skillwise_commerce.domain.orders import OrderStatus
from skillwise_commerce.domain.payments import DisputeStatus
from skillwise_commerce.gateways import PROVIDERS
from skillwise_commerce.models import Invoice, Order, OrderLine
from skillwise_commerce.rest.baskets import BasketInput
from skillwise_commerce.selectors.invoices import BilledLine, billed_lines

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
    price = MoneyField(help_text="What was asked for the course.")
    discount = MoneyField(help_text="What a coupon took off.")
    tax_name = serializers.CharField(help_text="`VAT`, say; empty where nothing is taxed.")
    tax_rate = serializers.CharField(help_text="In percent: `15.000`.")
    tax_inclusive = serializers.BooleanField(help_text="Whether the tax is a part of the price.")
    tax = MoneyField()
    total = MoneyField(help_text="The price less the discount, and plus the tax unless that is in the price.")


class OrderLineOutput(LineOutput):
    refunded = MoneyField(help_text="What was given back of the total.")


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
    discount = MoneyField()
    tax = MoneyField()
    total = MoneyField(help_text="What is, or was, to be paid.")
    refunded = MoneyField(help_text="What was given back of the total.")
    lines = OrderLineOutput(many=True)
    dispute_status = serializers.ChoiceField(
        choices=sorted(DisputeStatus),
        allow_null=True,
        help_text="How the last dispute of the buyer's bank stands; null when there was none.",
    )
    failure_code = serializers.CharField(
        allow_null=True,
        help_text="Why the last attempt failed, in the provider's words: `insufficient_funds`, say.",
    )
    created_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    invoice_id = serializers.UUIDField(allow_null=True, help_text="Read it at `invoices/{id}/`.")
    credit_note_ids = serializers.ListField(
        child=serializers.UUIDField(), help_text="One for each refund; read them at `invoices/{id}/`."
    )

    def to_representation(self, instance: Order) -> dict[str, Any]:
        invoices = instance.invoices.all()
        lines = [_order_line(line) for line in instance.lines.all()]
        refunded = sum(line["refunded"]["amount"] for line in lines)
        return {
            "id": instance.id,
            "status": instance.status,
            "provider": instance.provider,
            "discount": _money(instance.discount),
            "tax": _money(instance.tax),
            "total": _money(instance.total),
            "refunded": _money(Money(refunded, instance.total_currency)),
            "lines": lines,
            "dispute_status": next((one.status for one in instance.disputes.all()), None),
            "failure_code": instance.failure_code or None,
            "created_at": instance.created_at,
            "paid_at": instance.paid_at,
            "invoice_id": next((one.id for one in invoices if one.kind == Invoice.Kind.INVOICE), None),
            "credit_note_ids": [one.id for one in invoices if one.kind == Invoice.Kind.CREDIT_NOTE],
        }


class PaymentOutput(serializers.Serializer[Any]):
    """With `stripe` in the app, what its PaymentSheet asks for, by its names; on the web, and with
    `sslcommerz`, `payment_id` and `gateway_page_url`.
    """

    provider = serializers.ChoiceField(choices=sorted(PROVIDERS))
    publishable_key = serializers.CharField(required=False)
    payment_intent = serializers.CharField(required=False)
    client_secret = serializers.CharField(
        required=False, help_text="Lets its holder pay: keep it out of logs and links."
    )
    customer = serializers.CharField(required=False)
    ephemeral_key = serializers.CharField(required=False)
    payment_id = serializers.CharField(required=False)
    gateway_page_url = serializers.CharField(
        required=False, help_text="The page on which to pay. It leads back to the app."
    )


class CheckoutOutput(serializers.Serializer[Any]):
    order = OrderOutput()
    payment = PaymentOutput(allow_null=True, help_text="Null when nothing was to be paid: the order is paid.")


class BuyerOutput(serializers.Serializer[Any]):
    """As they were when the order was made; what was not given is empty."""

    name = serializers.CharField()
    address = serializers.CharField()
    country = serializers.CharField()
    vat_number = serializers.CharField()


class InvoiceOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(
        choices=Invoice.Kind.choices,
        help_text="`credit_note`: what a refund takes back of an invoice. Its amounts are above zero too.",
    )
    number = serializers.CharField(help_text="Without gaps within a legal entity, kind and year.")
    credits = serializers.UUIDField(allow_null=True, help_text="The invoice that a credit note is about.")
    legal_entity = serializers.CharField()
    seller_address = serializers.CharField()
    seller_tax_id = serializers.CharField()
    buyer = BuyerOutput()
    order_id = serializers.UUIDField()
    is_reverse_charged = serializers.BooleanField(help_text="Whether the buyer owes the tax.")
    tax = MoneyField()
    total = MoneyField()
    lines = LineOutput(many=True)
    issued_at = serializers.DateTimeField()

    def to_representation(self, instance: Invoice) -> dict[str, Any]:
        return {
            "id": instance.id,
            "kind": instance.kind,
            "number": instance.number,
            "credits": instance.credits_id,
            "legal_entity": instance.legal_entity,
            "seller_address": instance.seller_address,
            "seller_tax_id": instance.seller_tax_id,
            "buyer": {
                "name": instance.buyer_name,
                "address": instance.buyer_address,
                "country": instance.buyer_country,
                "vat_number": instance.buyer_vat_number,
            },
            "order_id": instance.order_id,
            "is_reverse_charged": instance.order.is_reverse_charged,
            "tax": _money(instance.tax),
            "total": _money(instance.total),
            "lines": [_line(line) for line in billed_lines(instance)],
            "issued_at": instance.issued_at,
        }


class WebhookOutput(serializers.Serializer[Any]):
    received = serializers.BooleanField()


def _order_line(line: OrderLine) -> dict[str, Any]:
    refunded = sum(part.amount for part in line.refund_lines.all())
    return {**_line(line), "refunded": _money(Money(refunded, line.price_currency))}


def _line(line: OrderLine | BilledLine) -> dict[str, Any]:
    return {
        "course_id": line.course_id,
        "title": line.title,
        "price": _money(line.price),
        "discount": _money(line.discount),
        "tax_name": line.tax_name,
        "tax_rate": f"{line.tax_rate:.3f}",
        "tax_inclusive": line.tax_inclusive,
        "tax": _money(line.tax),
        "total": _money(line.total),
    }


def _money(money: Money) -> dict[str, Any]:
    return {"amount": money.amount, "currency": money.currency}
