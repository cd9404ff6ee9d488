"""Counts that are added up in memory: written once in a while, at exit, and never lost to a database that is out."""

import subprocess
import sys
import threading

import pytest
from django.db import OperationalError

from everyskill.later import Later, write_all
from tests.waiting import PATIENCE


@pytest.fixture
def written():
    return []


@pytest.fixture
def later(written):
    later = Later("a test's counts", lambda sums: written.append(dict(sums)))
    yield later
    later.write_now()


def test_what_is_added_within_the_time_is_written_once(later, written, settings):
    settings.LATE_WRITE_SECONDS = 3600
    for _ in range(3):
        later.add("a")
    later.add_all({"a": 2, "b": 1})
    assert written == []
    later.write_now()
    assert written == [{"a": 5, "b": 1}]
    later.write_now()
    assert written == [{"a": 5, "b": 1}]


def test_a_timer_writes_when_nobody_else_does(written, settings):
    settings.LATE_WRITE_SECONDS = 0.01
    done = threading.Event()
    later = Later("a test's counts", lambda sums: (written.append(dict(sums)), done.set()))
    later.add("a")
    assert done.wait(PATIENCE)
    assert written == [{"a": 1}]


def test_what_could_not_be_written_is_written_the_next_time(settings, caplog):
    settings.LATE_WRITE_SECONDS = 3600
    tries = []

    def write(sums):
        tries.append(dict(sums))
        if len(tries) == 1:
            raise OperationalError("a private word")

    later = Later("a test's counts", write)
    later.add("a")
    later.write_now()
    later.add("a")
    later.write_now()
    assert tries == [{"a": 1}, {"a": 2}]
    assert "a test's counts not written: OperationalError" in caplog.text
    assert "private" not in caplog.text


def test_one_that_fails_for_good_keeps_no_other_from_being_written_and_raises_nowhere(
    written, settings, caplog
):
    settings.LATE_WRITE_SECONDS = 3600

    def fail(sums):
        raise ValueError("a private word")

    Later("the first counts", fail).add("a")
    Later("the second counts", lambda sums: written.append(dict(sums))).add("b")
    write_all()
    assert written == [{"b": 1}]
    assert "the first counts not written: ValueError" in caplog.text
    assert "private" not in caplog.text


def test_nothing_is_lost_between_threads(later, written, settings):
    settings.LATE_WRITE_SECONDS = 3600

    def add():
        for number in range(1000):
            later.add("a")
            if number % 100 == 0:
                later.write_now()

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    later.write_now()
    assert sum(sums["a"] for sums in written) == 4000


def test_a_process_that_ends_writes_what_is_left():
    program = """
import django
django.setup()
from everyskill.later import Later
Later("counts", lambda sums: print(dict(sums))).add("a", 7)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    assert done.stdout == "{'a': 7}\n"
