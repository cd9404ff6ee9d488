"""A long, steady load: `python -m bench.soak --minutes 60 --rate 60`.

Starts a PostgreSQL and the product, sends mixed traffic at a steady rate (single events with and without texts,
batches, repeated ones, malformed ones, wrong keys) and writes down, interval by interval, the memory of every process,
connections, waiting captures, answers and latencies: as CSV, and drawn as SVG. At the end, what was acknowledged is
compared with what is stored.
"""

import argparse
import csv
import http.client
import importlib
import itertools
import json
import random
import re
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import django
import psutil
import psycopg
from django.core.management import call_command

from bench import harness, plot
from bench.capture import TOKEN, counters

BATCH = 20
# What is sent, and how often of a hundred.
MIX = {
    "with texts": 66,
    "gates shut": 20,
    "batch": 2,
    "repeated": 4,
    "malformed": 4,
    "wrong key": 4,
}
EXPECTED = {"malformed": 400, "wrong key": 401}


@dataclass
class Tally:
    """What the senders saw. `waits` (seconds) and `statuses` are of the present interval; the rest of all."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    waits: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    acknowledged: set[str] = field(default_factory=set)
    unexpected: Counter[str] = field(default_factory=Counter)
    reconnections: int = 0

    def take_interval(self) -> tuple[list[float], Counter[int]]:
        with self.lock:
            waits, statuses = self.waits, self.statuses
            self.waits, self.statuses = [], Counter()
            return waits, statuses


class Sender(threading.Thread):
    """Sends at random moments, `rate` requests a second on average, over one keep-alive connection."""

    def __init__(
        self, port: int, keys: dict[str, list[str]], rate: float, tally: Tally, over: float
    ) -> None:
        super().__init__()
        self.port, self.keys, self.rate, self.tally, self.over = port, keys, rate, tally, over
        self.random = random.Random()
        self.words = [
            "".join(self.random.choices("aeioubcdfgklmnprst", k=n % 7 + 3)) for n in range(3000)
        ]
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.last = ""

    def run(self) -> None:
        due = time.monotonic()
        for number in itertools.count():
            due += self.random.expovariate(self.rate)
            if due >= self.over:
                return
            time.sleep(max(0.0, due - time.monotonic()))
            kind = self.random.choices(list(MIX), list(MIX.values()))[0]
            self.send(kind, f"{self.name}-{number}")

    def send(self, kind: str, identity: str) -> None:
        path, key, body, ids = "/api/track", self.keys["quiet"][0], b"{", [identity]
        if kind in ("with texts", "batch"):
            key = self.random.choice(self.keys["capturing"])
        if kind == "wrong key":
            key = key[:-1] + ("a" if key[-1] != "a" else "b")
        if kind == "repeated" and self.last:
            ids = [self.last]
        if kind == "batch":
            path, ids = "/api/track/batch", [f"{identity}-{number}" for number in range(BATCH)]
            body = json.dumps({"events": [self.event(one, texts=True) for one in ids]}).encode()
        elif kind != "malformed":
            body = json.dumps(self.event(ids[0], texts=kind == "with texts")).encode()
        begun = time.perf_counter()
        status = self.post(path, key, body)
        took = time.perf_counter() - begun
        with self.tally.lock:
            self.tally.waits.append(took)
            self.tally.statuses[status] += 1
            if status != EXPECTED.get(kind, 200):
                self.tally.unexpected[f"{kind}: {status}"] += 1
            elif status == 200:
                self.tally.acknowledged.update(ids)
        if kind == "gates shut" and status == 200:
            self.last = identity

    def post(self, path: str, key: str, body: bytes) -> int:
        """The status; 0 when there was none, not even over a new connection."""
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        for _ in range(2):
            try:
                self.connection.request("POST", path, body, headers)
                response = self.connection.getresponse()
                response.read()
                return response.status
            except (OSError, http.client.HTTPException):
                # A server may close a kept connection, as this one does when it answered without reading the body.
                self.connection.close()
                with self.tally.lock:
                    self.tally.reconnections += 1
        return 0

    def event(self, identity: str, *, texts: bool) -> dict[str, object]:
        event: dict[str, object] = {
            "skill_id": f"skill-{self.random.randrange(10)}",
            "tool_name": "Bash",
            "ts": "2026-11-21T08:42:17Z",
            "event_id": identity,
            "message_id": identity,
            "model_name": "claude-sonnet-4-5",
            "input_tokens": 120,
            "output_tokens": 34,
        }
        if texts:
            event |= {"tool_input_snippet": self.text(), "tool_output_snippet": self.text()}
        return event

    def text(self) -> str:
        """0.2 to 1.2 KB, near to no other."""
        words = self.random.choices(self.words, k=self.random.randrange(30, 180))
        return "\n".join(" ".join(line) for line in itertools.batched(words, 8))


def sample(
    server: psutil.Process, postgres: psutil.Process, url: str, port: int, tally: Tally
) -> dict[str, float]:
    """One row: memory in MB (of PostgreSQL its share, since its processes share most), the rest as its name says."""
    row: dict[str, float] = {"server_main_mb": server.memory_info().rss / 1e6}
    children = [
        one for one in server.children() if "resource_tracker" not in " ".join(one.cmdline())
    ]
    for number, worker in enumerate(sorted(children, key=lambda one: one.pid), start=1):
        row[f"worker_{number}_mb"] = worker.memory_info().rss / 1e6
        beside = sum(one.memory_info().rss for one in worker.children())
        row[f"captures_{number}_mb"] = beside / 1e6
    row["postgresql_mb"] = 0.0
    for process in [postgres, *postgres.children()]:
        with suppress(psutil.NoSuchProcess):
            row["postgresql_mb"] += process.memory_full_info().pss / 1e6
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT count(*) FILTER (WHERE backend_type = 'client backend'),"
            " pg_database_size(current_database()) / 1e6 FROM pg_stat_activity"
        ).fetchone()
    row["connections"], row["database_mb"] = map(float, found or (0, 0))
    counted = counters(port)
    row |= {f"captures_{name}": counted[name] for name in ("waiting", "done", "failed", "dropped")}
    waits, statuses = tally.take_interval()
    if len(waits) > 1:
        percentiles = statistics.quantiles(waits, n=100)
        row |= {"p50_ms": percentiles[49] * 1e3, "p99_ms": percentiles[98] * 1e3}
    row["requests"] = len(waits)
    return row | {f"status_{status}": statuses[status] for status in (200, 400, 401, 503, 0)}


def soak(arguments: argparse.Namespace) -> None:
    with harness.database() as database:
        django.setup()
        call_command("migrate", verbosity=0)
        people = importlib.import_module("bench.people")
        keys = {
            name: people.make_keys(
                name, captures=name == "capturing", rate_limit=harness.RATE_LIMIT
            )
            for name in ("quiet", "capturing")
        }
        port = harness.free_port()
        command = harness.product_command(port, arguments.workers)
        with harness.server(command, port, METRICS_TOKEN=TOKEN) as process:
            pid = next((database.folder / "postgresql").resolve().rglob("postmaster.pid"))
            watched = psutil.Process(process.pid), psutil.Process(int(pid.read_text().split()[0]))
            tally = Tally()
            rows = run(
                lambda: sample(*watched, database.url, port, tally), port, keys, tally, arguments
            )
            while counters(port)["waiting"]:
                time.sleep(0.2)
        write(rows, arguments)
        report(rows, tally, database.url)


def run(
    look: Callable[[], dict[str, float]],
    port: int,
    keys: dict[str, list[str]],
    tally: Tally,
    arguments: argparse.Namespace,
) -> list[dict[str, float]]:
    begun = time.monotonic()
    over = begun + arguments.minutes * 60
    rate = arguments.rate / arguments.connections
    senders = [Sender(port, keys, rate, tally, over) for _ in range(arguments.connections)]
    for sender in senders:
        sender.start()
    rows = []
    while time.monotonic() < over:
        time.sleep(min(arguments.interval, max(0.0, over - time.monotonic())))
        rows.append({"minute": (time.monotonic() - begun) / 60, **look()})
        # A long run that is ended early still leaves what it saw.
        write(rows, arguments)
    for sender in senders:
        sender.join()
    return rows


def write(rows: list[dict[str, float]], arguments: argparse.Namespace) -> None:
    names = list(dict.fromkeys(itertools.chain(*rows)))
    with Path(f"{arguments.out}.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, names, restval="")
        table.writeheader()
        table.writerows({name: round(value, 3) for name, value in row.items()} for row in rows)
    figures = {name: [row.get(name, 0.0) for row in rows] for name in names}
    workers = {
        name: figures[name] for name in names if re.fullmatch(r"(worker|captures)_\d+_mb", name)
    }
    done = [0.0, *figures["captures_done"]]
    plot.draw(
        Path(f"{arguments.out}.svg"),
        title=f"{arguments.rate:g} requests a second, {arguments.workers} processes",
        minutes=figures["minute"],
        panels={
            "Memory of the server's processes, MB": {"main": figures["server_main_mb"], **workers},
            "Memory of PostgreSQL, MB (grows to its shared buffers)": {
                "all": figures["postgresql_mb"]
            },
            "Database connections": {"open": figures["connections"]},
            "Answers, ms": {
                "p99": figures.get("p99_ms", done[1:]),
                "p50": figures.get("p50_ms", done[1:]),
            },
            "Captures": {
                "waiting": figures["captures_waiting"],
                "done in interval": [after - before for before, after in itertools.pairwise(done)],
                "dropped in all": figures["captures_dropped"],
            },
        },
    )


def report(rows: list[dict[str, float]], tally: Tally, url: str) -> None:
    with psycopg.connect(url) as connection:
        stored = {one for (one,) in connection.execute("SELECT event_id FROM tracking_usageevent")}
        examples = connection.execute("SELECT count(*) FROM training_skillfeedback").fetchone()
    early = next((row for row in rows if row["minute"] >= 5), rows[0])
    for name in (name for name in early if name.endswith("_mb")):
        print(f"{name:18}{early[name]:10.1f} at minute {early['minute']:.0f}"
              f"{rows[-1].get(name, 0):10.1f} at minute {rows[-1]['minute']:.0f}")  # fmt: skip
    last = rows[-1]
    print(f"captures: {last['captures_done']:.0f} done, {last['captures_failed']:.0f} failed, "
          f"{last['captures_dropped']:.0f} dropped; {examples[0] if examples else 0} examples stored")  # fmt: skip
    print(f"events: {len(tally.acknowledged)} acknowledged, {len(stored)} stored, "
          f"{len(tally.acknowledged - stored)} acknowledged and not stored")  # fmt: skip
    print(f"unexpected answers: {dict(tally.unexpected)}; {tally.reconnections} reconnections")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=60, help="requests a second")
    parser.add_argument("--interval", type=float, default=30, help="seconds between two samples")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2, help="processes of the server")
    parser.add_argument("--out", default="soak", help="where to write, without .csv and .svg")
    soak(parser.parse_args())


if __name__ == "__main__":
    main()
