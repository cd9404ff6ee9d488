"""Runs operations in threads, one SQL statement at a time, in an order drawn from a seed; and explains what came out.

Every thread has its own connection and stops before each statement and before each commit. The scheduler lets one of
them take one step, waits until it stops again (or PostgreSQL says that it waits for a lock), and draws the next. So
every pause is forced, and a schedule can be run again by its seed.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

from django.db import connection, connections

from tests.waiting import PATIENCE

WAITING = """
SELECT pid FROM pg_stat_activity WHERE pid = ANY(%s) AND wait_event_type = 'Lock'
"""


@dataclass(slots=True)
class Operation:
    """One call of the product. `begun` and `ended` are places in the one order in which the test saw them."""

    name: str
    call: Callable[[], object]
    begun: int = -1
    ended: int = -1
    result: object = None

    def __str__(self) -> str:
        return f"{self.begun:>3} to {self.ended:>3}  {self.name} -> {self.result}"


@dataclass
class Worker:
    """A thread that does its operations in turn, a step at a time."""

    operations: list[Operation]
    clock: Iterator[int]
    changed: threading.Condition
    state: str = "running"  # running, stopped (before a step), done
    pid: int = 0
    error: BaseException | None = None
    _go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def start(self) -> threading.Thread:
        thread = threading.Thread(target=self.run, daemon=True)
        thread.start()
        return thread

    def run(self) -> None:
        try:
            with self.paused_connection():
                for operation in self.operations:
                    self.pause()
                    operation.begun = next(self.clock)
                    operation.result = operation.call()
                    operation.ended = next(self.clock)
        except BaseException as error:
            self.error = error
        finally:
            connections.close_all()
            self.become("done")

    @contextmanager
    def paused_connection(self) -> Iterator[None]:
        connection.ensure_connection()
        self.pid = connection.connection.info.backend_pid
        own = connection.connection
        commit = own.commit

        def paused_commit() -> None:
            self.pause()
            commit()

        own.commit = paused_commit
        try:
            with connection.execute_wrapper(self.paused_statement):
                yield
        finally:
            del own.commit  # the connection goes back to the pool

    def paused_statement(self, execute, sql, params, many, context):
        self.pause()
        return execute(sql, params, many, context)

    def pause(self) -> None:
        self.become("stopped")
        assert self._go.acquire(timeout=PATIENCE), "the scheduler has gone"

    def become(self, state: str) -> None:
        with self.changed:
            self.state = state
            self.changed.notify_all()

    def step(self) -> None:
        with self.changed:
            self.state = "running"
        self._go.release()


def run_schedule(operations: list[list[Operation]], draw: random.Random) -> int:
    """Run each list in a thread of its own; returns the number of steps. Raises what a thread raised."""
    clock, changed = count(), threading.Condition()
    workers = [Worker(listed, clock, changed) for listed in operations]
    threads = [worker.start() for worker in workers]
    steps = 0
    while True:
        settle(workers, changed)
        stopped = [worker for worker in workers if worker.state == "stopped"]
        if stopped:
            draw.choice(stopped).step()
            steps += 1
        elif all(worker.state == "done" for worker in workers):
            break
        # Else all that are left wait for locks, and one has just got its own; or it is a deadlock, which
        # PostgreSQL ends after a second with an error in one of them.
    for thread in threads:
        thread.join(PATIENCE)
    for worker in workers:
        if worker.error:
            raise worker.error
    return steps


def settle(workers: list[Worker], changed: threading.Condition) -> None:
    """Wait until no worker runs: each is done, stopped before a step, or waits for a lock in PostgreSQL."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with changed:
            changed.wait_for(lambda: not running(workers), timeout=0.002)
            pids = running(workers)
        if not pids:
            return
        with connection.cursor() as cursor:
            cursor.execute(WAITING, [pids])
            waiting = {pid for (pid,) in cursor}
        with changed:
            # Read again: a worker may have come out of its wait since.
            if set(running(workers)) <= waiting:
                return
    raise AssertionError("a worker neither stops nor waits for a lock")


def running(workers: list[Worker]) -> list[int]:
    return [worker.pid for worker in workers if worker.state == "running"]


# One order that explains a history.


@dataclass(frozen=True, slots=True)
class World:
    """What an order of whole operations would have made of the database."""

    capture_on: bool
    consenting: frozenset[str]
    examples: frozenset[tuple[str, str]]  # person, event


def explain(
    begin: World,
    end: World,
    operations: list[Operation],
    apply: Callable[[World, str], tuple[World, object]],
) -> list[Operation] | None:
    """An order of the operations in which each, done at once, gives the result it gave, and which ends as the
    database ended; an operation that ended before another began comes before it. None if there is no such order."""
    if not operations:
        return [] if begin == end else None
    for operation in operations:
        others = [other for other in operations if other is not operation]
        if any(other.ended < operation.begun for other in others):
            continue
        world, result = apply(begin, operation.name)
        if result == operation.result:
            rest = explain(world, end, others, apply)
            if rest is not None:
                return [operation, *rest]
    return None
