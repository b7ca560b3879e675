"""What `OtherProcess` runs: a server of one shelf, that is asked line by line."""

import os
import sys

import django

answers, sys.stdout = sys.stdout.buffer, sys.stderr  # logs go where they do not disturb
django.setup()

import orjson  # noqa: E402
from rest_samples.views import ShelfView  # noqa: E402
from skillwise_kernel.testing.client import ApiClient  # noqa: E402

for line in iter(sys.stdin.buffer.readline, b""):
    match line:
        case b"fork\n":
            if child := os.fork():
                os.waitpid(child, 0)
                break
            answer = b"{}"
        case b"count\n":
            answer = orjson.dumps({"renderings": ShelfView.renderings})
        case _:
            answer = ApiClient().get(sys.argv[1]).content
    answers.write(answer + b"\n")
    answers.flush()
