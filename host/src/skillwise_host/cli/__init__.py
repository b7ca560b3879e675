"""The `skillwise` command."""

import argparse
import sys
from collections.abc import Sequence

from skillwise_host.cli import down, manage, reset, status, test, tour, up

__all__ = ["main"]

_COMMANDS = (up, down, status, reset, manage, test, tour)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one subcommand and answers its exit code.

    Each subcommand is a module: its docstring is its help, `add_arguments(parser)` declares its options and
    `run(options)` does the work.
    """
    parser = argparse.ArgumentParser(prog="skillwise", description="SkillWise on this machine.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in _COMMANDS:
        description = str(module.__doc__)
        command = commands.add_parser(
            module.__name__.rpartition(".")[2],
            help=description.partition("\n")[0],
            description=description,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["test"] and given[1:] not in (["-h"], ["--help"]):
        options = argparse.Namespace(run=test.run, arguments=given[1:])  # options among them are pytest's
    else:
        options = parser.parse_args(given)
    code: int = options.run(options)
    return code
