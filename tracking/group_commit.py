"""Threads that store at the same time share one statement and one commit.

Who comes first writes at once. Who comes while enough others write waits in line; a writer, when done, hands its turn
to the first in line, who writes for everyone waiting. So a lonely request waits for nothing, and under load the
statements grow instead of the queue. An answer is given only after the commit that holds its row.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence

from django.db import DataError, IntegrityError


class _Entry[Item, Result]:
    """One caller's item, and its way to be woken: with a result, an error, or the turn to write."""

    __slots__ = ("_sleep", "error", "is_done", "item", "result")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.is_done = False
        self.result: Result | None = None
        self.error: Exception | None = None

    def get_ready_to_sleep(self) -> None:
        """Before it stands in line, where others may wake it. A bare lock as a signal costs a tenth of an Event."""
        self._sleep = threading.Lock()
        self._sleep.acquire()

    def sleep(self) -> None:
        self._sleep.acquire()

    def wake(self) -> None:
        self._sleep.release()


class GroupCommit[Item, Result]:
    """Writes items with `write`, which takes a list and returns one result for each, or raises for all.

    At most `writers` statements run at a time, with at most `largest` items each. The line holds at most as many as
    there are threads.
    """

    def __init__(
        self, write: Callable[[Sequence[Item]], Sequence[Result]], *, writers: int, largest: int
    ) -> None:
        self._write = write
        self._largest = largest
        self._line: deque[_Entry[Item, Result]] = deque()
        self._free_turns = writers
        self._lock = threading.Lock()

    def store(self, item: Item) -> Result:
        """Returns once the item is committed. Raises what kept it from being stored."""
        entry: _Entry[Item, Result] = _Entry(item)
        with self._lock:
            must_wait = self._free_turns == 0
            if must_wait:
                entry.get_ready_to_sleep()
                self._line.append(entry)
            else:
                self._free_turns -= 1
        if must_wait:
            entry.sleep()
        if not entry.is_done:  # woken with the turn to write, or never had to wait for it
            self._write_with(entry)
        if entry.error is not None:
            raise entry.error.with_traceback(None)
        return entry.result  # type: ignore[return-value]  # set, since there is no error

    def _write_with(self, own: _Entry[Item, Result]) -> None:
        """Write this thread's item and what waits; then pass the turn on."""
        with self._lock:
            others = [self._line.popleft() for _ in range(min(len(self._line), self._largest - 1))]
        try:
            self._settle([own, *others])
        finally:
            with self._lock:
                following = self._line.popleft() if self._line else None
                if following is None:
                    self._free_turns += 1
            if following is not None:
                following.wake()
            for entry in others:
                entry.wake()

    def _settle(self, group: list[_Entry[Item, Result]]) -> None:
        try:
            results = self._write([entry.item for entry in group])
        except (IntegrityError, DataError) as error:
            if len(group) > 1:  # one row is at fault: the others must not suffer from it
                for entry in group:
                    self._settle([entry])
                return
            group[0].error = error
        except Exception as error:
            # Whatever it is, whoever waits must be told: nobody else will wake them.
            for entry in group:
                entry.error = error
        else:
            for entry, result in zip(group, results, strict=True):
                entry.result = result
        for entry in group:
            entry.is_done = True
