"""Who may call: reading is for everybody, writing is not."""

from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.response import Response
from skillwise_kernel.actor import Actor
from skillwise_kernel.postgresql.limits import is_time_out, time_limit
from skillwise_kernel.rest.permissions import AllowAny, IsVerified
from skillwise_kernel.rest.views import ApiView

from skillwise_catalog.errors import SearchTooCostlyError

__all__ = ["PublicView", "StorefrontView"]


class PublicView(ApiView):
    """Anybody may read, as far as the selectors show it to them; `writers` may write, as far as the services
    let them.

    Not `ReadOnly | writers`: that composition forgets why it refused, and the unverified are to be told.
    """

    writers: type[BasePermission] = IsVerified

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny() if self.request.method in SAFE_METHODS else self.writers()]

    @property
    def reader(self) -> Actor | None:
        """Who is asking; None for a guest."""
        user = self.request.user
        return user if isinstance(user, Actor) else None


#: Seconds that PostgreSQL works for one request of the storefront.
_TIME_LIMIT: Final = 5.0


class StorefrontView(PublicView):
    """What strangers ask in words of their own: where PostgreSQL would take too long over it, 503
    `catalog.search_too_costly`.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in SAFE_METHODS:
            return super().dispatch(request, *args, **kwargs)
        with time_limit(_TIME_LIMIT):
            return super().dispatch(request, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(SearchTooCostlyError() if is_time_out(exc) else exc)
