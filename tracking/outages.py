"""While the database does not answer, say so at once instead of letting requests pile up behind it."""

import threading
import time

from django.db import OperationalError, connection

from everyskill.kept_connections import ConnectionLost

PAUSE_SECONDS = 1.0

# PostgreSQL's codes for "you and another waited for each other" and "try again".
_REPEATABLE = {"40P01", "40001"}


class Breaker:
    """After a failure, refuses for a second; then lets one through a second until one succeeds. One per process."""

    def __init__(self, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._pause = pause_seconds
        self._closed_until = 0.0
        self._lock = threading.Lock()

    def lets_through(self) -> bool:
        if not self._closed_until:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._closed_until:
                return False
            self._closed_until = now + self._pause
            return True

    def note_failure(self) -> None:
        with self._lock:
            self._closed_until = time.monotonic() + self._pause

    def note_success(self) -> None:
        if self._closed_until:
            with self._lock:
                self._closed_until = 0.0


breaker = Breaker()


def is_worth_repeating(error: OperationalError) -> bool:
    """Whether the same statement may well succeed on another connection: this one broke, or lost a deadlock."""
    return (
        isinstance(error, ConnectionLost)
        or getattr(error.__cause__, "sqlstate", None) in _REPEATABLE
    )


def drop_dead_connections() -> None:
    """Give this thread's connection back, and sort out those of the pool that died with the server they knew."""
    connection.close()
    pool = getattr(connection, "pool", None)
    if pool is not None:
        pool.check()
