"""What a fault costs: `python -m bench.faults`. Prints a table, a line for each fault.

A load of clients with keep-alive connections sends events with ids of their own and repeats, as the hook does, what
was not answered 200. In the middle of it a fault is made. Afterwards the table is compared with what the clients
were told: an event answered 200 that is not stored is a false 200 and an event stored twice is doubled; both must be 0.
"""

import argparse
import http.client
import importlib
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import django
import psutil
import psycopg
from django.core.management import call_command

from bench import harness
from everyskill import embedded_postgres

TIMEOUT_SECONDS = 20
SERVER_SECONDS = 30


@dataclass
class Tally:
    """What the clients did and were told. `waits` are the seconds of each answered request with its moment."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    sent: int = 0
    acknowledged: set[str] = field(default_factory=set)
    refused: int = 0
    unanswered: int = 0
    other: int = 0
    successes: list[float] = field(default_factory=list)
    slowest: float = 0.0

    def note(self, status: int, event_id: str, seconds: float) -> None:
        with self.lock:
            self.sent += 1
            self.slowest = max(self.slowest, seconds)
            if status == 200:
                self.acknowledged.add(event_id)
                self.successes.append(time.monotonic())
            elif status == 503:
                self.refused += 1
            elif status == 0:
                self.unanswered += 1
            else:
                self.other += 1


class Client(threading.Thread):
    """Sends one event after another; an event not answered 200 is sent again until it is or the load is over."""

    def __init__(
        self, port: int, key: str, number: int, tally: Tally, over: threading.Event
    ) -> None:
        super().__init__()
        self.port, self.key, self.number, self.tally, self.over = port, key, number, tally, over
        self.connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        count = 0
        while not self.over.is_set():
            event_id = f"client-{self.number}-event-{count}"
            while not self.over.is_set():
                begun = time.monotonic()
                status = self.send(event_id)
                self.tally.note(status, event_id, time.monotonic() - begun)
                if status == 200:
                    break
                self.over.wait(0.05)
            count += 1

    def send(self, event_id: str) -> int:
        """The answer's status; 0 when there was none."""
        body = {
            "skill_id": f"skill-{self.number % 10}",
            "tool_name": "Bash",
            "ts": "2026-11-21T08:42:17Z",
            "event_id": event_id,
            "message_id": event_id,
            "model_name": "claude-sonnet-4-5",
            "input_tokens": 10,
        }
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(
                    "127.0.0.1", self.port, timeout=TIMEOUT_SECONDS
                )
            self.connection.request("POST", "/api/track", json.dumps(body), headers)
            response = self.connection.getresponse()
            response.read()
            return response.status
        except (OSError, http.client.HTTPException):
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            return 0


@dataclass(frozen=True)
class Site:
    """What a fault may lay hands on."""

    url: str
    folder: Path
    server: subprocess.Popen[bytes]
    port: int

    def workers(self) -> list[psutil.Process]:
        """The processes that answer: the server's children that import the application."""
        children = psutil.Process(self.server.pid).children(recursive=True)
        return [child for child in children if "resource_tracker" not in " ".join(child.cmdline())]

    def sql(self, *statements: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


def kill_workers(site: Site, seconds: float) -> None:
    """kill -9 of a worker, three times at random points; sooner again, and the server takes it for a broken site."""
    for _ in range(3):
        with suppress(psutil.NoSuchProcess, IndexError):
            random.choice(site.workers()).kill()
        time.sleep(random.uniform(seconds, 1.5 * seconds))


def hang_up_workers(site: Site, seconds: float) -> None:
    """SIGHUP: the server's own replacing of its workers."""
    site.server.send_signal(signal.SIGHUP)
    time.sleep(seconds)


def restart_database(site: Site, seconds: float) -> None:
    embedded_postgres.stop(site.folder)
    embedded_postgres.start(site.folder)


def stop_database(site: Site, seconds: float) -> None:
    embedded_postgres.stop(site.folder)
    time.sleep(seconds)
    embedded_postgres.start(site.folder)


def end_connections(site: Site, seconds: float) -> None:
    site.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )


def use_up_connections(site: Site, seconds: float) -> None:
    """Others take every connection there is: the site's own are ended until none is left to it."""
    taken = [psycopg.connect(site.url, autocommit=True, application_name="hog")]
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        taken[0].execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND application_name <> 'hog'"
        )
        with suppress(psycopg.OperationalError):
            while True:
                taken.append(psycopg.connect(site.url, application_name="hog"))
    for connection in taken:
        connection.close()


def lock_table(site: Site, seconds: float) -> None:
    with psycopg.connect(site.url) as connection:
        connection.execute("LOCK TABLE tracking_usageevent IN ACCESS EXCLUSIVE MODE")
        time.sleep(seconds)


def fill_disk(site: Site, seconds: float) -> None:
    """The events' table lies on a small disk of its own, and that is filled to the last byte."""
    owner = (site.folder / "postgresql" / "data").stat()
    with small_disk(owner.st_uid, owner.st_gid) as mount:
        site.sql(
            f"CREATE TABLESPACE small LOCATION '{mount}'",
            "ALTER TABLE tracking_usageevent SET TABLESPACE small",
        )
        filler = mount / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(b"\0" * 4096):
                pass
        time.sleep(seconds)
        filler.unlink()
        # Back to where it came from, since the small disk goes away.
        site.sql("ALTER TABLE tracking_usageevent SET TABLESPACE pg_default")
        site.sql("CHECKPOINT", "DROP TABLESPACE small")


@contextmanager
def small_disk(user: int, group: int) -> Iterator[Path]:
    """A file system of 64 MB in memory; mounting it needs root."""
    with tempfile.TemporaryDirectory(prefix="everyskill-disk-", dir="/var/lib/everyskill") as name:
        options = f"size=64m,mode=0700,uid={user},gid={group}"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", name], check=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)


FAULTS: dict[str, Callable[[Site, float], None]] = {
    "nothing": lambda site, seconds: time.sleep(seconds),
    "kill -9 of workers": kill_workers,
    "workers replaced": hang_up_workers,
    "database restarted": restart_database,
    "database stopped": stop_database,
    "connections ended": end_connections,
    "out of connections": use_up_connections,
    "table locked": lock_table,
    "disk full": fill_disk,
}


def try_fault(name: str, arguments: argparse.Namespace) -> str:
    """Set up everything afresh, load, make the fault, and compare. One line of the table."""
    with harness.database() as database:
        django.setup()
        call_command("migrate", verbosity=0)
        people = importlib.import_module("bench.people")
        keys = people.make_keys("quiet", captures=False, rate_limit=harness.RATE_LIMIT)
        port = harness.free_port()
        command = harness.product_command(port, workers=arguments.workers)
        with harness.server(command, port) as server:
            site = Site(database.url, database.folder, server, port)
            tally, recovered = run(site, name, keys, arguments)
        return compare(name, database.url, tally, recovered)


def run(
    site: Site, name: str, keys: list[str], arguments: argparse.Namespace
) -> tuple[Tally, float]:
    tally, over = Tally(), threading.Event()
    clients = [
        Client(site.port, keys[number], number, tally, over)
        for number in range(arguments.connections)
    ]
    for client in clients:
        client.start()
    time.sleep(arguments.before)
    FAULTS[name](site, arguments.fault)
    mended = time.monotonic()
    time.sleep(arguments.after)
    over.set()
    for client in clients:
        client.join()
    after = [moment for moment in tally.successes if moment >= mended]
    return tally, (after[0] - mended if after else float("inf"))


def compare(name: str, url: str, tally: Tally, recovered: float) -> str:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT event_id, count(*) FROM tracking_usageevent GROUP BY event_id"
        ).fetchall()
    stored = {event_id for event_id, _ in rows}
    doubled = sum(count - 1 for _, count in rows)
    false = len(tally.acknowledged - stored)
    return (
        f"{name:22}{tally.sent:8}{len(tally.acknowledged):14}{tally.refused:6}{tally.unanswered:12}{tally.other:7}"
        f"{len(stored):9}{doubled:9}{false:11}{recovered:12.1f}{tally.slowest:10.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faults", nargs="*", default=list(FAULTS), choices=list(FAULTS))
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--before", type=float, default=3, help="seconds of load before the fault")
    parser.add_argument(
        "--fault", type=float, default=10, help="seconds that a lasting fault lasts"
    )
    parser.add_argument("--after", type=float, default=10, help="seconds of load afterwards")
    arguments = parser.parse_args()
    print(
        f"{'fault':22}{'sent':>8}{'acknowledged':>14}{'503':>6}{'no answer':>12}{'other':>7}{'stored':>9}"
        f"{'doubled':>9}{'false 200':>11}{'recovery s':>12}{'slowest s':>10}",
        flush=True,
    )
    failed = False
    for name in arguments.faults:
        # Each in a process of its own: Django's settings name one database.
        if len(arguments.faults) == 1:
            print(try_fault(name, arguments), flush=True)
        else:
            again = [
                sys.executable, "-m", "bench.faults", "--faults", name, "--connections", str(arguments.connections),
                "--workers", str(arguments.workers), "--before", str(arguments.before),
                "--fault", str(arguments.fault), "--after", str(arguments.after),
            ]  # fmt: skip
            done = subprocess.run(again, stdout=subprocess.PIPE, text=True, check=False)
            lines = done.stdout.splitlines()
            print(
                lines[-1] if done.returncode == 0 else f"{name:22} could not be tried", flush=True
            )
            failed = failed or done.returncode != 0
    if failed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
