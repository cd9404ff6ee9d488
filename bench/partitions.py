"""Partitions by month against one table: `python -m bench.partitions --rows 10000000`.

Two copies of the events' table with the same indexes, one of them partitioned by month (where PostgreSQL wants the
time in each unique index), hold the same eleven months of events. Printed are, for both in turns: single-row and batch
inserts a second with their write-ahead log, the newest hundred of a tenant, and how long forgetting the oldest takes.
"""

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator

import django
import psycopg
from django.core.management import call_command

from bench import harness

NAMES = ("plain", "by_month")
TABLES = """
    CREATE TABLE plain (LIKE tracking_usageevent INCLUDING DEFAULTS, PRIMARY KEY (id));
    CREATE UNIQUE INDEX ON plain (tenant_id, event_id) WHERE event_id IS NOT NULL;
    CREATE TABLE by_month (LIKE tracking_usageevent INCLUDING DEFAULTS, PRIMARY KEY (id, created_at))
        PARTITION BY RANGE (created_at);
    CREATE UNIQUE INDEX ON by_month (tenant_id, event_id, created_at) WHERE event_id IS NOT NULL;
"""
INDEXES = """
    CREATE INDEX ON {name} (tenant_id, created_at DESC);
    CREATE INDEX ON {name} (skill_id, created_at DESC);
    CREATE INDEX ON {name} (user_id);
    CREATE INDEX ON {name} (api_key_id);
"""
PARTITION = """
    CREATE TABLE by_month_{number} PARTITION OF by_month
    FOR VALUES FROM (date_trunc('month', now()) - interval '{number} months')
    TO (date_trunc('month', now()) - interval '{number} months' + interval '1 month')
"""
ROWS = """
    INSERT INTO {name}
        (id, tenant_id, user_id, api_key_id, skill_id, skill_ref, tool_name, event_id, metadata, created_at)
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3)
            || '8' || substr(md5(n::text), 4, 15))::uuid,
        md5('tenant')::uuid, md5('u' || n %% 50)::uuid, md5('k' || n %% 50)::uuid, md5('s' || n %% 200)::uuid,
        'release-notes', 'Bash', 'toolu_' || md5('e' || n),
        '{{"source": "hook", "skill_name": "release-notes", "hook_event": "PostToolUse", "latency_ms": 70,
           "client_timestamp": "2026-11-21T08:42:17Z", "server_timestamp": "2026-11-21T08:42:17.123456Z"}}', at
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
    CROSS JOIN LATERAL (SELECT now() - interval '330 days' * greatest(0, 1 - n::float8 / %(total)s) AS at) AS times
    ON CONFLICT DO NOTHING
"""
BATCH = 500


def wal(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()
    return int(row[0]) if row else 0


def insert(connection: psycopg.Connection, name: str, numbers: Iterator[int], size: int) -> float:
    """Statements of `size` new rows for two seconds; rows a second."""
    begun, rows = time.perf_counter(), 0
    while time.perf_counter() - begun < 2:
        first = next(numbers) * BATCH
        connection.execute(
            ROWS.format(name=name), {"first": first, "last": first + size - 1, "total": 1}, prepare=True
        )  # fmt: skip
        rows += size
    return rows / (time.perf_counter() - begun)


def newest(connection: psycopg.Connection, name: str) -> float:
    begun = time.perf_counter()
    connection.execute(
        f"SELECT * FROM {name} WHERE tenant_id = md5('tenant')::uuid ORDER BY created_at DESC LIMIT 100"
    ).fetchall()
    return (time.perf_counter() - begun) * 1e3


def forget_by_delete(connection: psycopg.Connection) -> int:
    """As `prune_events` does: the oldest 5,000 at a time."""
    rows = 0
    while True:
        count = connection.execute(
            "DELETE FROM plain WHERE id IN (SELECT id FROM plain WHERE tenant_id = md5('tenant')::uuid AND created_at"
            " < date_trunc('month', now()) - interval '9 months' ORDER BY created_at LIMIT 5000 FOR UPDATE SKIP LOCKED)"
        ).rowcount
        rows += count
        if not count:
            return rows


def forget_by_drop(connection: psycopg.Connection) -> int:
    connection.execute("DROP TABLE by_month_11, by_month_10")
    return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with harness.database() as database:
        django.setup()
        call_command("migrate", verbosity=0)
        with psycopg.connect(database.url, autocommit=True) as connection:
            set_up(connection, arguments.rows)
            compare(connection, arguments)


def set_up(connection: psycopg.Connection, rows: int) -> None:
    for statement in TABLES.split(";"):
        if statement.strip():
            connection.execute(statement)
    for number in range(-1, 12):
        connection.execute(PARTITION.format(number=number).replace("_-1", "_next"))
    for name in NAMES:
        connection.execute(ROWS.format(name=name), {"first": 1, "last": rows, "total": rows})
        for statement in INDEXES.format(name=name).split(";"):
            if statement.strip():
                connection.execute(statement)
    connection.execute("VACUUM ANALYZE")
    connection.execute("CHECKPOINT")


def compare(connection: psycopg.Connection, arguments: argparse.Namespace) -> None:
    # Far above the rows that are there, and each number once.
    numbers = iter(range(2 * arguments.rows // BATCH + 1, 2**50))
    figures: defaultdict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _ in range(arguments.rounds):
        for name in NAMES:
            for size in (1, BATCH):
                before, begun = wal(connection), time.perf_counter()
                rate = insert(connection, name, numbers, size)
                rows = rate * (time.perf_counter() - begun)
                figures[f"rows a second, {size} at a time"][name].append(rate)
                figures[f"log bytes a row, {size} at a time"][name].append(
                    (wal(connection) - before) / rows
                )
            figures["newest 100, ms"][name].append(newest(connection, name))
    forget: dict[str, Callable[[psycopg.Connection], int]] = {
        "plain": forget_by_delete,
        "by_month": forget_by_drop,
    }
    for name in NAMES:
        before, begun = wal(connection), time.perf_counter()
        rows = forget[name](connection)
        figures["forgetting the oldest months, s"][name].append(time.perf_counter() - begun)
        figures["its log, MB"][name].append((wal(connection) - before) / 1e6)
        if rows:
            print(f"{rows:,} rows deleted in batches of 5,000, or two partitions dropped")
    print(f"{arguments.rows:,} rows\n{'':36}" + "".join(f"{name:>12}" for name in NAMES))
    for what, by_table in figures.items():
        values = "".join(f"{statistics.median(by_table[name]):12,.2f}" for name in NAMES)
        print(f"{what:36}{values}")


if __name__ == "__main__":
    main()
