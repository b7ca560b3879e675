"""Who may call: reading is for everybody, writing is not."""

from rest_framework.permissions import SAFE_METHODS, BasePermission
from skillwise_kernel.actor import Actor
from skillwise_kernel.rest.permissions import AllowAny, IsVerified
from skillwise_kernel.rest.views import ApiView

__all__ = ["PublicView"]


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
