"""The storefront as guests see it is the same for all of them: it is rendered once for each generation of the
catalogue.

A hit runs no query. Each answer says `max-age=0` and has a strong ETag: whoever keeps a copy asks whether it
still is the answer, so a publish shows in the very next request of everybody.
"""

import functools
import hashlib
from collections.abc import Callable
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from django.core.cache import cache
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from skillwise_kernel.rest.conditional import etag, unmodified
from skillwise_kernel.rest.views import ApiView

from skillwise_catalog.selectors.freshness import current_generation

__all__ = ["kept_for_guests"]

#: Seconds that an answer outlives a change whose generation could not be begun: Valkey down, and the worker
#: too.
_LIFETIME: Final = 60
_CACHE_CONTROL: Final = "public, max-age=0, must-revalidate"

V = TypeVar("V", bound=ApiView)
P = ParamSpec("P")


def kept_for_guests(
    method: Callable[Concatenate[V, Request, P], Response],
) -> Callable[Concatenate[V, Request, P], HttpResponseBase]:
    """Decorates a view's `get` whose answer depends on nothing but the address and the catalogue."""

    @functools.wraps(method)
    def handler(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user is not None:
            return method(view, request, *args, **kwargs)
        view.cache_control = _CACHE_CONTROL
        generation = current_generation()
        if generation is None:
            return method(view, request, *args, **kwargs)
        address = hashlib.blake2b(request.get_full_path().encode(), digest_size=16).hexdigest()
        key = f"skillwise_catalog.storefront.{generation}.{address}"
        kept: tuple[str, bytes] | None = cache.get(key)
        if kept is not None:
            return _again(request, *kept)
        response = method(view, request, *args, **kwargs)
        response.add_post_render_callback(functools.partial(_keep, key, view))
        return response

    return handler


def _keep(key: str, view: ApiView, response: Any) -> None:
    cache.set(key, (etag(view.version, response.content), response.content), timeout=_LIFETIME)


def _again(request: Request, tag: str, body: bytes) -> HttpResponseBase:
    response = HttpResponse(
        body, content_type="application/json", headers={"ETag": tag, "Cache-Control": _CACHE_CONTROL}
    )
    return unmodified(request, response) or response
