"""The back office's login, for which guesses count as they do for the API's."""

import math
from typing import cast

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.request import Request
from skillwise_kernel.rest.throttles import ScopedThrottle

from skillwise_identity.rest.throttles import PerAccountThrottle
from skillwise_identity.rest.views.sessions import LogInView

__all__ = ["log_in_to_back_office"]


class _FormThrottle(PerAccountThrottle):
    def address_in(self, request: Request) -> object:
        return request.POST.get("username")


def log_in_to_back_office(request: HttpRequest) -> HttpResponse:
    """Django's own page, with the rates of `LogInView` and its very counters: one door's guesses are spent at
    the other.
    """
    seconds = _seconds_to_wait(request) if request.method == "POST" else None
    if seconds is None:
        return admin.site.login(request)
    answer = render(
        request,
        "skillwise_identity/pages/message.html",
        {"title": "Too many attempts", "message": f"Try again in {seconds} seconds."},
        status=429,
    )
    answer["Retry-After"] = str(seconds)
    return answer


def _seconds_to_wait(request: HttpRequest) -> int | None:
    """None when the attempt may be made; each attempt counts, also one that may not."""
    asked = cast("Request", request)  # what throttles look at, Django's request has too
    refusing = [
        throttle
        for throttle in (ScopedThrottle(), _FormThrottle())
        if not throttle.allow_request(asked, LogInView)
    ]
    if not refusing:
        return None
    return math.ceil(max(throttle.wait() or 0 for throttle in refusing))
