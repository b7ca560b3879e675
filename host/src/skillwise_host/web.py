"""The web server: `python -m skillwise_host.web skillwise_host.wsgi:application` is granian with our
defaults. It takes granian's options, and its `GRANIAN_*` from the environment.

Its workers are forks of a process that has loaded everything, so that code and constants are in memory once
for all of them. Nothing is connected and no thread runs when they fork: each worker opens its own connections
with its first request. A worker that ended is forked again from the same process.
"""

import gc
import multiprocessing
import os
from typing import Final

from django.urls import get_resolver
from granian.cli import entrypoint

from skillwise_host.wsgi import application

__all__ = ["main"]


#: As granian has them in the environment. Two threads a worker would do for what waits for PostgreSQL; the
#: others are for those who send or read slowly (docs/decisions/0028).
_DEFAULTS: Final = {
    "GRANIAN_INTERFACE": "wsgi",
    "GRANIAN_WORKERS": "2",
    "GRANIAN_BLOCKING_THREADS": "4",
    "GRANIAN_BLOCKING_THREADS_IDLE_TIMEOUT": "600",
    "GRANIAN_WORKERS_KILL_TIMEOUT": "10",
    "GRANIAN_RESPAWN_FAILED_WORKERS": "true",
    "GRANIAN_WEBSOCKETS": "false",
}


def main() -> None:
    os.environ.update({name: value for name, value in _DEFAULTS.items() if name not in os.environ})
    _ = application, get_resolver().url_patterns  # all views
    gc.collect()
    # the collector would otherwise write into every object, and so copy its page
    gc.freeze()
    # granian's workers are started as multiprocessing does by default, which is no fork from Python 3.14 on
    multiprocessing.set_start_method("fork")
    entrypoint()


if __name__ == "__main__":
    main()
