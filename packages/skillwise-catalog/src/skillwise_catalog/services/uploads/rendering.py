"""Making videos ready for streaming (HLS): an option, off unless the settings say otherwise."""

import logging
import secrets
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from skillwise_catalog.gateways import ContentMissingError, MediaStorage, get_storage
from skillwise_catalog.gateways.video import (
    MadeRendition,
    VideoUnreadableError,
    has_ffmpeg,
    make_rendition,
    probe,
    rungs_for,
)
from skillwise_catalog.models import MediaFile, RenderState, Rendition
from skillwise_catalog.services.uploads.probing import local_copy

__all__ = ["RENDERING_TIME", "render_due"]

#: No worker is at one for longer.
RENDERING_TIME: Final = timedelta(hours=4)

_log = logging.getLogger(__name__)
_CONTENT_TYPE: Final = "video/mp2t"


def render_due(*, now: datetime) -> UUID | None:
    """Make the oldest video ready that waits for it, in each of the heights that do not enlarge it. Answers
    which one. Without ffmpeg they go on waiting, for a worker that has one.
    """
    file = _take_on(now) if has_ffmpeg() else None
    if file is None:
        return None
    _render(file)
    return file.id


@transaction.atomic
def _take_on(now: datetime) -> MediaFile | None:
    """The oldest that nobody else is at, or that whoever was at it has left undone."""
    free = Q(rendering_since__isnull=True) | Q(rendering_since__lte=now - RENDERING_TIME)
    waiting = MediaFile.objects.filter(free, rendering=RenderState.PENDING).order_by("created_at")
    file = waiting.select_for_update(skip_locked=True).first()
    if file is not None:
        file.rendering_since = now
        file.save(update_fields=["rendering_since"])
    return file


def _render(file: MediaFile) -> None:
    storage = get_storage()
    try:
        with local_copy(file) as path, tempfile.TemporaryDirectory(prefix="skillwise-video-") as folder:
            facts = probe(path, content_type=file.content_type)
            for rung in rungs_for(facts.height):
                made = make_rendition(
                    path, content_type=file.content_type, facts=facts, rung=rung, into=Path(folder)
                )
                _keep(file, made, storage)
    except (VideoUnreadableError, ContentMissingError) as error:
        _log.warning("media.not_rendered", extra={"file_id": str(file.id), "reason": str(error)})
        MediaFile.objects.filter(id=file.id).update(rendering=RenderState.FAILED)
    else:
        MediaFile.objects.filter(id=file.id).update(rendering=RenderState.RENDERED)


def _keep(file: MediaFile, made: MadeRendition, storage: MediaStorage) -> None:
    """Unless it is there, from an attempt that was cut short, or the file is gone meanwhile."""
    key = f"renditions/{file.id.hex}/{secrets.token_hex(16)}"
    with made.segments.open("rb") as segments:
        size = segments.seek(0, 2)
        segments.seek(0)
        storage.save(key=key, content=segments, content_type=_CONTENT_TYPE)
    with transaction.atomic():
        is_there = MediaFile.objects.select_for_update().filter(id=file.id).exists()
        if is_there and not file.renditions.filter(height=made.height).exists():
            Rendition.objects.create(
                file=file,
                width=made.width,
                height=made.height,
                bandwidth=made.bandwidth,
                playlist=made.playlist,
                storage_name=key,
                size=size,
            )
            return
    storage.delete(key=key)
