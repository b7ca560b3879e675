"""Run everything: PostgreSQL, Valkey, the API, the worker, the scheduler, and stand-ins for Stripe and mail.

Needs no configuration. What the environment says is elsewhere (DATABASE_URL, REDIS_URL, EMAIL_URL,
STRIPE_SECRET_KEY) is not started here. Ctrl-C stops all of it.
"""

import argparse
import sys

from skillwise_kernel.embedded import EmbeddedServerError

from skillwise_host.cli.options import add_data_option, stack_folder
from skillwise_host.demonstration import ACCOUNTS, PASSWORD
from skillwise_host.environment import UnsafeEnvironmentError
from skillwise_host.stack.ephemeral import StackNotReadyError, detach
from skillwise_host.stack.folder import AlreadyUpError, StackFolder
from skillwise_host.stack.leftovers import end_leftovers
from skillwise_host.stack.logs import PrefixedLog
from skillwise_host.stack.plan import make_plan
from skillwise_host.stack.ports import PortTakenError
from skillwise_host.stack.supervisor import StackFailedError, Supervisor

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_option(parser)
    parser.add_argument(
        "--host", default="127.0.0.1", help="where the API listens (0.0.0.0: to other machines)"
    )
    parser.add_argument("--port", type=int, help="the API's port (default: as last time, or 8000; 0: any)")
    parser.add_argument("--detach", action="store_true", help="return once it is ready, and leave it running")
    parser.add_argument("--fast", action="store_true", help="give up durability: for throw-away data")


def run(options: argparse.Namespace) -> int:
    folder = stack_folder(options)
    try:
        if options.detach:
            return _detached(folder, options)
        with folder.held():
            end_leftovers(folder)
            plan = make_plan(folder, host=options.host, port=options.port, fast=options.fast)
            log = PrefixedLog(prefixed=not plan.production)
            announce = _announcement(plan.urls, demo=not plan.production)
            Supervisor(plan, log, announce=lambda: _print_lines(log, announce)).run()
    except AlreadyUpError:
        state = folder.read_state()
        where = f", at {state.urls['api']}" if state else ""
        sys.stderr.write(f"It is already up in {folder.path}{where}. `skillwise down` stops it.\n")
        return 1
    except (
        UnsafeEnvironmentError,
        StackFailedError,
        StackNotReadyError,
        PortTakenError,
        EmbeddedServerError,
    ) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _detached(folder: StackFolder, options: argparse.Namespace) -> int:
    if folder.is_held():
        raise AlreadyUpError(str(folder.path))
    chosen = ["--host", options.host]
    if options.port is not None:
        chosen += ["--port", str(options.port)]
    if options.fast:
        chosen.append("--fast")
    state = detach(folder, *chosen)
    demo = state.environment.get("SKILLWISE_ENV") != "production"
    sys.stdout.write("\n".join(_announcement(state.urls, demo=demo)) + "\n")
    sys.stdout.write(f"Its log is {folder.log_file}; `skillwise down` stops it.\n")
    return 0


def _announcement(urls: dict[str, str], *, demo: bool) -> list[str]:
    labels = {
        "api": "API",
        "docs": "Swagger UI",
        "redoc": "ReDoc",
        "backoffice": "Back office",
        "payments": "Payments",
        "sslcommerz": "SSLCOMMERZ",
        "mail": "E-mails",
    }
    explanations = {
        "api": "for example courses/",
        "payments": "a stand-in for Stripe: no money moves; pay here, or with a test card",
        "sslcommerz": "a stand-in for SSLCOMMERZ",
        "mail": "every mail that is sent ends here",
    }
    lines = ["", "SkillWise is up.", ""]
    for name, label in labels.items():
        if name in urls:
            explained = f"   {explanations[name]}" if name in explanations else ""
            lines.append(f"  {label:<12} {urls[name]}{explained}")
    if demo:
        lines += ["", f"  Accounts     password {PASSWORD}"]
        lines += [f"               {account.email}" for account in ACCOUNTS]
    return [*lines, ""]


def _print_lines(log: PrefixedLog, lines: list[str]) -> None:
    for line in lines:
        log.write("stack", line)
