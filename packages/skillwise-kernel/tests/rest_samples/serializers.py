from rest_framework import serializers
from skillwise_kernel.rest.fields import MoneyField


class LineInput(serializers.Serializer):
    sku = serializers.CharField(max_length=5)
    quantity = serializers.IntegerField(min_value=1)


class PaymentInput(serializers.Serializer):
    amount = serializers.IntegerField()


class OrderInput(serializers.Serializer):
    price = MoneyField(min_amount=1)
    lines = LineInput(many=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=3), required=False)

    def validate(self, attrs: dict) -> dict:
        if attrs["price"].amount == 13:
            raise serializers.ValidationError("Thirteen is not sold.", "unlucky")
        return attrs


class BookQuery(serializers.Serializer):
    order = serializers.ChoiceField(
        ["title", "-title", "rating", "-rating", "mixed", "-published_at", "newest"], default="title"
    )


class BookOutput(serializers.Serializer):
    id = serializers.UUIDField()
    title = serializers.CharField()


class BookInput(serializers.Serializer):
    title = serializers.CharField(max_length=100)


class PaymentOutput(serializers.Serializer):
    id = serializers.UUIDField()
    amount = serializers.IntegerField()


class OrderOutput(serializers.Serializer):
    price = MoneyField()
