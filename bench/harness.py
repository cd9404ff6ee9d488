"""What the ingest benchmarks stand on: a durable PostgreSQL of their own, the two servers, and a load."""

import json
import math
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LUA = Path(__file__).with_name("events.lua")
CAPTURE_LUA = Path(__file__).with_name("capture_events.lua")
sys.path.insert(0, str(PROJECT))

from bench.load import Load  # noqa: E402 - the project is found by the line above
from bench.ports import free_port as free_port  # noqa: E402 - as above
from bench.python_load import python_load  # noqa: E402 - as above
from everyskill import embedded_postgres  # noqa: E402 - as above

RATE_LIMIT = 100_000_000


@dataclass(frozen=True)
class Database:
    """A server of our own: its DATABASE_URL, and the folder to stop and start it by."""

    url: str
    folder: Path


@contextmanager
def database(kept: Path | None = None) -> Iterator[Database]:
    """A PostgreSQL with its default durability (fsync on), gone afterwards unless a folder to keep it in is named."""
    folder = kept or Path(tempfile.mkdtemp(prefix="everyskill-bench-"))
    try:
        url = embedded_postgres.start(folder)
        os.environ["DATABASE_URL"] = url
        os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
        yield Database(url, folder)
    finally:
        embedded_postgres.stop(folder)
        if kept is None:
            remove(folder)


def remove(folder: Path) -> None:
    """A stopped database and its folder."""
    shutil.rmtree((folder / "postgresql").resolve(), ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server(command: list[str], port: int, **extra: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until it listens, and stop it afterwards."""
    environment = os.environ | {"PYTHONPATH": str(PROJECT)} | extra
    with subprocess.Popen(command, cwd=PROJECT, env=environment) as process:
        try:
            wait_until_listening(port)
            yield process
        finally:
            process.terminate()
            process.wait(timeout=60)


def wait_until_listening(port: int, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"Nothing listens on port {port}.")


def floor_command(port: int, threads: int, workers: int = 1) -> list[str]:
    return [
        sys.executable, "-m", "granian", "bench.floor:application", "--interface", "wsgi", "--no-ws",
        "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads), "--log-level", "error",
    ]  # fmt: skip


def product_command(port: int, workers: int = 1) -> list[str]:
    return [sys.executable, "manage.py", "serve", "--port", str(port), "--workers", str(workers)]


def load(
    port: int, path: str, *, connections: int, seconds: float, keys: list[str], skills: int = 10
) -> Load:
    """Load one address for some seconds with unique events of 0.4 to 2.5 KB over keep-alive connections."""
    if shutil.which("wrk") is None:
        return python_load(
            port, path, connections=connections, seconds=seconds, keys=keys, skills=skills
        )
    command = [
        "wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{math.ceil(seconds)}s",
        "--script", str(LUA), f"http://127.0.0.1:{port}{path}", "--", str(skills), *keys,
    ]  # fmt: skip
    return run_wrk(command)


def paced_load(
    port: int, *, connections: int, seconds: float, keys: list[str], rate: float, skills: int = 10
) -> Load:
    """Events with both texts of 0.4 to 2.5 KB, `rate` a second; 0 is as fast as the answers come."""
    if shutil.which("wrk") is None:
        return python_load(
            port, "/api/track", connections=connections, seconds=seconds, keys=keys, skills=skills, rate=rate
        )  # fmt: skip
    command = [
        "wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{math.ceil(seconds)}s",
        "--script", str(CAPTURE_LUA), f"http://127.0.0.1:{port}/api/track", "--", str(rate), str(skills), *keys,
    ]  # fmt: skip
    return run_wrk(command)


def run_wrk(command: list[str]) -> Load:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout[done.stdout.rindex("{") :])
    return Load(
        requests_per_second=figures["requests"] / figures["seconds"],
        p50=figures["p50"],
        p99=figures["p99"],
        failed=figures["failed"],
    )


@contextmanager
def both_servers(*, threads: int, workers: int = 1) -> Iterator[tuple[int, int]]:
    """The floor's and the product's port, on one database that is set up already."""
    with ExitStack() as stack:
        floor, product = free_port(), free_port()
        stack.enter_context(server(floor_command(floor, threads, workers), floor))
        stack.enter_context(
            server(product_command(product, workers), product, SERVER_THREADS=str(threads))
        )
        yield floor, product
