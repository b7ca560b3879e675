"""The process: one HTTP server, one SMTP server, the webhook sender and the settlements, on one thread."""

import asyncio
import json
import os
import signal
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

from .app import build
from .connections import DroppableProtocol
from .database import Database
from .smtp.mailbox import Mailbox
from .smtp.receiver import listen
from .sslcommerz import clockwork as sslcommerz_clockwork
from .sslcommerz.work import Merchant
from .stripe import clockwork, endpoints
from .stripe.auth import PUBLISHABLE_KEY, SECRET_KEY
from .stripe.deliverer import Deliverer
from .stripe.store import Store
from .switches import Switches

_GRACE = 2
_ADDRESSES = "addresses.json"


@dataclass(frozen=True)
class Options:
    """What the command line says. Ports may be 0: the system chooses, `addresses.json` tells."""

    data: Path
    http: tuple[str, int]
    smtp: tuple[str, int]
    webhook: str | None = None
    webhook_secret: str | None = None
    webhook_events: Sequence[str] = ("*",)
    merchant: Merchant = field(default_factory=Merchant)


async def serve(options: Options) -> None:
    """Serve until SIGTERM or SIGINT; writes `addresses.json` into the data folder once both ports listen."""
    options.data.mkdir(parents=True, exist_ok=True)
    # One left behind by a kill would send its reader to the wrong ports.
    (options.data / _ADDRESSES).unlink(missing_ok=True)
    database = Database(options.data / "sandbox.sqlite3")
    store, switches = Store(database), Switches()
    _configure_webhook(store, options)
    deliverer, mailbox = Deliverer(store), Mailbox(database)

    http, smtp = _bind(options.http), _bind(options.smtp)
    addresses = _addresses(http, smtp, options.merchant)
    app = build(store, switches, deliverer, mailbox, merchant=options.merchant, addresses=addresses)
    config = uvicorn.Config(
        app,
        http=DroppableProtocol,
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
    )
    http_server = uvicorn.Server(config)

    def stop() -> None:
        http_server.should_exit = True

    # For a signal that comes before uvicorn listens for them, and for the one that uvicorn raises again once
    # it has shut down: the process then ends with 0.
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)

    mail_server = await listen(smtp, mailbox)
    background = [
        asyncio.create_task(deliverer.run()),
        asyncio.create_task(clockwork.run(store, switches, deliverer, addresses["http"])),
        asyncio.create_task(
            sslcommerz_clockwork.run(store, switches, deliverer, options.merchant, addresses["http"])
        ),
    ]
    server = asyncio.create_task(http_server.serve(sockets=[http]))
    _write_addresses(options.data, addresses)
    try:
        # A background loop ends only by a fault, which then ends the process, loudly.
        await asyncio.wait([server, *background], return_when=asyncio.FIRST_COMPLETED)
    finally:
        (options.data / _ADDRESSES).unlink(missing_ok=True)
        for task in (server, *background):
            task.cancel()
        outcomes = await asyncio.gather(server, *background, return_exceptions=True)
        mail_server.close()
        database.close()
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome


def _configure_webhook(store: Store, options: Options) -> None:
    """Let the endpoint that the command line names be the one it names now, or none."""
    if options.webhook is None:
        store.remove(endpoints.CONFIGURED)
        return
    endpoints.configure(
        store,
        url=options.webhook,
        secret=options.webhook_secret or "",
        enabled_events=options.webhook_events,
        now=int(time.time()),
    )


def _bind(address: tuple[str, int]) -> socket.socket:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen(128)
    listener.setblocking(False)  # noqa: FBT003  (the socket's own signature)
    return listener


def _addresses(http: socket.socket, smtp: socket.socket, merchant: Merchant) -> dict[str, Any]:
    host, port = http.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    smtp_host, smtp_port = smtp.getsockname()[:2]
    base = f"http://{shown}:{port}"
    return {
        "http": base,
        "smtp_host": smtp_host,
        "smtp_port": smtp_port,
        "stripe_api_base": f"{base}/stripe",
        "stripe_publishable_key": PUBLISHABLE_KEY,
        "stripe_secret_key": SECRET_KEY,
        "sslcommerz_api_base": f"{base}/sslcommerz",
        "sslcommerz_store_id": merchant.store_id,
        "sslcommerz_store_password": merchant.password,
        "pid": os.getpid(),
    }


def _write_addresses(folder: Path, addresses: dict[str, Any]) -> None:
    """Write whole or not at all: a reader never sees half of it."""
    draft = folder / (_ADDRESSES + ".new")
    draft.write_text(json.dumps(addresses, indent=2) + "\n")
    draft.replace(folder / _ADDRESSES)
