"""Database connections that are kept between the statements of those who write all the time.

Django takes a connection from its pool for each request and gives it back: signals, a lock, a check. For a request
that runs one statement that is as much work as the statement's sending. These are the same pool's connections, with
the same options; they are only not given back.

The statement is sent by psycopg's wrapper of libpq (`psycopg.pq`), without a cursor: that takes a third of the
processor's time, and parameters that are text need nothing of what a cursor adapts.
Measured: docs/decisions/0040-one-statement-shared-by-threads.md.
"""

import re
import zlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.conf import settings
from django.db import OperationalError, connection
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn, PGresult
from psycopg_pool import ConnectionPool

from everyskill.own_connection import own_connection

type Rows = list[tuple[str | None, ...]]

# As many statements that store events run at a time (docs/decisions/0040-one-statement-shared-by-threads.md).
MOST_KEPT = 2


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with parameters `$1`, `$2` and so on, and a name, its alone.

    `prepared` is the name that the server knows it by: another after a change of the text, since a pooler may keep
    prepared statements over an upgrade.
    """

    name: str
    sql: str
    prepared: bytes = field(init=False)

    def __post_init__(self) -> None:
        version = zlib.crc32(self.sql.encode())
        object.__setattr__(self, "prepared", f"{self.name}_{version:08x}".encode())


def _pool() -> ConnectionPool:
    return connection.pool  # type: ignore[attr-defined]  # PostgreSQL's has one


class ConnectionLost(OperationalError):
    """The connection broke under the statement: whether it was committed is unknown."""


class KeptConnections:
    """Runs a few statements, each prepared at its first use on a connection. Safe between threads.

    At most `most` connections are kept; more are borrowed while more threads need one.
    """

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._idle: deque[psycopg.Connection[Any]] = deque()

    def fetch_all(self, statement: Statement, parameters: Sequence[bytes | None]) -> Rows:
        """Run the statement as a transaction of its own; all its rows, as PostgreSQL writes values. So are parameters.

        Inside a transaction of this thread (a test's, a command's) it runs there. Raises `django.db.Error`, a
        `ConnectionLost` when the connection broke.
        """
        if (django := own_connection()).in_atomic_block:
            with django.cursor() as cursor:
                cursor.execute(
                    re.sub(r"\$(\d+)", r"%(p\1)s", statement.sql),
                    {f"p{number}": _text(value) for number, value in enumerate(parameters, 1)},
                )
                return [
                    tuple(None if value is None else str(value) for value in row) for row in cursor
                ]
        try:
            return self._fetch_all(statement, parameters)
        except psycopg.Error:
            with django.wrap_database_errors:  # Django's error of the same name
                raise

    def look_up(self, statement: Statement, parameters: Sequence[bytes | None]) -> Rows:
        """`fetch_all` of a statement that changes nothing: run again when its connection had died unnoticed."""
        try:
            return self.fetch_all(statement, parameters)
        except ConnectionLost:
            _pool().check()
            return self.fetch_all(statement, parameters)

    def _fetch_all(self, statement: Statement, parameters: Sequence[bytes | None]) -> Rows:
        kept = self.borrow()
        try:
            result = self._execute(kept.pgconn, statement, parameters)
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
        columns = range(result.nfields)
        return [
            tuple([_text(result.get_value(row, column)) for column in columns])
            for row in range(result.ntuples)
        ]

    def _execute(
        self, server: PGconn, statement: Statement, parameters: Sequence[bytes | None]
    ) -> PGresult:
        """The statement's result. Raises `psycopg.Error`."""
        if not settings.PREPARE_STATEMENTS:
            return _checked(
                server.exec_params(statement.sql.encode(), parameters),
                ExecStatus.TUPLES_OK,
            )
        try:
            return self._execute_prepared(server, statement, parameters)
        except InvalidSqlStatementName:
            # The first time on this connection, or a pooler has put another behind it.
            _checked(
                server.prepare(statement.prepared, statement.sql.encode()),
                ExecStatus.COMMAND_OK,
            )
            return self._execute_prepared(server, statement, parameters)

    def _execute_prepared(
        self, server: PGconn, statement: Statement, parameters: Sequence[bytes | None]
    ) -> PGresult:
        result = server.exec_prepared(statement.prepared, parameters)  # type: ignore[arg-type]  # None is NULL
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
        """Give the idle ones back to the pool, which closes those that are known to be broken."""
        while self._idle:
            try:
                _pool().putconn(self._idle.pop())
            except IndexError:
                return


kept = KeptConnections(most=MOST_KEPT)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


def _checked(result: PGresult, expected: ExecStatus) -> PGresult:
    if result.status != expected:
        raise error_from_result(result)
    return result
