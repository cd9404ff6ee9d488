"""How cost grows with what is stored: `python -m bench.growth --events 0 1000000 10000000`.

For each number of events a PostgreSQL of its own is filled with a year of them, and printed are: the bytes of every
table and index, the ingest path beside its floor, the pages' times, how long pruning takes, and which indexes nobody
used. Filling ten million takes some 20 GB and a quarter of an hour. `--folder` keeps the databases there, so that
filling (`--fill-only`) and measuring can be done at different times.
"""

import argparse
import importlib
import statistics
import subprocess
import sys
import time
from pathlib import Path

import django
import psycopg
from django.apps import apps
from django.conf import settings

from bench import harness, ingest

PAGES = (
    "/skills/",
    "/skills/?q=skill&sort=quality",
    "/skills/skill-7/",
    "/usage/",
    "/usage/?of=me",
    "/skills/skill-7/usage/",
    "/connect/",
    "/admin/tracking/usageevent/",
    "/admin/tracking/tokenmeasurement/",
    "/admin/tracking/skilldailyusage/",
)
ROUNDS = 5
SIZES = """
    SELECT relname, pg_table_size(oid) / 1e6, NULL FROM pg_class WHERE relkind = 'r' AND relname = ANY(%(tables)s)
    UNION ALL
    SELECT indexrelname, pg_relation_size(indexrelid) / 1e6, relname
    FROM pg_stat_user_indexes WHERE relname = ANY(%(tables)s)
    ORDER BY 2 DESC
"""
UNUSED = """
    SELECT relname, indexrelname FROM pg_stat_user_indexes
    WHERE relname LIKE ANY(ARRAY['tracking%%', 'training%%']) AND idx_scan = 0 ORDER BY 1, 2
"""
TABLES = ["tracking_usageevent", "tracking_tokenmeasurement", "tracking_skilldailyusage"]


def examine(events: int, arguments: argparse.Namespace) -> None:
    folder = arguments.folder and Path(arguments.folder) / str(events)
    with harness.database(folder) as database:
        django.setup()
        keys = ingest.set_up(database.url, events) if not is_filled(database.url) else None
        if arguments.fill_only:
            return
        print(f"\n{events:,} events stored")
        sizes(database.url)
        if arguments.seconds:
            ingest_figures(keys or new_keys(), arguments)
        pages()
        prune(arguments.prune_days)
        deletions()
        unused(database.url)
    if folder and not arguments.keep:
        harness.remove(folder)


def is_filled(url: str) -> bool:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT to_regclass('bench_floor')").fetchone()
    return found != (None,)


def new_keys() -> dict[str, list[str]]:
    """Keys for the people who are there: the secrets of the first ones were shown once."""
    users, keys = apps.get_model("accounts", "User"), apps.get_model("accounts", "ApiKey")
    people = users.objects.filter(tenant__slug="quiet")
    return {"quiet": [keys.issue(user=user, name="again")[1] for user in people]}


def sizes(url: str) -> None:
    with psycopg.connect(url) as connection:
        for name, megabytes, table in connection.execute(SIZES, {"tables": TABLES}):
            print(f"  {'  index ' + name if table else name:52}{megabytes:10,.1f} MB")


def ingest_figures(keys: dict[str, list[str]], arguments: argparse.Namespace) -> None:
    targets = [(ingest.FLOOR, "/", "quiet"), (ingest.PRODUCT, "/api/track", "quiet")]
    how = argparse.Namespace(rounds=arguments.rounds, seconds=arguments.seconds)
    with harness.both_servers(threads=12) as ports:
        for connections in (16, 1):
            results = ingest.measure(how, ports, targets, keys, connections)
            ingest.report(results, connections, 0)


def pages() -> None:
    """As an administrator of the tenant, through all middleware; the first time apart, since days are added up then."""
    client_class = importlib.import_module("django.test").Client
    users = apps.get_model("accounts", "User")
    reader = users.objects.filter(tenant__slug="quiet").earliest("pk")
    users.objects.filter(pk=reader.pk).update(is_staff=True)
    settings.ALLOWED_HOSTS = ["testserver"]
    client = client_class()
    client.force_login(reader)
    for path in PAGES:
        times = []
        for _ in range(ROUNDS + 1):
            begun = time.perf_counter()
            status = client.get(path).status_code
            times.append((time.perf_counter() - begun) * 1e3)
            if status not in (200, 403):
                raise SystemExit(f"{path} answered {status}.")
        first, median = times[0], statistics.median(times[1:])
        print(
            f"  {path:40}{median:9.1f} ms, the first time {first:9.1f} ms{' (403)' * (status == 403)}"
        )


def prune(days: int) -> None:
    """Forget the oldest `days` of the year."""
    tenant = apps.get_model("accounts", "Tenant").objects.get(slug="quiet")
    apps.get_model("settings_app", "SiteSettings").objects.filter(tenant=tenant).update(
        event_retention_days=365 - days
    )
    retention = importlib.import_module("tracking.retention")
    tenant = type(tenant).objects.select_related("site_settings").get(pk=tenant.pk)
    begun, waits, rows = time.perf_counter(), [], 0
    last = begun
    for count in retention.prune_events(tenant=tenant, batch=5000):
        rows += count
        now = time.perf_counter()
        waits.append(now - last)
        last = now
    seconds = time.perf_counter() - begun
    slowest = max(waits, default=0) * 1e3
    print(
        f"  pruning {rows:,} rows: {seconds:.1f} s, {rows / seconds:,.0f} rows/s, slowest batch {slowest:.0f} ms"
    )


def deletions() -> None:
    """Somebody who reported little leaves: every foreign key to them is looked up."""
    users = apps.get_model("accounts", "User")
    tenant = apps.get_model("accounts", "Tenant").objects.get(slug="quiet")
    user = users.objects.create(tenant=tenant, username="leaver", email="leaver@example.com")
    apps.get_model("accounts", "ApiKey").issue(user=user, name="leaver")
    begun = time.perf_counter()
    user.delete()
    print(f"  deleting a person: {(time.perf_counter() - begun) * 1e3:.1f} ms")


def unused(url: str) -> None:
    with psycopg.connect(url) as connection:
        for table, index in connection.execute(UNUSED):
            print(f"  not used: {index} of {table}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, nargs="+", default=[0, 1_000_000, 10_000_000])
    parser.add_argument("--folder", help="keep the databases in here; without it they are not kept")
    parser.add_argument("--keep", action="store_true", help="also after measuring")
    parser.add_argument("--fill-only", action="store_true")
    parser.add_argument(
        "--seconds", type=float, default=5, help="of each run; 0: no ingest figures"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--prune-days", type=int, default=30)
    arguments = parser.parse_args()
    if len(arguments.events) == 1:
        examine(arguments.events[0], arguments)
        return
    for events in arguments.events:
        # Each in a process of its own: Django's settings name one database.
        options = sys.argv[1:]
        place = options.index("--events") if "--events" in options else len(options)
        rest = options[:place] + options[place + 1 + len(arguments.events) :]
        subprocess.run([sys.executable, "-m", "bench.growth", "--events", str(events), *rest], check=True)  # fmt: skip


if __name__ == "__main__":
    main()
