"""The floor: a bare WSGI application that does one prepared INSERT and commits. No checks, no framework.

Its table has the columns of a usage event and a primary key, without a foreign key or another index.
"""

import os
import threading
from datetime import UTC, datetime
from typing import Any

import psycopg
from uuid_utils.compat import uuid7

TABLE = """
    CREATE TABLE IF NOT EXISTS bench_floor (
        id uuid PRIMARY KEY, tenant_id uuid NOT NULL, user_id uuid, api_key_id uuid, skill_id uuid,
        skill_ref varchar(200) NOT NULL, tool_name varchar(200) NOT NULL, event_id varchar(200),
        metadata jsonb NOT NULL, created_at timestamptz NOT NULL
    )
"""
INSERT = "INSERT INTO bench_floor VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
METADATA = (
    '{"source": "hook", "skill_name": "skill-1", "client_timestamp": "2026-11-21T08:42:17Z", '
    '"server_timestamp": "2026-11-21T08:42:17.123456Z", "hook_event": "PostToolUse", "latency_ms": 70, '
    '"session_id": "10874ea6-3d23-476d-a25c-86f676c1fe6b", "input_length": 520, "output_length": 520}'
)
SOMEBODY = uuid7()
threads = threading.local()


def connection() -> psycopg.Connection[Any]:
    if not hasattr(threads, "connection"):
        threads.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    return threads.connection


def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    identity = uuid7()
    values = [
        identity, SOMEBODY, SOMEBODY, SOMEBODY, SOMEBODY, "skill-1", "Bash", f"toolu_{identity.hex}",
        METADATA, datetime.now(UTC),
    ]  # fmt: skip
    connection().execute(INSERT, values, prepare=True)
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]
