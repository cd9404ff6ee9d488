"""What capture costs the answers: `python -m bench.capture`.

The same server answers the same events for a tenant whose gates are shut and for one whose gates are open, in turns:
first as fast as it can, then at a fixed rate (half of that). Printed are the answers' figures, and of the open turns
what became of the captures: done a second, the longest backlog, dropped, and how long the rest took afterwards.
"""

import argparse
import importlib
import statistics
import threading
import time
import urllib.request
from collections import defaultdict
from dataclasses import dataclass, field

import django
from django.core.management import call_command

from bench import harness
from bench.load import Load

TOKEN = "-".join(["a", "token", "of", "the", "benchmark"])
SHUT, OPEN = "capture off", "capture on"
DRAIN_SECONDS = 120


@dataclass
class Captures:
    """What the counters said during and after one run."""

    seconds: float = 0
    done: float = 0
    dropped: float = 0
    failed: float = 0
    backlog: list[float] = field(default_factory=list)
    drain_seconds: float = 0


class Watch(threading.Thread):
    """Reads the counters every half second while a run lasts."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port, self.over = port, threading.Event()
        self.begun, self.before = time.monotonic(), counters(port)
        self.backlog: list[float] = []

    def run(self) -> None:
        while not self.over.wait(0.5):
            self.backlog.append(counters(self.port)["waiting"])

    def finish(self) -> Captures:
        """The figures of the run, then wait until nothing is left of it."""
        seconds, after = time.monotonic() - self.begun, counters(self.port)
        self.over.set()
        self.join()
        captures = Captures(seconds=seconds, backlog=self.backlog or [after["waiting"]])
        for name in ("done", "dropped", "failed"):
            setattr(captures, name, after[name] - self.before[name])
        begun = time.monotonic()
        while counters(self.port)["waiting"]:
            if time.monotonic() - begun > DRAIN_SECONDS:
                raise SystemExit("The captures of a run did not come to an end.")
            time.sleep(0.05)
        captures.drain_seconds = time.monotonic() - begun
        return captures


def counters(port: int) -> dict[str, float]:
    """Jobs after the response by what became of them, and how many wait."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(request) as answer:
        lines = answer.read().decode().splitlines()
    found: defaultdict[str, float] = defaultdict(float)
    for line in lines:
        name, _, value = line.rpartition(" ")
        if name.startswith("everyskill_after_response_jobs_total"):
            found[name.split('"')[1]] = float(value)
        elif name.startswith("everyskill_after_response_waiting"):
            found["waiting"] += float(value)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=8, help="of each run")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--workers", type=int, default=1, help="processes of the server")
    parser.add_argument(
        "--rate", type=float, default=0, help="the fixed rate; 0: half of the fastest"
    )
    parser.add_argument("--only-fixed", action="store_true", help="no runs as fast as it can")
    arguments = parser.parse_args()
    with harness.database():
        django.setup()
        call_command("migrate", verbosity=0)
        people = importlib.import_module("bench.people")
        keys = {
            name: people.make_keys(slug, captures=name == OPEN, rate_limit=harness.RATE_LIMIT)
            for name, slug in ((SHUT, "quiet"), (OPEN, "capturing"))
        }
        port = harness.free_port()
        command = harness.product_command(port, arguments.workers)
        with harness.server(command, port, METRICS_TOKEN=TOKEN):
            measure_all(port, keys, arguments)


def measure_all(port: int, keys: dict[str, list[str]], arguments: argparse.Namespace) -> None:
    rate = arguments.rate
    if not arguments.only_fixed or not rate:
        loads, captures = measure(port, keys, arguments, rate=0)
        report("as fast as it can", loads, captures)
        rate = rate or statistics.median(load.requests_per_second for load in loads[SHUT]) / 2
    report(f"{rate:,.0f} requests/s", *measure(port, keys, arguments, rate=rate))


def measure(
    port: int, keys: dict[str, list[str]], arguments: argparse.Namespace, *, rate: float
) -> tuple[dict[str, list[Load]], list[Captures]]:
    """Both tenants in turn, round by round, after a first short round that does not count."""
    loads: defaultdict[str, list[Load]] = defaultdict(list)
    captures: list[Captures] = []
    for number in range(arguments.rounds + 1):
        seconds = arguments.seconds if number else min(2.0, arguments.seconds)
        # Whoever comes second meets a warmer machine, so they change places.
        for name in (SHUT, OPEN) if number % 2 else (OPEN, SHUT):
            watch = Watch(port)
            watch.start()
            load = harness.paced_load(
                port, connections=arguments.connections, seconds=seconds, keys=keys[name], rate=rate
            )
            seen = watch.finish()
            if number:
                loads[name].append(load)
            if number and name == OPEN:
                captures.append(seen)
    return loads, captures


def report(title: str, loads: dict[str, list[Load]], captures: list[Captures]) -> None:
    print(f"\n{title}\n{'':14}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'failed':>8}")
    for name in (SHUT, OPEN):
        rate, p50, p99 = (
            statistics.median(getattr(load, figure) for load in loads[name])
            for figure in ("requests_per_second", "p50", "p99")
        )
        failed = sum(load.failed for load in loads[name])
        print(f"{name:14}{rate:12,.0f}{p50:9.2f}{p99:9.2f}{failed:8}")
    ratios = {
        figure: statistics.median(
            getattr(on, figure) / getattr(off, figure)
            for on, off in zip(loads[OPEN], loads[SHUT], strict=True)
        )
        for figure in ("requests_per_second", "p50", "p99")
    }
    print(f"{'on / off':14}" + "{requests_per_second:12.2f}{p50:9.2f}{p99:9.2f}".format(**ratios))
    done = statistics.median(one.done / one.seconds for one in captures)
    print(
        f"captures: {done:,.0f} done a second, {sum(one.dropped for one in captures):,.0f} dropped, "
        f"{sum(one.failed for one in captures):,.0f} failed, backlog at most "
        f"{max(max(one.backlog) for one in captures):,.0f}, "
        f"the rest took {statistics.median(one.drain_seconds for one in captures):.1f} s",
        flush=True,
    )
    for number, one in enumerate(captures, start=1):
        print(f"  backlog in round {number}, every half second: {[int(n) for n in one.backlog]}")


if __name__ == "__main__":
    main()
