"""Database connections that are kept between the statements of those who write all the time.

Django takes a connection from its pool for each request and gives it back: signals, a lock, a check. For a request
that runs one statement that is as much work as the statement's sending. These are the same pool's connections, with
the same options; they are only not given back.

The statement is sent by psycopg's wrapper of libpq (`psycopg.pq`), without a cursor: that takes a third of the
processor's time, and parameters that are text need nothing of what a cursor adapts.
Measured: docs/decisions/0040-one-statement-shared-by-threads.md.
"""

import re
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.conf import settings
from django.db import OperationalError, connection
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg_pool import ConnectionPool

type Rows = list[tuple[str, ...]]


def _pool() -> ConnectionPool:
    return connection.pool  # type: ignore[attr-defined]  # PostgreSQL's has one


class ConnectionLost(OperationalError):
    """The connection broke under the statement: whether it was committed is unknown."""


class KeptConnections:
    """Runs a few statements, each prepared at its first use on a connection. Safe between threads.

    `statements` are by name. Their parameters are `$1`, `$2` and so on, each as text, and their columns text without
    nulls. At most `most` connections are kept; more are borrowed while more threads write.
    """

    def __init__(self, statements: Mapping[str, str], *, most: int) -> None:
        self._statements = statements
        self._most = most
        self._idle: deque[psycopg.Connection[Any]] = deque()

    def fetch_all(self, name: str, parameters: Sequence[bytes | None]) -> Rows:
        """Run the statement of that name as a transaction of its own; all its rows.

        Inside a transaction of this thread (a test's, a command's) it runs there. Raises `django.db.Error`, a
        `ConnectionLost` when the connection broke.
        """
        if connection.in_atomic_block:
            with connection.cursor() as cursor:
                cursor.execute(
                    re.sub(r"\$\d+", "%s", self._statements[name]),
                    [None if value is None else value.decode() for value in parameters],
                )
                return cursor.fetchall()
        with connection.wrap_database_errors:
            return self._fetch_all(name, parameters)

    def _fetch_all(self, name: str, parameters: Sequence[bytes | None]) -> Rows:
        kept = self.borrow()
        try:
            result = self._execute(kept.pgconn, name, parameters)
        except psycopg.Error as error:
            if kept.pgconn.status != ConnStatus.BAD:
                self.keep(kept)
                raise
            # The server has gone or come back: the others broke with it.
            _pool().putconn(kept)
            self.give_back()
            raise ConnectionLost(*error.args) from error
        except BaseException:
            _pool().putconn(kept)
            raise
        self.keep(kept)
        return [
            tuple(result.get_value(row, column).decode() for column in range(result.nfields))  # type: ignore[union-attr]  # no nulls
            for row in range(result.ntuples)
        ]

    def _execute(self, server: PGconn, name: str, parameters: Sequence[bytes | None]) -> PGresult:
        """The statement's result. Raises `psycopg.Error`."""
        if not settings.PREPARE_STATEMENTS:
            return _checked(
                server.exec_params(self._statements[name].encode(), parameters),
                ExecStatus.TUPLES_OK,
            )
        try:
            return self._execute_prepared(server, name, parameters)
        except InvalidSqlStatementName:
            # The first time on this connection, or a pooler has put another behind it.
            _checked(
                server.prepare(name.encode(), self._statements[name].encode()),
                ExecStatus.COMMAND_OK,
            )
            return self._execute_prepared(server, name, parameters)

    def _execute_prepared(
        self, server: PGconn, name: str, parameters: Sequence[bytes | None]
    ) -> PGresult:
        result = server.exec_prepared(name.encode(), parameters)  # type: ignore[arg-type]  # None is NULL
        return _checked(result, ExecStatus.TUPLES_OK)

    def borrow(self) -> psycopg.Connection[Any]:
        """A connection, for who gives it to `keep` afterwards."""
        try:
            return self._idle.pop()
        except IndexError:
            _pool().open()
            new = _pool().getconn()
        try:
            new.autocommit = True
        except BaseException:
            _pool().putconn(new)
            raise
        return new

    def keep(self, used: psycopg.Connection[Any]) -> None:
        """Keep a borrowed connection for the next statement."""
        if len(self._idle) < self._most:
            self._idle.append(used)
        else:
            _pool().putconn(used)

    def give_back(self) -> None:
        """Give the idle ones back to the pool, which closes those that are broken."""
        while self._idle:
            try:
                _pool().putconn(self._idle.pop())
            except IndexError:
                return


def _checked(result: PGresult, expected: ExecStatus) -> PGresult:
    if result.status != expected:
        raise error_from_result(result)
    return result
