"""The process: how it starts, ends, and comes back."""

import os
import signal
import subprocess
import sys

import httpx
from sandbox_process import eventually


def test_what_stripe_was_told_survives_a_kill(new_sandbox, connect):
    new_sandbox.start()
    intent = connect(new_sandbox).v1.payment_intents.create(
        {"amount": 4999, "currency": "usd"}, {"idempotency_key": "k"}
    )
    new_sandbox.kill()

    new_sandbox.start()

    again = connect(new_sandbox).v1.payment_intents
    assert again.retrieve(intent.id).client_secret == intent.client_secret
    assert again.create({"amount": 4999, "currency": "usd"}, {"idempotency_key": "k"}).id == intent.id


def test_a_debit_that_was_in_processing_settles_after_a_kill(new_sandbox, connect):
    new_sandbox.start()
    intents = connect(new_sandbox).v1.payment_intents
    params = {"amount": 4999, "currency": "usd", "payment_method": "pm_usBankAccount_success"}
    intent = intents.create(params | {"confirm": True, "return_url": "https://shop.example"})
    new_sandbox.kill()
    assert intent.status == "processing"

    new_sandbox.start()

    intents = connect(new_sandbox).v1.payment_intents
    eventually(lambda: intents.retrieve(intent.id).status == "succeeded", what="the settlement")


def test_it_ends_cleanly_when_told_to(new_sandbox):
    new_sandbox.start()
    held = httpx.Client()
    held.get(new_sandbox.url)

    new_sandbox.process.send_signal(signal.SIGINT)

    assert new_sandbox.process.wait(timeout=10) == 0
    held.close()
    assert not (new_sandbox.folder / "addresses.json").exists()
    assert "Traceback" not in new_sandbox.log()


def test_it_ends_with_its_parent_when_asked_to(tmp_path):
    script = (
        "import subprocess, sys, time\n"
        "command = [sys.executable, '-m', 'skillwise_sandbox', '--data', sys.argv[1], '--die-with-parent']\n"
        "subprocess.Popen(command)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stderr=subprocess.DEVNULL)
    told = tmp_path / "addresses.json"
    eventually(told.exists, what="addresses.json")

    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()

    eventually(lambda: not told.exists(), what="the end of the sandbox")


def test_it_listens_where_it_is_told_and_says_when_it_cannot(new_sandbox, tmp_path):
    new_sandbox.start()
    taken = new_sandbox.url.removeprefix("http://")

    second = subprocess.run(
        [sys.executable, "-m", "skillwise_sandbox", "--data", str(tmp_path / "other"), "--http", taken],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert second.returncode != 0
    assert "in use" in second.stderr


def test_a_webhook_needs_its_secret(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "skillwise_sandbox", "--data", str(tmp_path), "--webhook", "http://x/"],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert run.returncode == 2
    assert "belong together" in run.stderr
