"""People who speak HTTP."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from security.world import World


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    """Made once, which takes as long as many requests. It keeps no connection, and nobody sends a cookie."""
    with httpx.Client(timeout=30, limits=httpx.Limits(max_keepalive_connections=0)) as client:
        yield client


@pytest.fixture
def new_world(
    http: httpx.Client,
    live_server: Any,
    deliver_events: Callable[[], int],
    sandbox: dict[str, str],
    settings: Any,
) -> Callable[..., tuple[World, Callable[..., httpx.Response]]]:
    """`world, speak = new_world()`: people and things of their own, and a way for each to send a request.
    `new_world(Other)` makes a world of that class.
    """
    settings.SKILLWISE_COMMERCE = settings.SKILLWISE_COMMERCE | {
        "STRIPE_API_BASE": sandbox["stripe_api_base"],
        "STRIPE_SECRET_KEY": sandbox["stripe_secret_key"],
        "STRIPE_PUBLISHABLE_KEY": sandbox["stripe_publishable_key"],
        "STRIPE_WEBHOOK_SECRET": "whsec_matrix",
        "SSLCOMMERZ_API_BASE": sandbox["sslcommerz_api_base"],
        "SSLCOMMERZ_STORE_ID": sandbox["sslcommerz_store_id"],
        "SSLCOMMERZ_STORE_PASSWORD": sandbox["sslcommerz_store_password"],
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def new_world(make: type[World] = World) -> tuple[World, Callable[..., httpx.Response]]:
        def speak(who: str, method: str, path: str, **options: Any) -> httpx.Response:
            headers = dict(options.pop("headers", {}))
            if token := world.token(who):
                headers["Authorization"] = f"Bearer {token}"
            http.cookies.clear()
            return http.request(method, f"{live_server.url}{path}", headers=headers, **options)

        world = make(deliver_events, speak)
        return world, speak

    return new_world
