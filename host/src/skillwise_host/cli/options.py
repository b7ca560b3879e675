"""Options that several subcommands take."""

import argparse
from pathlib import Path

from skillwise_host.stack.folder import StackFolder, default_folder

__all__ = ["add_data_option", "stack_folder"]


def add_data_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="the folder that the stack keeps everything in (default: .skillwise/ in this checkout)",
    )


def stack_folder(options: argparse.Namespace) -> StackFolder:
    return StackFolder(options.data or default_folder())
