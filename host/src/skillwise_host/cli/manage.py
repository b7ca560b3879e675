"""Run one of Django's management commands: `skillwise manage COMMAND …`.

It works on the stack that is up; when none is, the embedded servers run for as long as the command does.
"""

import argparse
import os
import signal
import subprocess
import sys
from contextlib import ExitStack

from skillwise_kernel.embedded import EmbeddedServerError

from skillwise_host.cli.options import add_data_option, stack_folder
from skillwise_host.environment import UnsafeEnvironmentError
from skillwise_host.stack.folder import AlreadyUpError
from skillwise_host.stack.plan import django_command, make_plan

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_option(parser)
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND …")


def run(options: argparse.Namespace) -> int:
    folder = stack_folder(options)
    command = django_command(*options.command)
    if state := folder.read_state():
        return _run(command, {**os.environ, **state.environment})
    try:
        with ExitStack() as servers:
            servers.enter_context(folder.held())
            plan = make_plan(folder)
            for server in plan.servers:
                servers.enter_context(server)
            return _run(command, plan.environment)
    except AlreadyUpError:
        sys.stderr.write(
            f"What is in {folder.path} is just coming up or going down; try again in a moment.\n"
        )
    except (UnsafeEnvironmentError, EmbeddedServerError) as error:
        sys.stderr.write(f"{error}\n")
    return 1


def _run(command: list[str], environment: dict[str, str]) -> int:
    with subprocess.Popen(command, env=environment) as process:  # noqa: S603 - what the person typed
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command; we outlive it to tidy up
        return process.wait()
