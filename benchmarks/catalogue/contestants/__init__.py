"""What the API is compared with: the least that Django can do, and what most people write."""

from typing import Final

__all__ = ["FOLDER_VARIABLE"]

#: The environment variable that says where the bare view finds the answers that were recorded for it.
FOLDER_VARIABLE: Final = "BENCHMARK_ANSWERS"
