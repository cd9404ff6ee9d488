"""Work that makes way for answers, in the threads of a process that gives them."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

# While answers are being given, work rests this many times as long as it computed, but not longer than this (seconds).
REST = 2
LONGEST_REST = 0.05
# Seconds that a thread which computes may keep the others waiting. An answer needs the interpreter several times, and
# would wait so long each time while a job is at work; so it is a tenth of Python's default then. At other times the
# default: with many requests at a time and no jobs, switching more often costs a fifth of what can be answered.
SWITCH_WHILE_WORKING = 0.0005
SWITCH_OTHERWISE = sys.getswitchinterval()

_pace = threading.local()
_at_work = 0
_at_work_lock = threading.Lock()


class _Answered:
    """How many answers this process has given, about."""

    count = 0


def note_answer() -> None:
    """An answer was given."""
    _Answered.count += 1


def begin_piece() -> None:
    """From here on `make_way` counts what this thread computes."""
    _pace.begun_at, _pace.answers = time.thread_time(), _Answered.count


def make_way() -> None:
    """Between two pieces of work, a millisecond or so each: rest, if requests were answered meanwhile.

    A thread that computes takes the interpreter away from those that answer; what waits here can wait longer.
    """
    if not hasattr(_pace, "begun_at"):  # not among those who make way
        return
    if _Answered.count != _pace.answers:
        time.sleep(min((time.thread_time() - _pace.begun_at) * REST, LONGEST_REST))
    begin_piece()


@contextmanager
def switching_often() -> Iterator[None]:
    """While any thread is within, threads that compute are interrupted sooner for those that wait."""
    _change_at_work(+1)
    try:
        yield
    finally:
        _change_at_work(-1)


def _change_at_work(change: int) -> None:
    global _at_work
    with _at_work_lock:
        _at_work += change
        sys.setswitchinterval(SWITCH_WHILE_WORKING if _at_work else SWITCH_OTHERWISE)
