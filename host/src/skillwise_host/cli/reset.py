"""Forget everything: the database, queues, uploaded files, mails and payments of this data folder."""

import argparse
import sys

from skillwise_host.cli.options import add_data_option, stack_folder

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_option(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(options: argparse.Namespace) -> int:
    folder = stack_folder(options)
    if folder.is_held():
        sys.stderr.write("It is up: `skillwise down` first.\n")
        return 1
    if not options.yes and not _agreed(f"Delete everything that SkillWise keeps in {folder.path}? [y/N] "):
        sys.stderr.write("Nothing was deleted.\n")
        return 1
    folder.erase()
    sys.stdout.write("Everything is deleted; the next `skillwise up` starts anew.\n")
    return 0


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        sys.stderr.write("There is nobody to ask: say --yes.\n")
        return False
    return input(question).strip().lower() in {"y", "yes"}
