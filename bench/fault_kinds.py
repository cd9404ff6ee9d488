"""The faults that `bench.faults` makes: each lays hands on a site under load, and mends what it did."""

import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from bench import harness
from everyskill import embedded_postgres


@dataclass
class Site:
    """What a fault may lay hands on."""

    url: str
    folder: Path
    server: subprocess.Popen[bytes]
    port: int
    processes: int

    def workers(self) -> list[psutil.Process]:
        """The processes that answer: the server's children that import the application."""
        children = psutil.Process(self.server.pid).children()
        return [child for child in children if "resource_tracker" not in " ".join(child.cmdline())]

    def job_processes(self) -> list[psutil.Process]:
        """Those beside the workers, which capture."""
        return [child for worker in self.workers() for child in worker.children()]

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


def kill_job_processes(site: Site, seconds: float) -> None:
    """kill -9 of a process that captures, three times at random points."""
    for _ in range(3):
        with suppress(psutil.NoSuchProcess, IndexError):
            random.choice(site.job_processes()).kill()
        time.sleep(random.uniform(seconds, 1.5 * seconds))


def hang_up_workers(site: Site, seconds: float) -> None:
    """SIGHUP: the server's own replacing of its workers."""
    site.server.send_signal(signal.SIGHUP)
    time.sleep(seconds)


def stop_and_start(site: Site, seconds: float) -> None:
    """SIGTERM, as at every deployment, and a new server once the old one is gone."""
    site.server.terminate()
    site.server.wait(timeout=60)
    command = harness.product_command(site.port, workers=site.processes)
    site.server = subprocess.Popen(command, cwd=harness.PROJECT)
    harness.wait_until_listening(site.port)
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
    "kill -9 of job processes": kill_job_processes,
    "workers replaced": hang_up_workers,
    "server stopped, started": stop_and_start,
    "database restarted": restart_database,
    "database stopped": stop_database,
    "connections ended": end_connections,
    "out of connections": use_up_connections,
    "table locked": lock_table,
    "disk full": fill_disk,
}
