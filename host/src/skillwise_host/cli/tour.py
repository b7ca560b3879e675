"""See the four use cases happen, request by request, on a stack of the tour's own or on the one that is up.

The exit code is 0 when every step showed what it must.
"""

import argparse
import sys
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console
from rich.markup import escape

from skillwise_host.cli.options import add_data_option, stack_folder
from skillwise_host.stack.ephemeral import StackNotReadyError, ephemeral_stack
from skillwise_host.stack.folder import StackState
from skillwise_host.tour import Addresses, TourFailedError, run_tour

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_option(parser)
    parser.add_argument("--own", action="store_true", help="start a stack for the tour even if one is up")


def run(options: argparse.Namespace) -> int:
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    running = None if options.own else stack_folder(options).read_state()
    if running and not {"payments", "mail"} <= running.urls.keys():
        sys.stderr.write("The stack that is up uses real payments or mail: `skillwise tour --own`.\n")
        return 1
    place: AbstractContextManager[StackState]
    if running and running.ready:
        place = nullcontext(running)
    else:
        console.print("Starting a stack for the tour; it takes a few seconds.")
        place = ephemeral_stack()
    try:
        with place as stack:
            run_tour(_addresses(stack), console)
    except StackNotReadyError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except TourFailedError as error:
        console.print(f"[bold red]The tour failed:[/] {escape(str(error))}")
        return 1
    return 0


def _addresses(stack: StackState) -> Addresses:
    return Addresses(
        api=stack.urls["api"].removesuffix("/api/v1/"),
        stripe=stack.environment["STRIPE_API_BASE"],
        mail=stack.urls["mail"].rstrip("/"),
    )
