"""The command line: `python -m skillwise_sandbox --data DIR --http HOST:PORT --smtp HOST:PORT …`"""

import argparse
import asyncio
import ctypes
import logging
import os
import signal
import sys
from pathlib import Path

from .server import Options, serve
from .sslcommerz.work import Merchant

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    """Run the sandbox until it is told to stop."""
    parser = argparse.ArgumentParser(prog="skillwise-sandbox", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder for everything that it keeps")
    parser.add_argument("--http", type=_address, default=("127.0.0.1", 0), metavar="HOST:PORT")
    parser.add_argument("--smtp", type=_address, default=("127.0.0.1", 0), metavar="HOST:PORT")
    parser.add_argument("--webhook", metavar="URL", help="where Stripe's events are sent")
    parser.add_argument("--webhook-secret", metavar="whsec_…", help="what they are signed with")
    parser.add_argument(
        "--webhook-events",
        default="*",
        metavar="TYPES",
        help="comma-separated event types; * stands for any text",
    )
    parser.add_argument("--store-id", default=Merchant().store_id, help="SSLCOMMERZ's name for the shop")
    parser.add_argument(
        "--store-password",
        default=Merchant().password,
        help="what opens its calls, and signs what it is told",
    )
    parser.add_argument("--die-with-parent", action="store_true", help="stop when the starting process ends")
    arguments = parser.parse_args()
    if (arguments.webhook is None) != (arguments.webhook_secret is None):
        parser.error("--webhook and --webhook-secret belong together")
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    if arguments.die_with_parent:
        _die_with_parent()
    asyncio.run(
        serve(
            Options(
                data=arguments.data,
                http=arguments.http,
                smtp=arguments.smtp,
                webhook=arguments.webhook,
                webhook_secret=arguments.webhook_secret,
                webhook_events=[part.strip() for part in arguments.webhook_events.split(",") if part.strip()],
                merchant=Merchant(arguments.store_id, arguments.store_password),
            )
        )
    )


def _address(text: str) -> tuple[str, int]:
    host, separator, port = text.rpartition(":")
    if not separator or not port.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host.strip("[]") or "127.0.0.1", int(port)


def _die_with_parent() -> None:
    """Ask Linux for a SIGTERM when the parent ends; it may have ended already."""
    parent = os.getppid()
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        sys.exit("the parent process has ended")


if __name__ == "__main__":
    main()
