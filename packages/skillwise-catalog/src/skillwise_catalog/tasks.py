"""Catalog's Dramatiq actors. None retries: what is left undone is found again by the next run."""

from typing import Final
from uuid import UUID

import dramatiq
from dramatiq_crontab import cron
from skillwise_kernel.clock import now

from skillwise_catalog.services import course_imports, search_terms
from skillwise_catalog.services.uploads import probing, removing, rendering

__all__ = [
    "probe_due_videos",
    "probe_video",
    "render_videos",
    "run_due_imports",
    "run_import",
    "sweep_uploads",
    "weigh_search_terms",
]

#: So long before another worker may take the import over.
_IMPORT_MILLISECONDS: Final = int(course_imports.IMPORT_TIME.total_seconds() * 750)


@dramatiq.actor(
    actor_name=probing.PROBE_ACTOR, queue_name=probing.MEDIA_QUEUE, max_retries=0, time_limit=600_000
)
def probe_video(file_id: str) -> None:
    """Woken for each video that was completed."""
    probing.probe_video(file_id=UUID(file_id), now=now())


@cron("*/5 * * * *")
@dramatiq.actor(
    actor_name="catalog.probe_due_videos",
    queue_name=probing.MEDIA_QUEUE,
    max_retries=0,
    max_age=300_000,
    time_limit=1_800_000,
)
def probe_due_videos() -> None:
    """Every five minutes: the videos whose waking was lost."""
    probing.probe_due(now=now())


@cron("* * * * *")
@dramatiq.actor(
    actor_name="catalog.render_videos",
    queue_name=probing.MEDIA_QUEUE,
    max_retries=0,
    max_age=60_000,
    time_limit=14_400_000,
)
def render_videos() -> None:
    """Every minute: one of the videos that wait to be made ready for streaming."""
    rendering.render_due(now=now())


@dramatiq.actor(
    actor_name=course_imports.IMPORT_ACTOR,
    queue_name=probing.MEDIA_QUEUE,
    max_retries=0,
    time_limit=_IMPORT_MILLISECONDS,
)
def run_import(import_id: str) -> None:
    """Woken for each import that is asked for."""
    course_imports.run_import(import_id=UUID(import_id), clock=now)


@cron("* * * * *")
@dramatiq.actor(
    actor_name="catalog.run_due_imports",
    queue_name=probing.MEDIA_QUEUE,
    max_retries=0,
    max_age=60_000,
    time_limit=_IMPORT_MILLISECONDS,
)
def run_due_imports() -> None:
    """Every minute: one of the imports whose waking was lost, or whose worker was."""
    course_imports.run_due_import(clock=now)


@cron("23 * * * *")
@dramatiq.actor(actor_name="catalog.sweep_uploads", max_retries=0, max_age=3_600_000, time_limit=1_800_000)
def sweep_uploads() -> None:
    """Every hour: the uploads that nobody completed in time."""
    removing.sweep_uploads(now=now())


@cron("29 3 * * *")
@dramatiq.actor(
    actor_name="catalog.weigh_search_terms", max_retries=0, max_age=3_600_000, time_limit=1_800_000
)
def weigh_search_terms() -> None:
    """Every night: how many courses have each word, tag, category and instructor."""
    search_terms.weigh_search_terms()
