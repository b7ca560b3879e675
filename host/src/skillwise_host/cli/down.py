"""Stop what `skillwise up` runs."""

import argparse
import contextlib
import os
import signal
import sys
import time

from skillwise_host.cli.options import add_data_option, stack_folder

__all__ = ["add_arguments", "run"]

_PATIENCE_SECONDS = 90.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_option(parser)


def run(options: argparse.Namespace) -> int:
    folder = stack_folder(options)
    if not folder.is_held():
        sys.stdout.write(f"Nothing is up in {folder.path}.\n")
        return 0
    deadline = time.monotonic() + _PATIENCE_SECONDS
    signalled = False
    while folder.is_held():
        if time.monotonic() > deadline:
            sys.stderr.write("It does not stop; its log may say why.\n")
            return 1
        if not signalled and (state := folder.read_state()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(state.pid, signal.SIGTERM)
            signalled = True
        time.sleep(0.05)
    sys.stdout.write("Everything has ended.\n")
    return 0
