"""The client that tests call the API with."""

from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID

import orjson
from django.http import HttpResponse
from rest_framework.test import APIClient

from skillwise_kernel.actor import Actor

__all__ = ["ApiClient"]


class ApiClient(APIClient):
    """DRF's client, that speaks JSON unless told otherwise and knows our actors."""

    default_format = "json"

    def as_actor(
        self, actor: Actor | UUID, *, roles: Iterable[str] = ("student",), verified: bool = True
    ) -> Self:
        """A new client whose requests are that actor's; this one stays whose it was.

        `actor` is one, or an id to make one of. No token is sent and no account needs to exist.
        """
        if isinstance(actor, UUID):
            actor = Actor(id=actor, roles=frozenset(roles), is_verified=verified)
        client = type(self)()
        # it is told by this header that somebody is asking, before DRF is
        client.credentials(HTTP_AUTHORIZATION="Test an-actor")
        client.force_authenticate(user=actor)  # type: ignore[arg-type]  # DRF takes any user; its stubs, Django's
        return client

    @staticmethod
    def json(response: HttpResponse) -> Any:
        """The JSON that a response carries."""
        return orjson.loads(response.content)
