"""Which generation kept answers belong to: a number in Valkey that every change makes another, greater one.

An answer is kept under the generation that was current before its rows were read, so that a slow reader files
an old answer where nobody looks any more.
"""

from django.core.cache import cache

from skillwise_kernel.ids import new_id

__all__ = ["Generation"]


class Generation:
    def __init__(self, key: str) -> None:
        self._key = key

    def ask(self) -> int | None:
        """The present one, from Valkey itself, where the first who asks begins the first; None when Valkey
        does not answer.
        """
        present: int | None = cache.get(self._key)
        if present is None:
            # of those who begin the first generation at once, one does
            cache.add(self._key, new_id().int, timeout=None)
            present = cache.get(self._key)
        return present

    def begin(self) -> bool:
        """Begin a new one. Answers whether it stands in Valkey now.

        The second question is part of the promise: while Valkey answers it, it has told whoever tracks the
        generation of the first.
        """
        new = new_id().int
        cache.set(self._key, new, timeout=None)
        present: int | None = cache.get(self._key)
        # ids grow with time: a greater one is somebody's who began one after us
        return present is not None and present >= new
