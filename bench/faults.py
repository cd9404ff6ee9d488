"""What a fault costs: `python -m bench.faults`. Prints a table, a line for each fault.

A load of clients with keep-alive connections sends events with ids of their own and repeats, as the hook does, what
was not answered 200. In the middle of it a fault is made. Afterwards the table is compared with what the clients
were told: an event answered 200 that is not stored is a false 200 and an event stored twice is doubled; both must be 0.
Every tenth event has texts and both gates are open, so its capture is expected; a killed process loses those that wait.
"""

import argparse
import http.client
import importlib
import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

import django
import psycopg
from django.core.management import call_command

from bench import harness
from bench.fault_kinds import FAULTS, Site

TIMEOUT_SECONDS = 20
SERVER_SECONDS = 30

HEADER = (
    f"{'fault':25}{'sent':>8}{'acknowledged':>14}{'503':>6}{'no answer':>12}{'other':>7}{'stored':>9}"
    f"{'doubled':>9}{'false 200':>11}{'recovery s':>12}{'slowest s':>10}{'to capture':>12}{'captured':>10}"
)


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
        self.is_moving = False  # to another server, with its next request

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
        if has_texts(event_id):
            body |= {
                "tool_input_snippet": f"in {event_id}",
                "tool_output_snippet": f"out {event_id}",
            }
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        if self.is_moving and self.connection is not None:
            self.connection.close()
            self.connection = None
        self.is_moving = False
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


def has_texts(event_id: str) -> bool:
    return event_id.endswith("0")


def try_fault(name: str, arguments: argparse.Namespace) -> str:
    """Set up everything afresh, load, make the fault, and compare. One line of the table."""
    with harness.database() as database:
        django.setup()
        call_command("migrate", verbosity=0)
        people = importlib.import_module("bench.people")
        keys = people.make_keys("capturing", captures=True, rate_limit=harness.RATE_LIMIT)
        port = harness.free_port()
        command = harness.product_command(port, workers=arguments.workers)
        with harness.server(command, port) as server:
            site = Site(database.url, database.folder, server, port, arguments.workers)
            try:
                tally, recovered = run(site, name, keys, arguments)
            finally:
                if site.server is not server:
                    site.server.terminate()
                    site.server.wait(timeout=60)
        # The server has stopped, so its captures are done.
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
    begun = time.monotonic()
    while not tally.successes and time.monotonic() < begun + SERVER_SECONDS:
        time.sleep(0.01)  # the load begins with its first answer
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
        captured = connection.execute("SELECT count(*) FROM training_skillfeedback").fetchone()
    stored = {event_id for event_id, _ in rows}
    expected = sum(map(has_texts, stored))
    doubled = sum(count - 1 for _, count in rows)
    false = len(tally.acknowledged - stored)
    return (
        f"{name:25}{tally.sent:8}{len(tally.acknowledged):14}{tally.refused:6}{tally.unanswered:12}{tally.other:7}"
        f"{len(stored):9}{doubled:9}{false:11}{recovered:12.1f}{tally.slowest:10.1f}"
        f"{expected:12}{captured[0] if captured else 0:10}"
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
    print(HEADER, flush=True)
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
                lines[-1] if done.returncode == 0 else f"{name:25} could not be tried", flush=True
            )
            failed = failed or done.returncode != 0
    if failed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
