"""Run work after the response's last byte has been sent, in a thread or by one in a process beside. Knows no app.

A view answers with `HandOverResponse` and its job. The server calls the response's `close()` after the body
(PEP 3333), in the request's thread: `close()` only hands the job over to a pool and returns.

The pool is bounded twice: `CAPTURE_THREADS` threads and `CAPTURE_BACKLOG` waiting jobs, per process. A job that
does not fit is dropped, counted and logged by name and id. Jobs and their arguments live in memory only, so a
process that is killed loses its waiting jobs; one that is asked to stop drains them (the executor joins its threads
at interpreter exit), within the server's own limit.

Jobs of one group are run together, so that each costs less: the first waits `LATE_WRITE_SECONDS` for others. The groups
take turns. What jobs compute is kept from the answers: by a process beside (`CAPTURE_PROCESS`), or, without one, by
making way for requests between pieces of the work.
"""

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from django.conf import settings
from django.db import connections
from django.http import HttpResponse
from prometheus_client import Gauge

from everyskill.job_process import JobProcess, JobProcessLostError
from everyskill.jobs import JOBS, Job, others_wait, run_together
from everyskill.late_metrics import LateMetric
from everyskill.making_way import begin_piece, make_way, note_answer, switching_often

logger = logging.getLogger(__name__)

WAITING = LateMetric(
    Gauge(
        "everyskill_after_response_waiting",
        "Jobs queued or running.",
        multiprocess_mode="livesum",
    )
)

# As many jobs of one group are run together at most: what they hold, such as a lock, is held for all of them.
LARGEST_GROUP = 50
# The dropped jobs' ids are logged together, so that dropping costs the requests next to nothing.
IDS_IN_A_LINE = 100


def run_here(jobs: Sequence[Job]) -> None:
    """Run jobs of one group in this thread, making way for answers."""
    begin_piece()
    with switching_often():
        run_together(jobs)
    make_way()


_own = threading.local()


def begin_beside() -> None:
    """Start this thread's own process, ahead of its first jobs."""
    _own.process = JobProcess()
    with suppress(OSError):
        _own.process.start()


def run_beside(jobs: Sequence[Job]) -> None:
    """Run jobs of one group in this thread's own process; here, where none can be started.

    When it is lost under them, each is run again alone, in a new one, since one of them may be the cause; a job that
    loses its process too is given up, counted and logged. So jobs must bear repeating.
    """
    try:
        _own.process.run(jobs, others_wait=has_waiting())
    except JobProcessLostError:
        logger.warning("%s after-response jobs run again: their process was lost", len(jobs))
        for job in jobs:
            _run_alone_beside(job)
    except OSError:
        run_here(jobs)


def _run_alone_beside(job: Job) -> None:
    try:
        _own.process.run([job], others_wait=True)
    except JobProcessLostError:
        JOBS.inc("failed")
        logger.error("after-response job %s failed: its process was lost twice", job.job_id)
    except OSError:
        run_here([job])


class _Gathering:
    """Jobs of one group that wait."""

    __slots__ = ("due_at", "jobs")

    def __init__(self, due_at: float) -> None:
        self.jobs: deque[Job] = deque()
        self.due_at = due_at  # monotonic seconds

    def is_due(self) -> bool:
        return len(self.jobs) >= LARGEST_GROUP or self.due_at <= time.monotonic()


class Pool:
    """A bounded thread pool. `submit` never blocks and never raises.

    `run` runs jobs of one group, in a thread that has called `begin` once.
    """

    def __init__(
        self,
        *,
        threads: int,
        backlog: int,
        run: Callable[[Sequence[Job]], None] = run_here,
        begin: Callable[[], None] | None = None,
    ) -> None:
        self._executor = ThreadPoolExecutor(
            threads, thread_name_prefix="after-response", initializer=begin
        )
        self._places = threads + backlog
        self._run = run
        self._count = 0  # queued or running
        # For each job one `_work` is due in the executor; it takes along what waits of the same group.
        self._queues: OrderedDict[Hashable, _Gathering] = OrderedDict()
        lock = threading.RLock()
        self._changed = threading.Condition(lock)
        self._gathered = threading.Condition(lock)
        self._dropped: list[str] = []
        self._dropped_logged_at = 0.0

    def warm_up(self) -> None:
        """Have a thread begin before there is a job."""
        with suppress(RuntimeError):  # the interpreter is shutting down
            self._executor.submit(self._work)

    def submit(self, job: Job) -> bool:
        """Queue the job; False when there was no place for it or the process is stopping."""
        if not self._enqueue(job):
            self._drop(job)
            return False
        try:
            self._executor.submit(self._work)
        except RuntimeError:  # the interpreter is shutting down
            if self._take_back(job):
                self._drop(job)
                return False
        JOBS.inc("queued")
        return True

    def drain(self, *, timeout: float) -> bool:
        """Wait up to `timeout` seconds until nothing is queued or running; whether that was reached."""
        deadline = time.monotonic() + timeout
        with self._changed:
            return self._changed.wait_for(
                lambda: self._count == 0, timeout=max(0.0, deadline - time.monotonic())
            )

    def has_waiting(self) -> bool:
        """Whether jobs are queued that no thread has begun yet, though their time has come."""
        with self._changed:
            return self._due() is not None

    def _work(self) -> None:
        jobs = self._take()
        if not jobs:
            return
        try:
            self._run(jobs)
            self._log_dropped()
        except Exception as error:
            JOBS.inc("failed", by=len(jobs))
            logger.error("%s after-response jobs failed: %s", len(jobs), type(error).__name__)
        finally:
            # Connections belong to threads; one left open would outlive its use.
            connections.close_all()
            with self._changed:
                self._change_count(-len(jobs))

    def _enqueue(self, job: Job) -> bool:
        with self._changed:
            if self._count >= self._places:
                return False
            self._gather(job)
            self._change_count(+1)
            return True

    def _gather(self, job: Job) -> None:
        """The caller holds the lock."""
        key = _queue_key(job)
        if key not in self._queues:
            wait = settings.LATE_WRITE_SECONDS if job.group else 0.0
            self._queues[key] = _Gathering(time.monotonic() + wait)
        self._queues[key].jobs.append(job)
        if self._queues[key].is_due():
            self._gathered.notify()

    def _take(self) -> list[Job]:
        """The jobs of the group whose turn it is, once there is one; none when others have taken all."""
        with self._changed:
            while (key := self._due()) is None:
                if not self._queues:
                    return []
                soonest = min(waiting.due_at for waiting in self._queues.values())
                self._gathered.wait(max(0.0, soonest - time.monotonic()))
            waiting = self._queues.pop(key)
            jobs = [waiting.jobs.popleft() for _ in range(min(len(waiting.jobs), LARGEST_GROUP))]
            if waiting.jobs:
                self._queues[key] = waiting
            return jobs

    def _due(self) -> Hashable | None:
        """The first group that has waited, or gathered, long enough. The caller holds the lock."""
        return next((key for key, waiting in self._queues.items() if waiting.is_due()), None)

    def _take_back(self, job: Job) -> bool:
        """Whether the job was still waiting."""
        key = _queue_key(job)
        with self._changed:
            waiting = self._queues.get(key)
            if waiting is None or job not in waiting.jobs:
                return False
            waiting.jobs.remove(job)
            if not waiting.jobs:
                del self._queues[key]
            self._change_count(-1)
            return True

    def _change_count(self, change: int) -> None:
        """The caller holds the lock."""
        self._count += change
        WAITING.inc(by=change)
        self._changed.notify_all()

    def _drop(self, job: Job) -> None:
        JOBS.inc("dropped")
        with self._changed:
            self._dropped.append(str(job.job_id))
            is_due = (
                len(self._dropped) >= IDS_IN_A_LINE
                or time.monotonic() - self._dropped_logged_at >= 1
            )
        if is_due:
            self._log_dropped()

    def _log_dropped(self) -> None:
        with self._changed:
            ids, self._dropped = self._dropped, []
            self._dropped_logged_at = time.monotonic()
        if ids:
            logger.warning(
                "%s after-response jobs dropped: the backlog is full or the process is stopping",
                len(ids),
                extra={"fields": {"jobs": ids}},
            )


def _queue_key(job: Job) -> Hashable:
    return job.job_id if job.group is None else job.group.key


_BESIDE: dict[str, Callable[..., None]] = {"run": run_beside, "begin": begin_beside}
_pool: Pool | None = None
_pool_lock = threading.Lock()


def pool() -> Pool:
    """The process's pool, made at first use so that a server's forked workers each have their own."""
    global _pool
    with _pool_lock:
        if _pool is None:
            _pool = Pool(
                threads=settings.CAPTURE_THREADS,
                backlog=settings.CAPTURE_BACKLOG,
                **_BESIDE if settings.CAPTURE_PROCESS else {},
            )
        return _pool


def has_waiting() -> bool:
    """Whether other jobs wait for the present one's thread; in a process beside, whether they did when it was sent."""
    return others_wait() if _pool is None else _pool.has_waiting()


def hand_over(jobs: Sequence[Job]) -> None:
    """An answer was sent: give its jobs to the pool, which is made at the first answer."""
    if _pool is None and settings.CAPTURE_PROCESS:
        pool().warm_up()
    note_answer()
    for job in jobs:
        pool().submit(job)


class HandOverResponse(HttpResponse):
    """A response that hands its jobs to the pool once the server has sent it."""

    jobs: Sequence[Job] = ()

    def close(self) -> None:
        super().close()
        jobs, self.jobs = self.jobs, ()
        hand_over(jobs)
