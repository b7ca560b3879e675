"""Starts what a plan lists, keeps it running, and stops all of it in order."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
from skillwise_kernel.embedded import EmbeddedServerError, ending_with_parent

from skillwise_host.stack.folder import ProcessState, StackState
from skillwise_host.stack.leftovers import marked
from skillwise_host.stack.logs import PrefixedLog
from skillwise_host.stack.plan import Plan, Program

__all__ = ["StackFailedError", "Supervisor"]

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0
_LONG_LIFE = 60.0
_STARTING_FAILURES = 3
_READY_SECONDS = 300.0
_LONGEST_LINE = 1024 * 1024
_SAME_REQUEST_SECONDS = 1.0


class StackFailedError(RuntimeError):
    """The stack did not come up; what its processes wrote says why."""


class _Child:
    """One supervised process and the group it leads: granian and dramatiq have processes of their own."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.state = "waiting"
        self.restarts = 0
        self.process: asyncio.subprocess.Process | None = None
        self.reader: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process and self.process.returncode is None else None

    async def start(self, environment: dict[str, str], log: PrefixedLog) -> asyncio.subprocess.Process:
        # A pipe of our own: asyncio's would have `wait` wait for everyone who holds its other end,
        # grandchildren too.
        read, write = os.pipe()
        try:
            self.process = await asyncio.create_subprocess_exec(
                *ending_with_parent(self.program.command, death_signal=self.program.death_signal),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=write,
                stderr=write,
                env=environment,
                start_new_session=True,  # Ctrl-C is for the supervisor, who stops them in order
            )
        finally:
            os.close(write)
        self.reader = asyncio.create_task(self._copy_lines(read, log))
        self.state = "running"
        return self.process

    async def stop(self) -> None:
        """Asks the process to end, waits as long as its program may take, then ends its whole group."""
        if self.process is None:
            return
        if self.process.returncode is None:
            self.process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), self.program.stop_seconds)
        self.end_group()
        await self.process.wait()
        if self.reader:
            await self.reader
        self.state = "stopped"

    def end_group(self) -> None:
        """Ends what is left of the group at once: a dramatiq worker may have a job to finish."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    async def _copy_lines(self, pipe: int, log: PrefixedLog) -> None:
        lines = asyncio.StreamReader(limit=_LONGEST_LINE)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(lines), os.fdopen(pipe, "rb")
        )
        with contextlib.closing(transport):
            while True:
                try:
                    line = await lines.readline()
                except ValueError:  # what asyncio makes of a line beyond the limit, once it has dropped it
                    log.write(self.program.name, "[a line of more than 1 MiB was left out]")
                    continue
                if not line:
                    break
                log.write(self.program.name, line.decode(errors="replace").rstrip())


class Supervisor:
    """Runs one plan, once, in a folder that the caller holds.

    It belongs in the main thread: what it starts is told to end with the thread that started it.
    """

    def __init__(self, plan: Plan, log: PrefixedLog, *, announce: Callable[[], None]) -> None:
        """`announce` is called once, when everything answers."""
        self._plan = plan
        self._log = log
        self._announce = announce
        self._environment = marked(plan.environment, plan.folder)
        self._servers = dict.fromkeys(plan.servers, 0)
        self._children = [_Child(program) for program in plan.programs]
        self._preparing: _Child | None = None
        self._ready = False
        self._stopping = False
        self._stop_asked_at = 0.0

    def run(self) -> None:
        """Returns when a signal asked it to stop and all has ended. Raises `StackFailedError` when it cannot
        come up.

        A second signal ends everything at once.
        """
        asyncio.run(self._run())

    async def _run(self) -> None:
        serving = asyncio.create_task(self._serve())
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._on_signal, serving)
        try:
            with contextlib.suppress(asyncio.CancelledError):  # a signal's doing
                await serving
        finally:
            await self._go_down()

    def _on_signal(self, serving: asyncio.Task[None]) -> None:
        """One Ctrl-C may arrive twice, from the terminal and from whoever runs us and passes signals on."""
        now = time.monotonic()
        if self._stopping and now - self._stop_asked_at < _SAME_REQUEST_SECONDS:
            return
        if self._stopping:
            self._say("ending everything at once")
            self._kill()
        else:
            self._stopping, self._stop_asked_at = True, now
            self._say("stopping; once more ends everything at once")
            serving.cancel()

    async def _serve(self) -> None:
        self._tell()
        self._start_servers()
        await self._prepare()
        try:
            async with asyncio.TaskGroup() as tasks:
                for child in self._children:
                    tasks.create_task(self._keep_running(child))
                tasks.create_task(self._keep_servers_running())
                tasks.create_task(self._await_readiness())
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None

    def _start_servers(self) -> None:
        for server in self._servers:
            began = time.monotonic()
            try:
                server.start()
            except EmbeddedServerError as error:
                raise StackFailedError(str(error)) from error
            self._log.write(server.name, f"up in {time.monotonic() - began:.1f} s; its log is {server.log}")

    async def _prepare(self) -> None:
        for program in self._plan.preparation:
            self._preparing = _Child(program)
            process = await self._preparing.start(self._environment, self._log)
            code = await process.wait()
            if code != 0:
                raise StackFailedError(f"{program.name} ended with code {code}")
        self._preparing = None
        self._plan.prepared()

    async def _keep_running(self, child: _Child) -> None:
        name, pause = child.program.name, _FIRST_PAUSE
        while True:
            began = time.monotonic()
            process = await child.start(self._environment, self._log)
            self._tell()
            code = await process.wait()
            child.end_group()
            lived = time.monotonic() - began
            child.restarts += 1
            child.state = "restarting"
            self._tell()
            if not self._ready and child.restarts >= _STARTING_FAILURES:
                raise StackFailedError(f"{name} does not stay up: it ended with code {code} again")
            if lived > _LONG_LIFE:
                pause = _FIRST_PAUSE
            self._say(
                f"{name} ended with code {code} after {lived:.0f} s; starting it again in {pause:.1f} s"
            )
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _keep_servers_running(self) -> None:
        pauses = dict.fromkeys(self._servers, _FIRST_PAUSE)
        while True:
            await asyncio.sleep(_FIRST_PAUSE)
            for server in self._servers:
                if server.pid is None:
                    self._say(f"{server.name} has ended; starting it again")
                    self._servers[server] += 1
                    try:
                        server.start()
                    except EmbeddedServerError as error:
                        self._say(f"{error}\ntrying again in {pauses[server]:.0f} s")
                        await asyncio.sleep(pauses[server])
                        pauses[server] = min(2 * pauses[server], _LONGEST_PAUSE)
                    self._tell()

    async def _await_readiness(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        host = urlsplit(self._plan.environment["PUBLIC_URL"]).netloc  # one that ALLOWED_HOSTS allows
        async with httpx.AsyncClient(headers={"Host": host}, timeout=5, trust_env=False) as client:
            while waiting := [url for url in self._plan.probes if not await _answers(client, url)]:
                if time.monotonic() > deadline:
                    raise StackFailedError(f"not ready after {_READY_SECONDS:.0f} s: {', '.join(waiting)}")
                await asyncio.sleep(0.1)
        self._ready = True
        self._tell()
        self._announce()

    async def _go_down(self) -> None:
        self._stopping = True
        for child in (self._preparing, *reversed(self._children)):
            if child:
                await child.stop()
        for server in reversed(self._servers):
            server.stop()
        self._say("everything has ended")

    def _kill(self) -> None:
        for child in (self._preparing, *self._children):
            if child:
                child.end_group()
        for server in self._servers:
            server.kill()

    def _tell(self) -> None:
        """Writes down how things stand, for `status` and the others."""
        servers = [
            ProcessState(server.name, "running" if server.pid else "waiting", server.pid, restarts)
            for server, restarts in self._servers.items()
        ]
        children = [ProcessState(c.program.name, c.state, c.pid, c.restarts) for c in self._children]
        plan = self._plan
        plan.folder.write_state(
            StackState(
                pid=os.getpid(),
                ready=self._ready,
                urls=plan.urls,
                environment=plan.own_environment,
                processes=[*servers, *children],
            )
        )

    def _say(self, text: str) -> None:
        for line in text.splitlines():
            self._log.write("stack", line)


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        response = await client.get(url)
    except httpx.TransportError:
        return False
    return response.is_success
