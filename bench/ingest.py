"""The ingest path against its floor: `python bench/ingest.py`.

Starts a PostgreSQL with default durability, the bare floor and the product, loads them in turns, and prints each
one's requests a second, its ratio to the floor of the same round (median over the rounds), and latencies.
"""

import argparse
import importlib
import shutil
import statistics
from collections import defaultdict

import django
import psycopg
from django.core.management import call_command

from bench import floor, harness, stored_events
from bench.load import Load

FLOOR = "floor"
PRODUCT = "product"
CAPTURING = "product, capturing"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5, help="of each run")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, nargs="+", default=[16, 1])
    parser.add_argument("--threads", type=int, default=16, help="of each server")
    parser.add_argument("--workers", type=int, default=1, help="processes of each server")
    parser.add_argument("--variants", nargs="*", default=[], help="of bench/variants.py")
    parser.add_argument("--capture", action="store_true", help="also with both gates open")
    parser.add_argument("--events", type=int, default=0, help="events stored before the first run")
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        print(
            "wrk is not installed: a slower load generator is used, whose ratios flatter the product."
        )
    with harness.database() as database:
        django.setup()
        keys = set_up(database.url, arguments.events)
        targets = [(FLOOR, "/", "quiet"), (PRODUCT, "/api/track", "quiet")]
        if arguments.capture:
            targets.append((CAPTURING, "/api/track", "capturing"))
        targets += [(name, f"/api/variants/{name}", "quiet") for name in arguments.variants]
        with harness.both_servers(threads=arguments.threads, workers=arguments.workers) as ports:
            for connections in arguments.connections:
                results = measure(arguments, ports, targets, keys, connections)
                report(results, connections, arguments.events)


def set_up(url: str, events: int) -> dict[str, list[str]]:
    # After django.setup(), which needs the database's address.
    people = importlib.import_module("bench.people")
    call_command("migrate", verbosity=0)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(floor.TABLE)
    keys = {
        name: people.make_keys(name, captures=name == "capturing", rate_limit=harness.RATE_LIMIT)
        for name in ("quiet", "capturing")
    }
    if events:
        stored_events.fill(url, events)
    return keys


def measure(
    arguments: argparse.Namespace,
    ports: tuple[int, int],
    targets: list[tuple[str, str, str]],
    keys: dict[str, list[str]],
    connections: int,
) -> dict[str, list[Load]]:
    """Every target in turn, round by round, after a first short round that does not count."""
    results: defaultdict[str, list[Load]] = defaultdict(list)
    for number in range(arguments.rounds + 1):
        for name, path, who in targets:
            seconds = min(2.0, arguments.seconds) if number == 0 else arguments.seconds
            port = ports[0] if name == FLOOR else ports[1]
            load = harness.load(
                port, path, connections=connections, seconds=seconds, keys=keys[who]
            )
            if number:
                results[name].append(load)
    return results


def report(results: dict[str, list[Load]], connections: int, events: int) -> None:
    print(f"\n{connections} connection(s), {events:,} events stored before")
    print(
        f"{'':22}{'requests/s':>12}{'ratio':>8}{'p50 ms':>9}{'p99 ms':>9}{'p99 ratio':>11}{'failed':>8}"
    )
    floors = results[FLOOR]
    for name, loads in results.items():
        ratio = statistics.median(
            load.requests_per_second / floor.requests_per_second
            for load, floor in zip(loads, floors, strict=True)
        )
        p99_ratio = statistics.median(
            load.p99 / floor.p99 for load, floor in zip(loads, floors, strict=True)
        )
        rate, p50, p99 = (
            statistics.median(getattr(load, figure) for load in loads)
            for figure in ("requests_per_second", "p50", "p99")
        )
        failed = sum(load.failed for load in loads)
        print(
            f"{name:22}{rate:12,.0f}{ratio:8.2f}{p50:9.2f}{p99:9.2f}{p99_ratio:11.2f}{failed:8}",
            flush=True,
        )


if __name__ == "__main__":
    main()
