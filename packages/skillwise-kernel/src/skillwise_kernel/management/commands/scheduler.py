"""`manage scheduler`: sends the periodic actors of all apps their messages when their time comes."""

import signal
from collections.abc import Callable
from importlib import import_module
from types import FrameType
from typing import Any

import structlog
from django.apps import apps
from django.core.management.base import BaseCommand
from django.utils.module_loading import module_has_submodule
from dramatiq_crontab import scheduler

from skillwise_kernel.broker import BrokerUnavailableError

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """dramatiq-crontab's schedule, without what its own `crontab` command does: pass over a tasks module that
    cannot be imported, leave out a job that comes up more than a second late, and log a traceback for each
    message that a broker that is down does not take.

    One is enough. Two do no harm: periodic actors claim what they work on.
    """

    help = (
        "Run the periodic jobs of all apps. It survives a broker that is down, and goes on when it is back."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        _load_tasks()
        jobs = scheduler.get_jobs()
        for job in jobs:
            job.modify(func=_send, args=[job.func, job.name])
        scheduler.configure(job_defaults={"coalesce": True, "misfire_grace_time": 60})
        for ending in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ending, _stop)
        self.stdout.write(f"Scheduling {', '.join(sorted(job.name for job in jobs))}.")
        try:
            scheduler.start()
        except KeyboardInterrupt:
            scheduler.shutdown()


def _load_tasks() -> None:
    for app in apps.get_app_configs():
        if app.name != "dramatiq_crontab" and module_has_submodule(app.module, "tasks"):  # only a heartbeat
            import_module(f"{app.name}.tasks")


def _send(send: Callable[[], object], name: str) -> None:
    try:
        send()
    except BrokerUnavailableError as error:
        log.warning("scheduler.not_sent", job=name, reason=str(error))


def _stop(signum: int, frame: FrameType | None) -> None:
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.SIG_IGN)  # to be asked once is enough
    raise KeyboardInterrupt
