"""What is done after a response: a function, its arguments, and whom it may be done together with. Knows no app."""

import logging
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from everyskill.late_metrics import late_counter

logger = logging.getLogger(__name__)

JOBS = late_counter("everyskill_after_response_jobs", "Jobs by what became of them.", ["outcome"])

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


_others_wait = False


def say_whether_others_wait(others_wait: bool) -> None:
    """In a process that runs another one's jobs: whether more of them are due than it was given."""
    global _others_wait
    _others_wait = others_wait


def others_wait() -> bool:
    """What was said last."""
    return _others_wait


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
