"""Run work in a thread after the response's last byte has been sent. Knows no app.

A view answers with `HandOverResponse` and its job. The server calls the response's `close()` after the body
(PEP 3333), in the request's thread: `close()` only hands the job over to a pool and returns.

The pool is bounded twice: `CAPTURE_THREADS` threads and `CAPTURE_BACKLOG` waiting jobs, per process. A job that
does not fit is dropped, counted and logged by name and id. Jobs and their arguments live in memory only, so a
process that is killed loses its waiting jobs; one that is asked to stop drains them (the executor joins its threads
at interpreter exit), within the server's own limit.

Jobs of one group that wait at the same time are run together, so that a long backlog costs less for each; the groups
take turns. Between pieces of their work, jobs make way for requests.
"""

import logging
import sys
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.http import HttpResponse
from prometheus_client import Gauge

from everyskill.late_metrics import LateMetric, late_counter

logger = logging.getLogger(__name__)

JOBS = late_counter("everyskill_after_response_jobs", "Jobs by what became of them.", ["outcome"])
WAITING = LateMetric(
    Gauge(
        "everyskill_after_response_waiting",
        "Jobs queued or running.",
        multiprocess_mode="livesum",
    )
)


# As many jobs of one group are run together at most: what they hold, such as a lock, is held for all of them.
LARGEST_GROUP = 50

# While answers are being given, a job rests this many times as long as it computed, but not longer than this (seconds).
REST = 2
LONGEST_REST = 0.05
# Seconds that a thread which computes may keep the others waiting. An answer needs the interpreter several times, and
# would wait so long each time while a job is at work; so it is a tenth of Python's default then. At other times the
# default: with many requests at a time and no jobs, switching more often costs a fifth of what can be answered.
SWITCH_WHILE_WORKING = 0.0005
SWITCH_OTHERWISE = sys.getswitchinterval()
# The dropped jobs' ids are logged together, so that dropping costs the requests next to nothing.
IDS_IN_A_LINE = 100

type Arguments = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """What a job may be run together with: jobs with an equal `key`. `function` takes the arguments of all.

    When it raises, each job is run alone, so it must leave nothing behind then, or `Job.function` must bear repeating.
    """

    key: Hashable
    function: Callable[[Sequence[Arguments]], object]


@dataclass(frozen=True, slots=True)
class Job:
    """A function and its keyword arguments; `job_id` is all that a log line may say of it."""

    job_id: UUID
    function: Callable[..., object]
    kwargs: Arguments = field(repr=False)  # may hold a person's text: never in a log or traceback
    group: Group | None = None

    def run_now(self) -> None:
        """Run the job. Never raises: a failure is counted and logged by id and exception type only."""
        try:
            self.function(**self.kwargs)
        except Exception as error:
            JOBS.inc("failed")
            logger.error("after-response job %s failed: %s", self.job_id, type(error).__name__)
        else:
            JOBS.inc("done")


def run_together(jobs: Sequence[Job]) -> None:
    """Run jobs of one group. Never raises: if all together fail, each is run, and counted, alone."""
    group = jobs[0].group
    if group is not None and len(jobs) > 1:
        try:
            group.function([job.kwargs for job in jobs])
        except Exception as error:
            logger.warning("%s after-response jobs run alone: %s", len(jobs), type(error).__name__)
        else:
            JOBS.inc("done", by=len(jobs))
            return
    for job in jobs:
        job.run_now()


class Pool:
    """A bounded thread pool. `submit` never blocks and never raises."""

    def __init__(self, *, threads: int, backlog: int) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="after-response")
        self._places = threads + backlog
        self._count = 0  # queued or running
        # For each job one `_work` is due in the executor; it takes along what waits of the same group.
        self._queues: OrderedDict[Hashable, deque[Job]] = OrderedDict()
        self._changed = threading.Condition()
        self._dropped: list[str] = []
        self._dropped_logged_at = 0.0

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
        """Whether jobs are queued that no thread has begun yet."""
        return bool(self._queues)

    def _work(self) -> None:
        jobs = self._take()
        if not jobs:
            return
        try:
            begin_piece()
            run_together(jobs)
            self._log_dropped()
            make_way()
        finally:
            # Connections belong to threads; one left open would outlive its use.
            connections.close_all()
            with self._changed:
                self._change_count(-len(jobs))

    def _enqueue(self, job: Job) -> bool:
        with self._changed:
            if self._count >= self._places:
                return False
            self._queues.setdefault(_queue_key(job), deque()).append(job)
            self._change_count(+1)
            return True

    def _take(self) -> list[Job]:
        """The jobs of the group whose turn it is; none when others have taken all."""
        with self._changed:
            if not self._queues:
                return []
            key, queue = self._queues.popitem(last=False)
            jobs = [queue.popleft() for _ in range(min(len(queue), LARGEST_GROUP))]
            if queue:
                self._queues[key] = queue
            return jobs

    def _take_back(self, job: Job) -> bool:
        """Whether the job was still waiting."""
        key = _queue_key(job)
        with self._changed:
            queue = self._queues.get(key, ())
            if job not in queue:
                return False
            self._queues[key].remove(job)
            if not self._queues[key]:
                del self._queues[key]
            self._change_count(-1)
            return True

    def _change_count(self, change: int) -> None:
        was_idle = self._count == 0
        self._count += change
        if was_idle != (self._count == 0):
            sys.setswitchinterval(SWITCH_WHILE_WORKING if was_idle else SWITCH_OTHERWISE)
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


_pool: Pool | None = None
_pool_lock = threading.Lock()


def pool() -> Pool:
    """The process's pool, made at first use so that a server's forked workers each have their own."""
    global _pool
    with _pool_lock:
        if _pool is None:
            _pool = Pool(threads=settings.CAPTURE_THREADS, backlog=settings.CAPTURE_BACKLOG)
        return _pool


def has_waiting() -> bool:
    """Whether other jobs wait for the present one's thread."""
    return pool().has_waiting()


_pace = threading.local()


def begin_piece() -> None:
    """From here on `make_way` counts what this thread computes."""
    _pace.begun_at, _pace.answers = time.thread_time(), _Answered.count


def make_way() -> None:
    """Between two pieces of a job's work, a millisecond or so each: rest, if requests were answered meanwhile.

    A thread that computes takes the interpreter away from those that answer; what waits here can wait longer.
    """
    if not hasattr(_pace, "begun_at"):  # called outside the pool
        return
    if _Answered.count != _pace.answers:
        time.sleep(min((time.thread_time() - _pace.begun_at) * REST, LONGEST_REST))
    begin_piece()


class _Answered:
    """How many answers this process has given, about."""

    count = 0


def hand_over(jobs: Sequence[Job]) -> None:
    """An answer was sent: give its jobs to the pool."""
    _Answered.count += 1
    for job in jobs:
        pool().submit(job)


class HandOverResponse(HttpResponse):
    """A response that hands its jobs to the pool once the server has sent it."""

    jobs: Sequence[Job] = ()

    def close(self) -> None:
        super().close()
        jobs, self.jobs = self.jobs, ()
        hand_over(jobs)
