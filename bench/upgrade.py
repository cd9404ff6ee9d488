"""An upgrade without a lost event: `python -m bench.upgrade`.

Under a steady load, a newer version (a copy of this one with one more migration: a column, and an index made
concurrently) migrates the database while the old version serves, is started beside it, takes half of the clients, then
all; the old one is stopped. Afterwards what was acknowledged is compared with what is stored.
"""

import argparse
import http.client
import importlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import django
from django.core.management import call_command

from bench import faults, harness

MIGRATION = """
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is made while events are stored
    dependencies = [("tracking", "{before}")]
    operations = [
        migrations.AddField("usageevent", "note", models.CharField(max_length=200, null=True)),
        AddIndexConcurrently("usageevent", models.Index(fields=["note"], name="event_by_note")),
    ]
"""


def newer_version(folder: Path) -> Path:
    """A copy of the project with a migration that the running version does not know."""
    copy = folder / "newer"
    shutil.copytree(
        harness.PROJECT,
        copy,
        ignore=shutil.ignore_patterns(".git", ".venv", "data", "staticfiles", "*.pyc"),
    )
    migrations = copy / "tracking" / "migrations"
    last = max(path.stem for path in migrations.glob("0*.py"))
    (migrations / "9999_newer.py").write_text(MIGRATION.format(before=last))
    return copy


def readiness(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    finally:
        connection.close()


def upgrade(arguments: argparse.Namespace) -> None:
    with harness.database() as database, ExitStack() as stack:
        django.setup()
        call_command("migrate", verbosity=0)
        people = importlib.import_module("bench.people")
        keys = people.make_keys("capturing", captures=True, rate_limit=harness.RATE_LIMIT)
        newer = newer_version(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        old_port, new_port = harness.free_port(), harness.free_port()
        old = stack.enter_context(
            harness.server(harness.product_command(old_port, workers=2), old_port)
        )
        tally, over = faults.Tally(), threading.Event()
        clients = [
            faults.Client(old_port, keys[number], number, tally, over)
            for number in range(arguments.connections)
        ]
        for client in clients:
            client.start()
        try:
            time.sleep(arguments.seconds)
            begun, before = time.monotonic(), len(tally.acknowledged)
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "-v0"],
                cwd=newer, env=os.environ | {"PYTHONPATH": str(newer)}, check=True,
            )  # fmt: skip
            print(
                f"migrated in {time.monotonic() - begun:.1f} s, {len(tally.acknowledged) - before} events stored"
                f" meanwhile; the old version's /readyz: {readiness(old_port)}"
            )
            time.sleep(arguments.seconds)
            new = subprocess.Popen(
                harness.product_command(new_port, workers=2),
                cwd=newer, env=os.environ | {"PYTHONPATH": str(newer)},
            )  # fmt: skip
            stack.callback(new.wait, timeout=60)
            stack.callback(new.terminate)
            harness.wait_until_listening(new_port)
            while readiness(new_port) != 200:
                time.sleep(0.1)
            move(clients[::2], new_port)
            before = len(tally.acknowledged)
            time.sleep(arguments.seconds)
            print(f"side by side: {len(tally.acknowledged) - before} events stored by both")
            move(clients, new_port)
            old.terminate()
            old.wait(timeout=60)
            time.sleep(arguments.seconds)
        finally:
            over.set()
            for client in clients:
                client.join()
        stack.close()
        print(faults.HEADER)
        print(faults.compare("upgrade", database.url, tally, 0.0))


def move(clients: list[faults.Client], port: int) -> None:
    """As a proxy does: the next request goes to the other server."""
    for client in clients:
        client.port = port
        client.is_moving = True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=5, help="of each stage")
    upgrade(parser.parse_args())


if __name__ == "__main__":
    main()
