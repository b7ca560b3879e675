"""How the outbox behaves: Django's setting `SKILLWISE_OUTBOX`, a dict that overrides these defaults."""

from dataclasses import dataclass

from django.conf import settings

__all__ = ["OutboxSettings", "outbox_settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxSettings:
    #: After so many failed attempts a delivery is a dead letter, which an operator sees and replays.
    MAX_ATTEMPTS: int = 15
    #: The wait after the first failure; each further one doubles it, up to the greatest.
    BACKOFF_BASE_SECONDS: float = 5
    BACKOFF_MAX_SECONDS: float = 3600
    #: A delivery that a worker was told of is left alone by the sweep for so long.
    ANNOUNCEMENT_SECONDS: float = 20
    #: How often the sweep looks for due deliveries that no worker was told of.
    SWEEP_INTERVAL_SECONDS: int = 2
    #: How many deliveries the sweep tells workers of at a time, and how many untold ones it lets pile up.
    SWEEP_BATCH: int = 1000


def outbox_settings() -> OutboxSettings:
    """The settings in force. Raises `TypeError` when `SKILLWISE_OUTBOX` has a key that does not exist."""
    return OutboxSettings(**getattr(settings, "SKILLWISE_OUTBOX", {}))
