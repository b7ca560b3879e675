"""Who may call an endpoint at all. Who may touch one particular thing is a rule of its context's services."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from skillwise_kernel.actor import Actor

__all__ = ["AllowAny", "IsAuthenticated", "IsVerified", "ReadOnly", "has_role"]


class AllowAny(BasePermission):
    """Guests too."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return True


class IsAuthenticated(BasePermission):
    """Someone who is logged in; otherwise 401."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, Actor)


class IsVerified(IsAuthenticated):
    """Someone logged in (otherwise 401) and verified by e-mail (otherwise 403 `email_not_verified`)."""

    message = "Verify your e-mail address first."
    code = "email_not_verified"

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, Actor) and request.user.is_verified


class ReadOnly(BasePermission):
    """Anybody, for reading. Combine it: `ReadOnly | IsVerified`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.method in SAFE_METHODS


def has_role(*roles: str) -> type[BasePermission]:
    """A permission class: someone verified who has one of `roles` (otherwise 403 `permission_denied`)."""

    class HasRole(IsVerified):
        def has_permission(self, request: Request, view: Any) -> bool:
            actor = request.user
            if not isinstance(actor, Actor) or not actor.is_verified:
                return False
            # what is missing now is the role, and the answer says so
            self.message, self.code = f"This takes the role {' or '.join(roles)}.", "permission_denied"
            return any(actor.has_role(role) for role in roles)

    HasRole.__name__ = HasRole.__qualname__ = "Has" + "Or".join(role.title() for role in roles) + "Role"
    return HasRole
