"""Counts that are added up in memory and written at most once in a while.

For what happens thousands of times a second: to write each would cost more than the thing that is counted. A process
that is asked to stop writes what is left; one that is killed loses its last interval's.

One timer writes for all that have something, one after the other, so that a second costs the requests one thread.
"""

import atexit
import logging
import threading
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from django.conf import settings
from django.db import Error, connections

logger = logging.getLogger(__name__)


class Later[Key: Hashable]:
    """Sums by key, handed to `write` at most once in `LATE_WRITE_SECONDS`, at once when that is 0.

    Safe between threads. What could not be written, because `write` raised a `django.db.Error`, is kept for the next
    time; `name` is what the log says then.
    """

    def __init__(self, name: str, write: Callable[[Mapping[Key, int]], object]) -> None:
        self._name = name
        self._write = write
        self._sums: dict[Key, int] = {}
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        _all.append(self)

    def add(self, key: Key, number: int = 1) -> None:
        """Add to the key's sum. Never raises."""
        with self._lock:
            self._sums[key] = self._sums.get(key, 0) + number
        if _timer is None:
            self._see_that_it_is_written()

    def add_all(self, numbers: Mapping[Key, int]) -> None:
        """Add to each key's sum. Never raises."""
        self._add_all(numbers)
        if _timer is None:
            self._see_that_it_is_written()

    def write_now(self) -> None:
        """Write what was added and not written yet, and wait for who is writing at the moment. Never raises."""
        with self._writing:
            self._write_taken()

    def has_some(self) -> bool:
        """Whether anything was added and not taken to be written yet."""
        return bool(self._sums)

    def _see_that_it_is_written(self) -> None:
        if settings.LATE_WRITE_SECONDS > 0:
            _start_timer()
        else:
            self._write_unless_somebody_does()

    def _write_unless_somebody_does(self) -> None:
        """Who is writing looks again afterwards, so what is added meanwhile is theirs, and nobody waits for them."""
        while self._sums and self._writing.acquire(blocking=False):
            try:
                if not self._write_taken():
                    return
            finally:
                self._writing.release()

    def _write_taken(self) -> bool:
        """Whether it was written. The caller holds `_writing`."""
        with self._lock:
            taken, self._sums = self._sums, {}
        if not taken:
            return True
        try:
            self._write(taken)
        except Exception as error:
            logger.warning("%s not written: %s", self._name, type(error).__name__)
            if isinstance(error, Error):
                self._add_all(taken)
                if settings.LATE_WRITE_SECONDS > 0:
                    _start_timer()
            return False
        return True

    def _add_all(self, numbers: Mapping[Key, int]) -> None:
        with self._lock:
            for key, number in numbers.items():
                self._sums[key] = self._sums.get(key, 0) + number


_all: list[Later[Any]] = []
# From its start until it has written. So who adds and finds none must start one; what is added while one writes, and
# was not taken along, is seen by it at its end.
_timer: threading.Timer | None = None
_timer_lock = threading.Lock()


def _start_timer() -> None:
    global _timer
    with _timer_lock:
        if _timer is not None:
            return
        timer = threading.Timer(settings.LATE_WRITE_SECONDS, _write_from_timer)
        timer.daemon = True
        try:
            timer.start()
        except RuntimeError:
            return  # the interpreter is shutting down: what is registered for its exit will write
        _timer = timer


def _forget_timer() -> None:
    global _timer
    with _timer_lock:
        if _timer is not None:
            _timer.cancel()
            _timer = None


def _write_from_timer() -> None:
    try:
        for later in _all:
            later.write_now()
    finally:
        try:
            connections.close_all()
        finally:
            _forget_timer()
            if any(later.has_some() for later in _all):
                _start_timer()


# At exit too, after the threads that capture were joined: these handlers run later.
@atexit.register
def write_all() -> None:
    """Write whatever was added anywhere and not written yet."""
    _forget_timer()
    for later in _all:
        later.write_now()
