"""Finding out how long a video is, how large, and how it is coded: in the background, where ffprobe is."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import transaction
from skillwise_kernel.broker import wake_worker

from skillwise_catalog.gateways import ContentMissingError, get_storage
from skillwise_catalog.gateways.video import VideoFacts, VideoToolMissingError, VideoUnreadableError, probe
from skillwise_catalog.models import MediaFile, ProbeState, RenderState
from skillwise_catalog.services.outline import fill_durations
from skillwise_catalog.settings import catalog_setting

__all__ = [
    "MEDIA_QUEUE",
    "PROBE_ACTOR",
    "local_copy",
    "probe_after_commit",
    "probe_due",
    "probe_video",
]

#: Long work, on a queue of its own: it holds up nobody else's.
MEDIA_QUEUE: Final = "media"
PROBE_ACTOR: Final = "catalog.probe_video"

_AT_ONCE: Final = 50
_log = logging.getLogger(__name__)


def probe_after_commit(file_id: UUID) -> None:
    """Have a worker look into the video. A message that is lost is made good by `probe_due`."""
    transaction.on_commit(lambda: wake_worker(PROBE_ACTOR, str(file_id), queue=MEDIA_QUEUE), robust=True)


def probe_video(*, file_id: UUID, now: datetime) -> None:
    """Write down what ffprobe says of the video; where there is no ffprobe, that nothing is known. Lessons
    whose content it is, and which say nothing of their duration, get its, those in review once that ends.
    """
    file = MediaFile.objects.filter(id=file_id, probe=ProbeState.PENDING).first()
    if file is None:
        return
    try:
        with local_copy(file) as path:
            facts = probe(path, content_type=file.content_type)
    except VideoToolMissingError:
        _settle(file, ProbeState.UNPROBED)
    except (VideoUnreadableError, ContentMissingError) as error:
        _log.warning("media.unreadable", extra={"file_id": str(file.id), "reason": str(error)})
        _settle(file, ProbeState.UNREADABLE)
    else:
        _settle(file, ProbeState.PROBED, facts, now=now)


def probe_due(*, now: datetime) -> int:
    """Look into the videos that nobody has looked into yet. Answers how many."""
    due = MediaFile.objects.filter(probe=ProbeState.PENDING).order_by("created_at")
    ids = list(due.values_list("id", flat=True)[:_AT_ONCE])
    for file_id in ids:
        probe_video(file_id=file_id, now=now)
    return len(ids)


@contextmanager
def local_copy(file: MediaFile) -> Iterator[Path]:
    """The file's bytes, at a path, for as long as it takes. Raises `ContentMissingError`."""
    with tempfile.NamedTemporaryFile(prefix="skillwise-media-") as copy:
        for chunk in get_storage().read(key=file.storage_name):
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


@transaction.atomic
def _settle(
    file: MediaFile, state: ProbeState, facts: VideoFacts | None = None, *, now: datetime | None = None
) -> None:
    found: dict[str, object] = {"probe": state}
    if facts is not None:
        found |= {
            "duration": round(facts.duration),
            "width": facts.width,
            "height": facts.height,
            "video_codec": facts.video_codec[:40],
            "audio_codec": facts.audio_codec[:40],
            "rendering": RenderState.PENDING if catalog_setting("VIDEO_RENDITIONS") else "",
        }
    pending = MediaFile.objects.filter(id=file.id, probe=ProbeState.PENDING)
    if pending.update(**found) and facts is not None and now is not None:
        fill_durations(file_id=file.id, now=now)
