"""Hearing from providers."""

from typing import ClassVar, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.permissions import AllowAny
from skillwise_kernel.rest.views import ApiView

from skillwise_commerce.errors import (
    WebhookInvalidError,
    WebhookSignatureInvalidError,
    WebhookTooLargeError,
)
from skillwise_commerce.rest.examples import answer, request
from skillwise_commerce.rest.serializers import (
    WebhookOutput,
)
from skillwise_commerce.services.webhooks import receive_webhook

__all__ = ["StripeWebhookView"]


#: No event of Stripe's comes near this, in bytes.
MAX_WEBHOOK_SIZE: Final = 512 * 1024


@extend_schema(tags=["Payments"])
class StripeWebhookView(ApiView):
    """Not throttled: Stripe sends from few addresses, and the signature turns everybody else away."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []
    provider: ClassVar[str] = "stripe"

    @extend_schema(
        operation_id="payments_webhooks_stripe",
        summary="Hear from Stripe",
        description="For Stripe alone, which signs what it sends. The event is stored before this answers, "
        "and acted upon after; a repeated one changes nothing.",
        auth=[],
        parameters=[
            OpenApiParameter(
                "Stripe-Signature",
                OpenApiTypes.STR,
                OpenApiParameter.HEADER,
                required=True,
                description="`t=…,v1=…`, at most five minutes old.",
            )
        ],
        request=OpenApiTypes.OBJECT,
        responses={200: WebhookOutput},
        examples=[
            request(
                "A payment that arrived",
                {
                    "id": "evt_3QK1x2EgjMY5vZhN0rTuVwXy",
                    "object": "event",
                    "type": "payment_intent.succeeded",
                    "data": {"object": {"id": "pi_3QK1x2EgjMY5vZhN0a1B2c3D", "object": "payment_intent"}},
                },
            ),
            answer("Stored", {"received": True}),
        ],
    )
    @problem_codes(WebhookSignatureInvalidError, WebhookInvalidError, WebhookTooLargeError)
    def post(self, request: Request) -> Response:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_WEBHOOK_SIZE:
            raise WebhookTooLargeError
        receive_webhook(provider=self.provider, body=request.body, headers=request.headers, now=now())
        return Response({"received": True})
