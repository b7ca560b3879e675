"""What the endpoints take and give."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from skillwise_kernel.money import Money
from skillwise_kernel.rest.fields import MoneyField

from skillwise_commerce.domain.orders import OrderStatus
from skillwise_commerce.domain.sales import MAX_COURSES
from skillwise_commerce.gateways import PROVIDERS
from skillwise_commerce.models import Invoice, Order

__all__ = ["CheckoutOutput", "InvoiceOutput", "OrderOutput", "PaymentInput", "WebhookOutput"]


class CourseIdsField(serializers.ListField):
    """One to `MAX_COURSES` ids, none of them twice."""

    default_error_messages = {"duplicate": "This course is named twice."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.UUIDField(), min_length=1, max_length=MAX_COURSES, **kwargs)

    def to_internal_value(self, data: Any) -> list[UUID]:
        ids: list[UUID] = super().to_internal_value(data)
        message = serializers.ErrorDetail(str(self.error_messages["duplicate"]), "duplicate")
        twice: dict[Any, Any] = {
            index: [message] for index, course_id in enumerate(ids) if course_id in ids[:index]
        }
        if twice:
            raise serializers.ValidationError(twice)
        return ids


class PaymentInput(serializers.Serializer[Any]):
    course_ids = CourseIdsField(help_text="The courses to buy together, all priced in one currency.")
    provider = serializers.ChoiceField(choices=sorted(PROVIDERS), default="stripe")


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
    payment = PaymentOutput()


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
