"""Idempotency keys, by Stripe's own rules: https://docs.stripe.com/api/idempotent_requests

The first answer under a key is kept for 24 hours, whatever its status, once its operation has begun;
the same call again gets it back, another call with the key is refused, and so is one while the first is
still under way. A call refused for its parameters leaves no trace.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from ..database import Database
from .errors import RejectedError, malformed

_KEPT = 24 * 3600
_LONGEST_KEY = 255


@dataclass(frozen=True)
class Replay:
    """An answer given before, to be given again."""

    status: int
    answer: str
    request_id: str


class IdempotencyKeys:
    """The keys seen, and those under way in this process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._under_way: set[str] = set()

    def begin(self, key: str, path: str, params: dict[str, Any], now: int) -> Replay | None:
        """Claim a key for a call: answers what to replay, or None when the call is to be carried out.

        400 when the key was used for another call, 409 while another holds it. After None the caller
        must `end` the key.
        """
        if len(key) > _LONGEST_KEY:
            raise malformed(f"Idempotency keys can be at most {_LONGEST_KEY} characters long.")
        if key in self._under_way:
            raise RejectedError(
                409,
                "idempotency_error",
                "There is currently another in-progress request using this Idempotent Key (that probably "
                "means you submitted twice, and the other request is still going through): "
                f"{key}. Please try again later.",
                code="idempotency_key_in_use",
            )
        self._database.execute("DELETE FROM idempotency WHERE created <= ?", (now - _KEPT,))
        row = self._database.execute("SELECT * FROM idempotency WHERE key = ?", (key,)).fetchone()
        if row is None:
            self._under_way.add(key)
            return None
        if row["path"] != path:
            raise _reused(
                key, f"for the same endpoint they were first used for ('{path}' vs '{row['path']}')"
            )
        if row["fingerprint"] != _fingerprint(params):
            raise _reused(key, "with the same parameters they were first used with")
        return Replay(row["status"], row["answer"], row["request_id"])

    def keep(
        self,
        key: str,
        path: str,
        params: dict[str, Any],
        *,
        status: int,
        answer: str,
        request_id: str,
        now: int,
    ) -> None:
        """Keep an answer under its key, in the transaction that did the work."""
        self._database.execute(
            "INSERT INTO idempotency (key, path, fingerprint, status, answer, request_id, created) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (key, path, _fingerprint(params), status, answer, request_id, now),
        )

    def end(self, key: str) -> None:
        """The call that claimed the key is over."""
        self._under_way.discard(key)


def _fingerprint(params: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()


def _reused(key: str, rule: str) -> RejectedError:
    message = (
        f"Keys for idempotent requests can only be used {rule}. "
        f"Try using a key other than '{key}' if you meant to execute a different request."
    )
    return RejectedError(400, "idempotency_error", message)
