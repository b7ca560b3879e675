"""A stand-in for Stripe, and people who speak HTTP."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from security.world import World

STARTS_WITHIN = 30


@pytest.fixture(scope="session")
def stripe_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Where the stand-in answers, and its keys."""
    folder: Path = tmp_path_factory.mktemp("sandbox")
    process = subprocess.Popen(
        [sys.executable, "-m", "skillwise_sandbox", "--data", folder, "--die-with-parent"]
    )
    deadline = time.monotonic() + STARTS_WITHIN
    while not (folder / "addresses.json").exists():
        assert process.poll() is None, "the sandbox ended at once"
        assert time.monotonic() < deadline, "the sandbox did not start"
        time.sleep(0.02)
    addresses = json.loads((folder / "addresses.json").read_text())
    yield {
        "STRIPE_API_BASE": addresses["stripe_api_base"],
        "STRIPE_SECRET_KEY": addresses["stripe_secret_key"],
        "STRIPE_PUBLISHABLE_KEY": addresses["stripe_publishable_key"],
        "STRIPE_WEBHOOK_SECRET": "whsec_matrix",
    }
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture
def new_world(
    live_server: Any, deliver_events: Callable[[], int], stripe_settings: dict[str, str], settings: Any
) -> Callable[[], tuple[World, Callable[..., httpx.Response]]]:
    """`world, speak = new_world()`: people and things of their own, and a way for each to send a request."""
    settings.SKILLWISE_COMMERCE = settings.SKILLWISE_COMMERCE | stripe_settings
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def new_world() -> tuple[World, Callable[..., httpx.Response]]:
        def speak(who: str, method: str, path: str, **options: Any) -> httpx.Response:
            headers = dict(options.pop("headers", {}))
            if token := world.token(who):
                headers["Authorization"] = f"Bearer {token}"
            return httpx.request(method, f"{live_server.url}{path}", headers=headers, timeout=30, **options)

        world = World(deliver_events, speak)
        return world, speak

    return new_world
