"""A process of low priority beside a web process, which runs its jobs.

What a job computes in the web process, answers wait for: an interpreter runs one of its threads at a time. So the
thread that has jobs sends them to a process beside, through a pipe, and waits for their end. Jobs and the texts in
them are in the memory of the two and in the pipe's, nowhere else.
Measured: docs/decisions/0001-captures-run-in-a-thread.md.

The process ends when the pipe does, and so with the web process, however that ends; the jobs that it has it finishes.
"""

import atexit
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import IO

import django
from django.conf import settings
from django.db import connections

from everyskill.jobs import Job, run_together
from everyskill.late_metrics import write_metrics

DONE = b"."
# Answers come first. Not the lowest priority: a job may hold a lock, and must get on when all cores are taken.
NICENESS = 10


class JobProcessLostError(Exception):
    """The process ended under its jobs. Which of them it had done is unknown."""


class JobProcess:
    """One process, started at its first use and again after it was lost. For one thread at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process's, if one was started."""
        return None if self._process is None else self._process.pid

    def run(self, jobs: Sequence[Job]) -> None:
        """Run jobs of one group there and wait for their end.

        Raises `JobProcessLostError`, and OSError when no process could be started.
        """
        process = self._process = self._process or self._start()
        try:
            pickle.dump(list(jobs), _end(process.stdin))
            _end(process.stdin).flush()
            answer = _end(process.stdout).read(len(DONE))
        except OSError:
            answer = b""
        if answer != DONE:
            process.kill()
            self.close()
            raise JobProcessLostError

    def close(self) -> None:
        """Let the process end, and wait until it has written what it counted."""
        atexit.unregister(self.close)
        process, self._process = self._process, None
        if process is not None:
            process.communicate()

    def _start(self) -> subprocess.Popen[bytes]:
        # Runs after the threads that have jobs are joined.
        atexit.register(self.close)
        return subprocess.Popen(
            [sys.executable, "-m", "everyskill.job_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=settings.BASE_DIR,
        )


def _end(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None  # noqa: S101 - both were asked for
    return pipe


def main() -> None:
    """Run what comes in at standard input until it ends, and say on standard output when each is done."""
    # A signal to stop goes to the whole group of processes, and there may be jobs left to do.
    for to_stop in (signal.SIGTERM, signal.SIGINT):
        signal.signal(to_stop, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    if hasattr(os, "sched_setaffinity"):
        # The thread that started this process may be kept on the answers' core.
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    # Whatever is printed must not look like an answer.
    answers, sys.stdout = sys.stdout.fileno(), sys.stderr
    django.setup()
    while True:
        try:
            jobs = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
        except (EOFError, pickle.UnpicklingError):
            return  # the web process has gone, maybe in the middle of a word
        run_together(jobs)
        # Whoever waits for these jobs may look at what was counted.
        write_metrics()
        connections.close_all()
        try:
            os.write(answers, DONE)
        except BrokenPipeError:
            return  # it has gone since; the jobs are done


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everyskill.settings")
    main()
