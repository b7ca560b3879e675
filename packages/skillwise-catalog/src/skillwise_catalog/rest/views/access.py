"""Who may call: reading is for everybody, writing is not."""

from typing import Final

from django.db import OperationalError
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.response import Response
from skillwise_kernel.actor import Actor
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


#: What PostgreSQL says when it stops at `statement_timeout`.
_CANCELLED: Final = "57014"


class StorefrontView(PublicView):
    """What strangers ask in words of their own: where PostgreSQL would take too long over it, 503
    `catalog.search_too_costly`.
    """

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, OperationalError) and getattr(exc.__cause__, "sqlstate", None) == _CANCELLED:
            exc = SearchTooCostlyError()
        return super().handle_exception(exc)
