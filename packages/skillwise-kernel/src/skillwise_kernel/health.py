"""Health, for whoever starts, stops and routes to this process. `path("health/",
include("skillwise_kernel.health"))`.

* `/health/live`: the process answers. It asks nothing of anything else: restarting this process mends no
  database.
* `/health/ready`: whether requests should come here, and what is down.

      {"status": "degraded", "checks": {"database": "ok", "migrations": "ok", "cache": "down:
      ConnectionError", "broker": "ok"}}

`unavailable` (503) is a service that cannot do its work: without the database, or with migrations still to
run. `degraded` (200) is one that can: without Valkey nothing is cached or limited and events wait in the
outbox, but every endpoint serves, so taking the process out of rotation would only make it worse. Only the
kind of failure is named, never an address.
"""

from collections.abc import Callable
from typing import cast

import dramatiq
import redis
from django.core.cache import caches
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from dramatiq.brokers.redis import RedisBroker

from skillwise_kernel.cache import ResilientRedisCache

__all__ = ["live", "ready", "urlpatterns"]

_PATIENCE_SECONDS = 0.5


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Whether this process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Whether this process can do its work, and what is down."""
    needed = {"database": _checked(_database)}
    if needed["database"] == "ok":
        needed["migrations"] = _checked(_migrations)
    missed = {"cache": _checked(_cache), "broker": _checked(_broker)}
    if set(needed.values()) != {"ok"}:
        status = "unavailable"
    elif set(missed.values()) != {"ok"}:
        status = "degraded"
    else:
        status = "ok"
    return JsonResponse(
        {"status": status, "checks": needed | missed}, status=503 if status == "unavailable" else 200
    )


urlpatterns = [
    path("live", live, name="health-live"),
    path("ready", ready, name="health-ready"),
]


def _checked(check: Callable[[], str]) -> str:
    try:
        return check()
    except (DatabaseError, redis.RedisError) as exc:
        return f"down: {type(exc).__name__}"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


class _Migrations:
    """Whether the database has every migration of this code. Once it has, this process does not ask again."""

    complete = False

    def __call__(self) -> str:
        if not self.complete:
            executor = MigrationExecutor(connection)
            self.complete = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        return "ok" if self.complete else "pending"


_migrations = _Migrations()


def _cache() -> str:
    cast("ResilientRedisCache", caches["default"]).ping()
    return "ok"


def _broker() -> str:
    """Asks whom the broker asks, but waits less: a worker has a minute for a message, a probe has not."""
    pool = cast("RedisBroker", dramatiq.get_broker()).client.connection_pool
    impatient = {
        "socket_timeout": _PATIENCE_SECONDS,
        "socket_connect_timeout": _PATIENCE_SECONDS,
        "retry": None,
    }
    with redis.ConnectionPool(pool.connection_class, **{**pool.connection_kwargs, **impatient}) as own_pool:
        redis.Redis(connection_pool=own_pool).ping()
    return "ok"
