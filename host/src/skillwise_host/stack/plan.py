"""What a stack consists of: its addresses, the environment that its processes share, and their commands."""

import importlib.util
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from skillwise_kernel.embedded import EmbeddedServer

from skillwise_host.environment import read_environment
from skillwise_host.stack.folder import StackFolder
from skillwise_host.stack.ports import Ports, PortTakenError

__all__ = ["Plan", "Program", "django_command", "make_plan", "web_program"]

_LOOPBACK = "127.0.0.1"
_WEBHOOK_PATH = "api/v1/payments/webhooks/stripe/"


@dataclass(frozen=True, slots=True)
class Program:
    """One process: kept running, or run to its end. `death_signal` is what it receives when the stack is no
    more.
    """

    name: str
    command: list[str]
    stop_seconds: float = 15.0
    death_signal: signal.Signals = signal.SIGTERM


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A stack, before it is started.

    `servers` and `programs` are in the order in which they start, and stop the other way round; `preparation`
    runs between them. `urls` are for people, `probes` answer 2xx once all is ready. `own_environment` is what
    the stack adds to the environment it was started in, `environment` both together. `ports` are claimed
    while it lives.
    """

    folder: StackFolder
    production: bool
    urls: dict[str, str]
    probes: list[str]
    own_environment: dict[str, str]
    environment: dict[str, str]
    servers: list[EmbeddedServer]
    preparation: list[Program]
    programs: list[Program]
    ports: Ports

    def prepared(self) -> None:
        """To be called when the preparation has succeeded."""
        if any(program.name == "demo" for program in self.preparation):
            self.folder.mark_demonstrated(self.environment["DATABASE_URL"])


def make_plan(
    folder: StackFolder, *, host: str = _LOOPBACK, port: int | None = None, fast: bool = False
) -> Plan:
    """The stack of this folder, less what the environment says is elsewhere. The caller holds the folder.

    `host` is where the API listens. `port` None means the remembered one, or 8000; 0 means any that is free.
    `fast` gives up durability. Raises `PortTakenError` when a port that was asked for is not free,
    and in production `UnsafeEnvironmentError` when a value is missing or unsafe.
    """
    given = os.environ
    production = given.get("SKILLWISE_ENV") == "production"
    if production:
        read_environment()  # refuses before anything starts: nothing embedded stands in for what is missing
    stands_in = not production and importlib.util.find_spec("skillwise_sandbox") is not None
    payments_here = stands_in and not given.get("STRIPE_SECRET_KEY")
    sslcommerz_here = stands_in and not given.get("SSLCOMMERZ_STORE_ID")
    mail_here = stands_in and not given.get("EMAIL_URL")

    claims = Ports()
    ports = _choose_ports(claims, folder, host=host, port=port)
    site = f"http://{_LOOPBACK}:{ports['http']}/"
    sandbox = f"http://{_LOOPBACK}:{ports['sandbox']}/"
    urls = {
        "api": f"{site}api/v1/",
        "docs": f"{site}api/docs/",
        "redoc": f"{site}api/redoc/",
        "backoffice": f"{site}admin/",
    }
    probes = [f"{site}health/ready"]
    own = {"DJANGO_SETTINGS_MODULE": "skillwise_host.settings", "PYTHONUNBUFFERED": "1"}
    servers: list[EmbeddedServer] = []
    for name, server in zip(("DATABASE_URL", "REDIS_URL"), folder.servers(fast=fast), strict=True):
        if not given.get(name):
            servers.append(server)
            own[name] = server.url
    if not production:
        own |= _development_environment(folder, given, host=host, site=site)
    programs = [_worker(), _scheduler(), web_program(host, ports["http"])]
    if payments_here or sslcommerz_here or mail_here:
        programs.insert(0, _sandbox(folder, ports, webhook=site + _WEBHOOK_PATH if payments_here else None))
        probes.append(sandbox)
    if payments_here:
        urls["payments"] = f"{sandbox}stripe/"
        own |= {
            "STRIPE_SECRET_KEY": "sk_test_sandbox",
            "STRIPE_PUBLISHABLE_KEY": "pk_test_sandbox",
            "STRIPE_WEBHOOK_SECRET": _webhook_secret(folder),
            "STRIPE_API_BASE": f"{sandbox}stripe",
        }
    if sslcommerz_here:
        urls["sslcommerz"] = f"{sandbox}sslcommerz/"
        own |= {
            "SSLCOMMERZ_STORE_ID": "sandbox",
            "SSLCOMMERZ_STORE_PASSWORD": _store_password(folder),
            "SSLCOMMERZ_API_BASE": f"{sandbox}sslcommerz",
        }
    if mail_here:
        urls["mail"] = f"{sandbox}mail/"
        own["EMAIL_URL"] = f"smtp://{_LOOPBACK}:{ports['smtp']}"

    environment = {**given, **own}
    preparation = [Program("migrate", django_command("migrate", "--verbosity", "0"))]
    if not production and not folder.demonstrated(environment["DATABASE_URL"]):
        preparation.append(Program("demo", django_command("load_demo")))
    return Plan(
        folder=folder,
        production=production,
        urls=urls,
        probes=probes,
        own_environment=own,
        environment=environment,
        servers=servers,
        preparation=preparation,
        programs=programs,
        ports=claims,
    )


def django_command(*arguments: str) -> list[str]:
    """What runs one of Django's management commands, given `DJANGO_SETTINGS_MODULE`."""
    return [sys.executable, "-m", "django", *arguments]


def web_program(host: str, port: int) -> Program:
    """The web server, given the environment of a stack."""
    return Program(
        "web",
        [
            *(sys.executable, "-m", "skillwise_host.web", "--host", host, "--port", str(port)),
            "skillwise_host.wsgi:application",
        ],
    )


def _choose_ports(ports: Ports, folder: StackFolder, *, host: str, port: int | None) -> dict[str, int]:
    remembered = folder.remembered_ports()
    if port is None:
        chosen = {"http": ports.choose(remembered.get("http", 0), 8000, host=host)}
    else:
        chosen = {"http": ports.choose(port, host=host)}
        if port not in {0, chosen["http"]}:
            raise PortTakenError(f"port {port} is taken on {host}.")
    for name, preference in (("sandbox", 8100), ("smtp", 8125)):
        chosen[name] = ports.choose(remembered.get(name, 0), preference, host=_LOOPBACK)
    folder.remember_ports(chosen)
    return chosen


def _development_environment(
    folder: StackFolder, given: Mapping[str, str], *, host: str, site: str
) -> dict[str, str]:
    """What the settings need and nobody has said."""
    public = given.get("PUBLIC_URL", site.rstrip("/"))
    names = {"localhost", _LOOPBACK, "[::1]", "10.0.2.2", urlsplit(public).hostname or ""}
    needed = {
        "SECRET_KEY": folder.secret("django"),
        "MEDIA_ROOT": str(folder.media),
        "PUBLIC_URL": public,
        "ALLOWED_HOSTS": ",".join(sorted(names)) if host in {_LOOPBACK, "localhost"} else "*",
    }
    return {name: value for name, value in needed.items() if not given.get(name)}


def _webhook_secret(folder: StackFolder) -> str:
    return folder.secret("stripe_webhook", prefix="whsec_")


def _store_password(folder: StackFolder) -> str:
    return folder.secret(
        "sslcommerz_store", prefix="ssl_"
    )  # never an option of the command line it stands on


def _worker() -> Program:
    # Dramatiq would wait ten minutes for running jobs; a supervisor's patience ends sooner, and the outbox
    # repeats.
    options = ("--processes", "1", "--threads", "4", "--worker-shutdown-timeout", "10000")
    # While it boots, Dramatiq keeps a SIGTERM for later. Its workers end with it (`skillwise_kernel.broker`).
    return Program("worker", django_command("rundramatiq", *options), death_signal=signal.SIGKILL)


def _scheduler() -> Program:
    return Program("scheduler", django_command("scheduler"))


def _sandbox(folder: StackFolder, ports: Mapping[str, int], *, webhook: str | None) -> Program:
    notify: Sequence[str] = ()
    if webhook:
        notify = ("--webhook", webhook, "--webhook-secret", _webhook_secret(folder))
    return Program(
        "sandbox",
        [
            *(sys.executable, "-m", "skillwise_sandbox", "--data", str(folder.sandbox)),
            *("--http", f"{_LOOPBACK}:{ports['sandbox']}", "--smtp", f"{_LOOPBACK}:{ports['smtp']}"),
            *("--store-password", _store_password(folder)),
            *notify,
        ],
    )
