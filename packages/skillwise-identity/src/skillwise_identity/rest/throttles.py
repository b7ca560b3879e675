"""Brute force: how often one caller may try one account, beside how often at all."""

import hashlib
from collections.abc import Mapping
from typing import Any, cast

from rest_framework.request import Request
from rest_framework.settings import api_settings
from skillwise_kernel.rest.throttles import ScopedThrottle

__all__ = ["PerAccountThrottle"]


class PerAccountThrottle(ScopedThrottle):
    """How often one client may name one e-mail address, in whatever case, to views of one
    `account_throttle_scope`.

    The rate comes from `DEFAULT_THROTTLE_RATES`, or else from the view's `account_throttle_rate`.
    """

    def address_in(self, request: Request) -> object:
        """The e-mail address that the client names, whatever it may be."""
        return request.data.get("email") if isinstance(request.data, Mapping) else None

    def scope_of(self, request: Request, view: Any) -> str:
        address = str(self.address_in(request)).strip().casefold()
        digest = hashlib.sha256(address.encode(errors="replace")).hexdigest()
        return f"{view.account_throttle_scope}:{digest[:32]}"

    def rate_of(self, scope: str, view: Any) -> str | None:
        rates = cast("Mapping[str, str | None]", api_settings.DEFAULT_THROTTLE_RATES)
        return rates.get(view.account_throttle_scope, view.account_throttle_rate)
