"""Rate limits, counted in Valkey. Without it nobody is limited; `skillwise_kernel.cache` logs that.

A window opens with a client's first request and closes after the period. A client is an actor, or for guests
an address: the peer's own, or the one that the host's proxies (`NUM_PROXIES`) report. An IPv6 client holds a
whole /64.
"""

import ipaddress
import re
from typing import Any, cast

from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from skillwise_kernel.actor import Actor
from skillwise_kernel.cache import ResilientRedisCache

__all__ = ["ClientThrottle", "ScopedThrottle"]

_RATE = re.compile(r"(\d+)/(second|minute|hour|day)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


class _Throttle(BaseThrottle):
    _seconds_left: float | None = None

    def scope_of(self, request: Request, view: Any) -> str | None:
        """What is counted; None: nothing."""
        raise NotImplementedError

    def rate_of(self, scope: str, view: Any) -> str | None:
        """How much is allowed, as `"5/minute"`; None: any amount."""
        rates = api_settings.DEFAULT_THROTTLE_RATES
        if scope not in rates:
            raise ImproperlyConfigured(
                f'REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] lacks a rate for {scope!r}.'
            )
        return cast("str | None", rates[scope])

    def allow_request(self, request: Request, view: Any) -> bool:
        scope = self.scope_of(request, view)
        rate = self.rate_of(scope, view) if scope else None
        if rate is None:
            return True
        limit, period = _parse(rate)
        counted = cast("ResilientRedisCache", cache).hit(
            f"throttle:{scope}:{self._client(request)}", window=period
        )
        if counted is None:
            return True
        hits, self._seconds_left = counted
        return hits <= limit

    def wait(self) -> float | None:
        return self._seconds_left

    def _client(self, request: Request) -> str:
        if isinstance(request.user, Actor):
            return str(request.user.id)
        ident = str(self.get_ident(request))
        try:
            address = ipaddress.ip_address(ident)
        except ValueError:  # a unix socket has no address, and a proxy may report a name
            return ident
        if isinstance(address, ipaddress.IPv6Address):
            if address.ipv4_mapped is not None:  # how a dual-stack listener reports an IPv4 client
                return str(address.ipv4_mapped)
            return str(ipaddress.ip_network((address, 64), strict=False))
        return str(address)


class ClientThrottle(_Throttle):
    """How often one client may call at all: the rates `guest` and `actor`."""

    def scope_of(self, request: Request, view: Any) -> str:
        return "actor" if isinstance(request.user, Actor) else "guest"


class ScopedThrottle(_Throttle):
    """How often one client may call the views of one `throttle_scope`.

    The rate comes from `DEFAULT_THROTTLE_RATES`, or else from the view's own `throttle_rate`.
    """

    def scope_of(self, request: Request, view: Any) -> str | None:
        return getattr(view, "throttle_scope", None)

    def rate_of(self, scope: str, view: Any) -> str | None:
        own: str | None = getattr(view, "throttle_rate", None)
        if own is not None and scope not in api_settings.DEFAULT_THROTTLE_RATES:
            return own
        return super().rate_of(scope, view)


def _parse(rate: str) -> tuple[int, int]:
    match = _RATE.fullmatch(rate)
    if match is None:
        raise ImproperlyConfigured(f'A rate reads like "5/minute" (second, minute, hour, day), not {rate!r}.')
    return int(match[1]), _SECONDS[match[2]]
