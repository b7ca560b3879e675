"""Received mail: kept whole, read with Python's own parser."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from ..database import Database

_MOST_KEPT = 1000


@dataclass(frozen=True)
class Mail:
    """One mail. `sender` and `recipients` are the envelope's; `received_at` is RFC 3339 in UTC."""

    id: int
    sender: str
    recipients: tuple[str, ...]
    subject: str
    received_at: str
    size: int
    raw: bytes

    def parsed(self) -> EmailMessage:
        """The mail as Python reads it."""
        return message_from_bytes(self.raw, policy=policy.default)

    def body(self, kind: str) -> str | None:
        """The mail's `plain` or `html` body as text, if it has one."""
        part = self.parsed().get_body((kind,))
        if part is None:
            return None
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            return None
        try:
            text = content.decode(part.get_content_charset("utf-8"), errors="replace")
        except LookupError:
            text = content.decode("utf-8", errors="replace")
        return text.replace("\r\n", "\n")

    def as_json(self) -> dict[str, Any]:
        """The mail as the JSON interface shows it."""
        return {
            "id": self.id,
            "from": self.sender,
            "to": list(self.recipients),
            "subject": self.subject,
            "text": self.body("plain"),
            "html": self.body("html"),
            "received_at": self.received_at,
        }


class Mailbox:
    """All received mail, newest first; the oldest beyond a thousand are forgotten."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(self, *, sender: str, recipients: Sequence[str], raw: bytes) -> int:
        """Keep a mail; answers its id."""
        message = message_from_bytes(raw, policy=policy.default)
        subject = str(message.get("subject", ""))
        now = datetime.datetime.now(tz=datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with self._database.transaction():
            number = self._database.execute(
                "INSERT INTO mails (sender, subject, received_at, size, raw) VALUES (?, ?, ?, ?, ?)",
                (sender, subject, now, len(raw), raw),
            ).lastrowid
            assert number is not None  # noqa: S101  (an INSERT that succeeded has a row)
            for address in dict.fromkeys(address.lower() for address in recipients):
                self._database.execute(
                    "INSERT INTO mail_recipients (mail, address) VALUES (?, ?)", (number, address)
                )
            self._database.execute("DELETE FROM mails WHERE id <= ?", (number - _MOST_KEPT,))
        return number

    def newest(self, *, to: str | None = None, limit: int = 100) -> list[Mail]:
        """Mail, newest first; only that sent to an address when one is given."""
        rows = self._database.execute(
            """
            SELECT * FROM mails m
            WHERE ?1 IS NULL
               OR EXISTS (SELECT 1 FROM mail_recipients r WHERE r.mail = m.id AND r.address = ?1)
            ORDER BY id DESC LIMIT ?2
            """,
            (to, limit),
        )
        return [self._mail(row) for row in rows.fetchall()]

    def find(self, number: int) -> Mail | None:
        """The mail of this id."""
        row = self._database.execute("SELECT * FROM mails WHERE id = ?", (number,)).fetchone()
        return None if row is None else self._mail(row)

    def clear(self) -> int:
        """Forget all mail; answers how many there were."""
        return self._database.execute("DELETE FROM mails").rowcount

    def _mail(self, row: Any) -> Mail:
        addresses = self._database.execute(
            "SELECT address FROM mail_recipients WHERE mail = ? ORDER BY rowid", (row["id"],)
        )
        return Mail(
            id=row["id"],
            sender=row["sender"],
            recipients=tuple(address["address"] for address in addresses),
            subject=row["subject"],
            received_at=row["received_at"],
            size=row["size"],
            raw=row["raw"],
        )
