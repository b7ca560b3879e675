"""Say what runs, and whether it is ready. The exit code is 0 when all of it is."""

import argparse
import sys

from skillwise_host.cli.options import add_data_option, stack_folder

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_option(parser)


def run(options: argparse.Namespace) -> int:
    folder = stack_folder(options)
    state = folder.read_state()
    if state is None:
        sys.stdout.write(f"Nothing is up in {folder.path}.\n")
        return 1
    rows = [("NAME", "STATE", "PID", "RESTARTS")]
    rows += [(p.name, p.state, str(p.pid or "-"), str(p.restarts)) for p in state.processes]
    for name, condition, pid, restarts in rows:
        sys.stdout.write(f"{name:<10} {condition:<11} {pid:>8} {restarts:>9}\n")
    healthy = state.ready and all(process.state == "running" for process in state.processes)
    sys.stdout.write(f"\n{'Ready' if healthy else 'Not ready'}: {state.urls['api']}\n")
    return 0 if healthy else 1
