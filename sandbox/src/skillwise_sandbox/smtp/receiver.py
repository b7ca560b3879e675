"""The SMTP side: a real conversation, any user and password, no mail over 10 MiB."""

import asyncio
import socket

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from .mailbox import Mailbox

LARGEST_MAIL = 10 * 1024 * 1024


class _Handler:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  (aiosmtpd's name)
        """Take the mail in."""
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        number = self._mailbox.receive(sender=envelope.mail_from or "", recipients=envelope.rcpt_tos, raw=raw)
        return f"250 Message {number} accepted"


async def listen(listener: socket.socket, mailbox: Mailbox) -> asyncio.Server:
    """Answer SMTP on a bound socket."""
    loop = asyncio.get_running_loop()

    def conversation() -> SMTP:
        return SMTP(
            _Handler(mailbox),
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            ident="SkillWise sandbox",
            hostname="localhost",
            authenticator=_accept,
            auth_require_tls=False,
            loop=loop,
        )

    return await loop.create_server(conversation, sock=listener)


def _accept(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    """Any user and password will do."""
    return AuthResult(success=isinstance(data, LoginPassword))
