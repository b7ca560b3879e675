"""A worker process ends with the main process that has it, whichever way that made it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Eventually = Callable[..., None]

MAIN = """
import multiprocessing, os, sys, time
from skillwise_kernel.broker import EndingWithMain

def work():
    EndingWithMain().after_process_boot(None)
    print(os.getpid(), flush=True)
    time.sleep(600)

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    workers = [context.Process(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
"""


@pytest.mark.parametrize("way", ["fork", "forkserver", "spawn"])
def test_workers_live_as_long_as_their_main_process(way: str, tmp_path: Path, eventually: Eventually) -> None:
    program = tmp_path / "main.py"
    program.write_text(MAIN)
    with subprocess.Popen([sys.executable, program, way], stdout=subprocess.PIPE, text=True) as main:
        assert main.stdout
        workers = [int(main.stdout.readline()) for _ in range(2)]
        assert all(_runs(worker) for worker in workers)
        assert main.poll() is None

        main.kill()

    eventually(lambda: not any(_runs(worker) for worker in workers), within=20)


def _runs(pid: int) -> bool:
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())  # of one that waits to be buried it is empty
    except OSError:
        return False
