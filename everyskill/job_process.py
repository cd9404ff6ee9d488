"""A process of lower priority beside a web process, which runs its jobs.

What a job computes in the web process, answers wait for: an interpreter runs one of its threads at a time. So the
thread that has jobs sends them to a process beside, through a pipe, and waits for their end. Jobs and the texts in
them are in the memory of the two and in the pipe's, nowhere else.
Measured: docs/decisions/0001-captures-run-in-a-thread.md.

The process ends when the pipe does, and so with the web process, however that ends; the jobs that it has it finishes.
"""

import atexit
import logging
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

import django
from django.conf import settings
from django.db import connections

from everyskill.jobs import Job, run_together, say_whether_others_wait
from everyskill.late_metrics import write_metrics

logger = logging.getLogger(__name__)

READY, DONE = b"!", b"."
# Answers come first. Not the lowest priority: a job may hold a lock, and must get on when all cores are taken.
NICENESS = 10
# Seconds until it is tried again when one could not be started.
PAUSE = 10


class JobProcessLostError(Exception):
    """The process ended under its jobs. Which of them it had done is unknown."""


class JobProcess:
    """One process, started when it is needed and again after it was lost. For one thread at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._failed_at: float | None = None  # monotonic seconds

    @property
    def pid(self) -> int | None:
        """The process's, if there is one."""
        return None if self._process is None else self._process.pid

    def run(self, jobs: Sequence[Job], *, others_wait: bool = False) -> None:
        """Run jobs of one group there and wait for their end. `others_wait`: whether more jobs are due.

        Raises `JobProcessLostError`, and OSError when no process can be started.
        """
        process = self.start()
        try:
            pickle.dump((list(jobs), others_wait), _end(process.stdin))
            _end(process.stdin).flush()
            answer = _end(process.stdout).read(len(DONE))
        except OSError:
            answer = b""
        if answer != DONE:
            process.kill()
            self.close()
            raise JobProcessLostError

    def start(self) -> subprocess.Popen[bytes]:
        """The process, ready for jobs. Raises OSError when none can be started; for `PAUSE` then without trying."""
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            if self._failed_at is not None and time.monotonic() < self._failed_at + PAUSE:
                raise ChildProcessError("no process for jobs could be started")
            try:
                self._process, self._failed_at = _start(), None
            except OSError as error:
                self._failed_at = time.monotonic()
                logger.warning("no process for jobs could be started: %s", type(error).__name__)
                raise
            # Runs after the threads that have jobs are joined.
            atexit.register(self.close)
        return self._process

    def close(self) -> None:
        """Let the process end, and wait until it has written what it counted."""
        atexit.unregister(self.close)
        process, self._process = self._process, None
        if process is not None:
            process.communicate()


def _start() -> subprocess.Popen[bytes]:
    """A process that has said it is ready. Raises OSError."""
    # The folder that the web process was started in stays: a relative path means the same to both.
    paths = [str(settings.BASE_DIR), *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "everyskill.job_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # An embedded server's address is settled by who started first.
        env={"DATABASE_URL": settings.DATABASE_URL}
        | os.environ
        | {"PYTHONPATH": os.pathsep.join(paths)},
    )
    if _end(process.stdout).read(len(READY)) != READY:
        process.kill()
        process.communicate()
        raise ChildProcessError("a process for jobs ended before it was ready")
    return process


def _end(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101 - both were asked for
    return pipe


def main() -> None:
    """Run what comes in at standard input until it ends, and say on standard output when each is done."""
    # A signal to stop goes to the whole group of processes, and there may be jobs left to do.
    for to_stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(to_stop, signal.SIG_IGN)
    if hasattr(os, "sched_setaffinity"):
        # The thread that started this process may be kept on the answers' core; its process is not.
        with suppress(ProcessLookupError):
            os.sched_setaffinity(0, os.sched_getaffinity(os.getppid()))
    # Whatever is printed must not look like an answer.
    answers, sys.stdout = sys.stdout.fileno(), sys.stderr
    django.setup()
    if hasattr(os, "nice"):
        os.nice(NICENESS)  # from here on: the start is waited for
    # The web process may go at any time, also in the middle of a word; its jobs are done first.
    with suppress(EOFError, pickle.UnpicklingError, BrokenPipeError):
        os.write(answers, READY)
        while True:
            _run_next(answers)


def _run_next(answers: int) -> None:
    jobs, others_wait = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
    say_whether_others_wait(others_wait)
    run_together(jobs)
    # Whoever waits for these jobs may look at what was counted.
    write_metrics()
    connections.close_all()
    os.write(answers, DONE)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everyskill.settings")
    main()
