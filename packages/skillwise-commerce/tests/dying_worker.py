"""A process that dies at the n-th thing it asks of the database, for a test that has it die at every one.

It reads one task a line (JSON) from its input: `die_at` counts statements and commits, from 1; `body` and
`signature` are a webhook to receive, and without them it does a worker's work until none is due. Each is done
by a fork of its own, so that a death costs no new start, and answered with one line: how the fork ended.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django


class Death:
    """Counts what is asked of the database, and ends the process instead of the n-th. As a power cut would:
    nothing is finished, nothing tidied up.
    """

    def __init__(self, die_at: int) -> None:
        self._left = die_at

    def step(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def before_statement(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        self.step()
        return execute(sql, params, many, context)

    def before_commit(self, commit: Callable[[], Any]) -> Any:
        self.step()
        return commit()


def do(task: dict[str, Any]) -> None:
    from django.db import connection

    death = Death(task["die_at"])
    commit = connection._commit  # type: ignore[attr-defined]  # what Django calls at the end of `atomic`
    connection._commit = lambda: death.before_commit(commit)  # type: ignore[attr-defined]
    with connection.execute_wrapper(death.before_statement):
        if "body" in task:
            receive(task["body"], task["signature"])
        else:
            work()


def receive(body: str, signature: str) -> None:
    from skillwise_commerce.services.webhooks import receive_webhook
    from skillwise_kernel.clock import now

    receive_webhook(provider="stripe", body=body.encode(), headers={"Stripe-Signature": signature}, now=now())


def work() -> None:
    from skillwise_kernel import outbox

    while outbox.deliver_due():
        pass


def main() -> None:
    from django.conf import settings

    settings.SKILLWISE_COMMERCE["STRIPE_API_BASE"] = os.environ["STRIPE_API_BASE"]
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # the answer is the parent's, logs go elsewhere
            do(json.loads(line))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    django.setup()
    main()
