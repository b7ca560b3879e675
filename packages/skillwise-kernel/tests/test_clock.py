from datetime import UTC, datetime

import time_machine
from skillwise_kernel.clock import now


def test_it_is_now_in_utc_wherever_the_machine_stands() -> None:
    moment = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)

    with time_machine.travel(moment, tick=False):
        assert now() == moment
        assert now().tzinfo is UTC
