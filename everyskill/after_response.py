"""Run work in a thread after the response's last byte has been sent. Knows no app.

A view answers with `HandOverResponse` and its job. The server calls the response's `close()` after the body
(PEP 3333), in the request's thread: `close()` only hands the job over to a pool and returns.

The pool is bounded twice: `CAPTURE_THREADS` threads and `CAPTURE_BACKLOG` waiting jobs, per process. A job that
does not fit is dropped, counted and logged by name and id. Jobs and their arguments live in memory only, so a
process that is killed loses its waiting jobs; one that is asked to stop drains them (the executor joins its threads
at interpreter exit), within the server's own limit.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.http import HttpResponse
from prometheus_client import Counter, Gauge

logger = logging.getLogger(__name__)

JOBS = Counter("everyskill_after_response_jobs", "Jobs by what became of them.", ["outcome"])
WAITING = Gauge(
    "everyskill_after_response_waiting",
    "Jobs queued or running.",
    multiprocess_mode="livesum",
)


@dataclass(frozen=True, slots=True)
class Job:
    """A function and its keyword arguments; `job_id` is all that a log line may say of it."""

    job_id: UUID
    function: Callable[..., object]
    kwargs: dict[str, Any] = field(
        repr=False
    )  # may hold a person's text: never in a log or traceback

    def run_now(self) -> None:
        """Run the job. Never raises: a failure is counted and logged by id and exception type only."""
        try:
            self.function(**self.kwargs)
        except Exception as error:
            JOBS.labels("failed").inc()
            logger.error("after-response job %s failed: %s", self.job_id, type(error).__name__)
        else:
            JOBS.labels("done").inc()


class Pool:
    """A bounded thread pool. `submit` never blocks and never raises."""

    def __init__(self, *, threads: int, backlog: int) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="after-response")
        self._places = threading.BoundedSemaphore(threads + backlog)
        self._waiting = 0
        self._changed = threading.Condition()

    def submit(self, job: Job) -> bool:
        """Queue the job; False when there was no place for it or the process is stopping."""
        if not self._places.acquire(blocking=False):
            return self._drop(job, "the backlog is full")
        self._count(+1)
        try:
            self._executor.submit(self._work, job)
        except RuntimeError:  # the interpreter is shutting down
            self._release()
            return self._drop(job, "the process is stopping")
        JOBS.labels("queued").inc()
        return True

    def drain(self, *, timeout: float) -> bool:
        """Wait up to `timeout` seconds until nothing is queued or running; whether that was reached."""
        deadline = time.monotonic() + timeout
        with self._changed:
            return self._changed.wait_for(
                lambda: self._waiting == 0, timeout=max(0.0, deadline - time.monotonic())
            )

    def _work(self, job: Job) -> None:
        try:
            job.run_now()
        finally:
            # Connections belong to threads; one left open would outlive its use.
            connections.close_all()
            self._release()

    def _release(self) -> None:
        self._places.release()
        self._count(-1)

    def _count(self, change: int) -> None:
        with self._changed:
            self._waiting += change
            WAITING.inc(change)
            self._changed.notify_all()

    @staticmethod
    def _drop(job: Job, why: str) -> bool:
        JOBS.labels("dropped").inc()
        logger.warning("after-response job %s dropped: %s", job.job_id, why)
        return False


_pool: Pool | None = None
_pool_lock = threading.Lock()


def pool() -> Pool:
    """The process's pool, made at first use so that a server's forked workers each have their own."""
    global _pool
    with _pool_lock:
        if _pool is None:
            _pool = Pool(threads=settings.CAPTURE_THREADS, backlog=settings.CAPTURE_BACKLOG)
        return _pool


class HandOverResponse(HttpResponse):
    """A response that hands its jobs to the pool once the server has sent it."""

    jobs: tuple[Job, ...] = ()

    def close(self) -> None:
        super().close()
        jobs, self.jobs = self.jobs, ()
        for job in jobs:
            pool().submit(job)
