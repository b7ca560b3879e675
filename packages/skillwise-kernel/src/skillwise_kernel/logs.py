"""Logs: one JSON object per line, or readable lines for people. Each carries the `request_id` and `actor_id`
it belongs to.

No body, header, query string, token or e-mail address is ever logged. What slips into a message all the same
(PostgreSQL quotes the offending value in its errors, say) is blanked on the way out.
"""

import re
from typing import Any

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

__all__ = ["configure_logging"]

_SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*"), "[token]"),
    (re.compile(r"\b(?:[sr]k_(?:test|live)|whsec|ek_(?:test|live))_\w+"), "[key]"),
    (re.compile(r"\b(pi_\w+)_secret_\w+"), r"\1_secret_[key]"),
    # What Django's `TimestampSigner` and `signing.dumps` make: a value, the time and an HMAC-SHA-256. In an
    # address it lets in whoever has it, for as long as it is good. `%3A` is how an address may write a colon.
    (re.compile(r"(?<![\w.-])[\w.-]+(?::|%3A)[\w-]{6}(?::|%3A)[\w-]{43,}", re.IGNORECASE), "[token]"),
    (re.compile(r"(://[^\s:/@]*):[^\s/@]+@"), r"\1:[password]@"),
)
#: Something that stands in every one of these: most texts have none of it, and are looked through once.
_SUSPICIOUS: re.Pattern[str] = re.compile(r"@|eyJ|%3[Aa]|:[\w-]{6}:|k_(?:test|live)_|whsec_|_secret_")


def configure_logging(level: str = "INFO", *, json: bool = True) -> dict[str, Any]:
    """Django's `LOGGING`, for standard loggers and structlog's alike; configures structlog at once.

    `level` is a name of the standard library's levels. `json=False` writes coloured lines for a terminal.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *_rendering(json=json),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            # Refused requests stand in the access log; what Django says here beside that is crashes.
            "django.request": {"level": "ERROR"},
            # It would print every query, parameters and all, when the level is DEBUG.
            "django.db.backends": {"level": "INFO"},
        },
    }


def _rendering(*, json: bool) -> list[Processor]:
    people = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return [
        structlog.processors.format_exc_info,
        _blank_secrets,
        structlog.processors.JSONRenderer() if json else people,
    ]


def _blank_secrets(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    return {key: _blanked(value) for key, value in event.items()}


def _blanked(value: Any) -> Any:
    match value:
        case str():
            if _SUSPICIOUS.search(value) is None:
                return value
            for pattern, instead in _SECRETS:
                value = pattern.sub(instead, value)
            return value
        case dict():
            return {key: _blanked(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_blanked(inner) for inner in value]
        case int() | float() | None:
            return value
    return _blanked(str(value))
