"""Database connections that are kept between the statements of those who write all the time.

Django takes a connection from its pool for each request and gives it back: signals, a lock, a check. For a request
that runs one statement that is as much work as the statement's sending. These are the same pool's connections, with
the same options; they are only not given back.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import OperationalError, connection
from psycopg_pool import ConnectionPool


def _pool() -> ConnectionPool:
    return connection.pool  # type: ignore[attr-defined]  # PostgreSQL's has one


class ConnectionLost(OperationalError):
    """The connection broke under the statement: whether it was committed is unknown."""


class KeptConnections:
    """At most `most` connections are kept; more are borrowed while more threads write. Safe between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._idle: deque[psycopg.Connection[Any]] = deque()

    def fetch_all(self, statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Run one statement as a transaction of its own; all its rows.

        Inside a transaction of this thread (a test's, a command's) it runs there. Raises `django.db.Error`, a
        `ConnectionLost` when the connection broke.
        """
        if connection.in_atomic_block:
            with connection.cursor() as cursor:
                cursor.execute(statement, parameters)
                return cursor.fetchall()
        with connection.wrap_database_errors:
            return self._fetch_all(statement, parameters)

    def _fetch_all(self, statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        kept = self._borrow()
        try:
            rows = kept.execute(statement, parameters).fetchall()
        except psycopg.OperationalError as error:
            if not kept.closed:
                self._keep(kept)
                raise
            # The server has gone or come back: the others broke with it.
            _pool().putconn(kept)
            self.give_back()
            raise ConnectionLost(*error.args) from error
        except BaseException:
            self._keep(kept)
            raise
        self._keep(kept)
        return rows

    def _keep(self, used: psycopg.Connection[Any]) -> None:
        if len(self._idle) < self._most:
            self._idle.append(used)
        else:
            _pool().putconn(used)

    def _borrow(self) -> psycopg.Connection[Any]:
        try:
            return self._idle.pop()
        except IndexError:
            _pool().open()
            new = _pool().getconn()
            new.autocommit = True
            return new

    def give_back(self) -> None:
        """Give the idle ones back to the pool, which closes those that are broken."""
        while self._idle:
            try:
                _pool().putconn(self._idle.pop())
            except IndexError:
                return
