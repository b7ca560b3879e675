"""Coming back from a provider's page."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponseRedirect
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from skillwise_kernel.rest.permissions import AllowAny
from skillwise_kernel.rest.views import ApiView

__all__ = ["PaymentReturnView"]

_SEE_OTHER = 303


@extend_schema(tags=["Payments"])
class PaymentReturnView(ApiView):
    """Reads nothing of what the browser brings: anybody can send it anything."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="payments_returns",
        summary="Come back from a payment page",
        description="Where a provider's page sends the buyer's browser, whatever happened there. It decides "
        "nothing: it leads on to the app's link for the order, which asks `GET orders/{id}/`.",
        auth=[],
        request=None,
        responses={303: OpenApiResponse(description="To the app's link for the order.")},
    )
    def post(self, request: Request, order_id: UUID) -> HttpResponseRedirect:
        response = HttpResponseRedirect(f"{settings.APP_URL.rstrip('/')}/orders/{order_id}")
        response.status_code = _SEE_OTHER
        return response
