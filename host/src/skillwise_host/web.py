"""The web server: `python -m skillwise_host.web` takes granian's options.

Its workers are forks of a process that has loaded everything, so that code and constants are in memory once
for all of them. Nothing is connected and no thread runs when they fork: each worker opens its own connections
with its first request. A worker that ended is forked again from the same process.
"""

import gc
import multiprocessing

from django.urls import get_resolver
from granian.cli import entrypoint

from skillwise_host.wsgi import application

__all__ = ["main"]


def main() -> None:
    _ = application, get_resolver().url_patterns  # all views
    gc.collect()
    # the collector would otherwise write into every object, and so copy its page
    gc.freeze()
    # granian's workers are started as multiprocessing does by default, which is no fork from Python 3.14 on
    multiprocessing.set_start_method("fork")
    entrypoint()


if __name__ == "__main__":
    main()
