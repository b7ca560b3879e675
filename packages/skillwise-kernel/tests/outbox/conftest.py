"""The accidents happen to a Valkey of the test's own."""

import pytest
from skillwise_kernel.embedded import EmbeddedValkey
from skillwise_kernel.testing.processes import Processes


@pytest.fixture
def processes(valkey: EmbeddedValkey, processes: Processes) -> Processes:
    return processes
