"""Hearing from providers."""

from collections.abc import Callable
from typing import Any, ClassVar, Final

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.clock import now
from skillwise_kernel.rest.openapi import problem_codes
from skillwise_kernel.rest.permissions import AllowAny
from skillwise_kernel.rest.views import ApiView

from skillwise_commerce.errors import (
    ProviderNotOfferedError,
    WebhookInvalidError,
    WebhookSignatureInvalidError,
    WebhookTooLargeError,
)
from skillwise_commerce.gateways import PROVIDERS, WebhookForm
from skillwise_commerce.rest.examples import answer, request
from skillwise_commerce.rest.serializers import WebhookOutput
from skillwise_commerce.services.webhooks import receive_webhook

__all__ = ["WebhookView", "webhook_view"]


#: No event of any provider's comes near this, in bytes.
MAX_WEBHOOK_SIZE: Final = 512 * 1024


class WebhookView(ApiView):
    """Not throttled: a provider sends from few addresses, and the signature turns everybody else away."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = []
    provider: ClassVar[str]

    def post(self, request: Request) -> Response:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_WEBHOOK_SIZE:
            raise WebhookTooLargeError
        receive_webhook(provider=self.provider, body=request.body, headers=request.headers, now=now())
        return Response({"received": True})


def webhook_view(provider: str) -> Callable[..., HttpResponseBase]:
    """The view that hears from this provider."""
    form = PROVIDERS[provider].webhook_form

    class ProviderWebhookView(WebhookView):
        @_documented(provider, form)
        def post(self, request: Request) -> Response:
            return super().post(request)

    ProviderWebhookView.provider = provider
    return ProviderWebhookView.as_view()


def _documented(provider: str, form: WebhookForm) -> Callable[[Any], Any]:
    header = OpenApiParameter(
        form.header,
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        required=True,
        description=form.header_description,
    )
    document = extend_schema(
        tags=["Payments"],
        operation_id=f"payments_webhooks_{provider}",
        summary=f"Hear from {form.sender}",
        description=f"For {form.sender} alone, which signs what it sends. The event is stored before this "
        "answers, and acted upon after; a repeated one changes nothing.",
        auth=[],
        parameters=[header] if form.header else [],
        request={form.media_type: OpenApiTypes.OBJECT},
        responses={200: WebhookOutput},
        examples=[
            request("A payment that arrived", dict(form.example)),
            answer("Stored", {"received": True}),
        ],
    )
    codes = problem_codes(
        ProviderNotOfferedError, WebhookSignatureInvalidError, WebhookInvalidError, WebhookTooLargeError
    )
    return lambda method: document(codes(method))
