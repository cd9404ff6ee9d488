"""A cache for the hottest paths: a dict whose entries are forgotten after a stated time."""

import time
from random import random


class ShortMemory[Key, Value]:
    """Remembers values for `seconds` at most, and about `size` of them: when it is full it forgets all.

    Each value's time is cut by up to two fifths, at random: values that came together would be looked up together
    again and again, and whoever asks at that moment would wait.

    Reading and writing are single operations of a dict, so threads need no lock. Several times cheaper than a
    cache that keeps an order of eviction, which no request should pay for.
    """

    def __init__(self, *, seconds: float, size: int) -> None:
        self.seconds = seconds
        self._size = size
        self._entries: dict[Key, tuple[float, Value]] = {}

    def get(self, key: Key) -> Value | None:
        entry = self._entries.get(key)
        if entry is None or entry[0] < time.monotonic():
            return None
        return entry[1]

    def set(self, key: Key, value: Value) -> None:
        if len(self._entries) >= self._size:
            self._entries.clear()
        lifetime = self.seconds * (0.6 + 0.4 * random())  # noqa: S311 - no secret hangs on it
        self._entries[key] = (time.monotonic() + lifetime, value)

    def clear(self) -> None:
        self._entries.clear()
