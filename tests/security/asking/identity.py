"""Accounts."""

from typing import Any

from skillwise_kernel.ids import new_id

from security.asking.registry import PASSWORD, Request, ask, plain, with_body
from security.world import World

with_body(
    "POST /api/v1/auth/register/",
    lambda world: {"email": f"{new_id()}@example.org", "password": PASSWORD, "full_name": "New"},
)
with_body("POST /api/v1/auth/verify-email/", lambda world: {"token": "no-such-token"})
with_body("POST /api/v1/auth/verify-email/resend/", lambda world: {"email": "nobody@example.org"})
with_body("POST /api/v1/auth/password/reset/", lambda world: {"email": "nobody@example.org"})
with_body(
    "POST /api/v1/auth/password/reset/confirm/",
    lambda world: {"token": "no-such-token", "password": PASSWORD},
)


@ask("POST /api/v1/auth/login/")
def log_in_as_oneself(world: World, who: str) -> Request:
    user = world.person("stranger" if who == "guest" else who)
    return {"json": {"email": user.email, "password": PASSWORD}}


@ask("POST /api/v1/auth/token/refresh/")
def refresh_ones_own(world: World, who: str) -> Request:
    return {"json": {"refresh": world.refresh_token("stranger" if who == "guest" else who)}}


@ask("POST /api/v1/auth/logout/")
def log_out(world: World, who: str) -> Request:
    return {"json": {"refresh": world.refresh_token("stranger" if who == "guest" else who)}}


plain("GET /api/v1/users/me/", "GET /api/v1/admin/users/")
with_body("PATCH /api/v1/users/me/", lambda world: {"full_name": "Renamed"})


def stranger(world: World) -> Any:
    return world.person("stranger").id


plain("GET /api/v1/admin/users/{user_id}/", user_id=stranger)
with_body(
    "PUT /api/v1/admin/users/{user_id}/roles/", lambda world: {"roles": ["instructor"]}, user_id=stranger
)
with_body("POST /api/v1/admin/users/{user_id}/suspend/", lambda world: {"reason": "Spam."}, user_id=stranger)
plain(
    "POST /api/v1/admin/users/{user_id}/reinstate/",
    user_id=lambda world: world.suspended_stranger,
)
