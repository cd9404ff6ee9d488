"""Counts that are added up in memory: written once in a while, at exit, and never lost to a database that is out."""

import subprocess
import sys
import threading

import pytest
from django.db import OperationalError

from everyskill.later import Later, write_all
from tests.waiting import PATIENCE


@pytest.fixture(autouse=True)
def nothing_left():
    """All counts share one timer: one that a test left behind would keep the next test's waiting."""
    yield
    write_all()


@pytest.fixture
def written():
    return []


@pytest.fixture
def later(written):
    return Later("a test's counts", lambda sums: written.append(dict(sums)))


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


def test_one_timer_writes_for_all_also_what_is_added_while_it_writes(settings):
    settings.LATE_WRITE_SECONDS = 0.01
    written, done, both_added = [], threading.Event(), threading.Event()

    def write_first(sums):
        assert both_added.wait(PATIENCE)
        written.append(("first", dict(sums)))
        if len(written) == 1:
            first.add("meanwhile")
        else:
            done.set()

    first = Later("the first counts", write_first)
    second = Later("the second counts", lambda sums: written.append(("second", dict(sums))))
    first.add("a")
    second.add("b")
    both_added.set()
    assert done.wait(PATIENCE)
    assert written == [("first", {"a": 1}), ("second", {"b": 1}), ("first", {"meanwhile": 1})]


def test_the_timer_tries_again_what_could_not_be_written(settings):
    settings.LATE_WRITE_SECONDS = 0.01
    tries, done = [], threading.Event()

    def write(sums):
        tries.append(dict(sums))
        if len(tries) == 1:
            raise OperationalError
        done.set()

    Later("a test's counts", write).add("a")
    assert done.wait(PATIENCE)
    assert tries == [{"a": 1}, {"a": 1}]


def test_who_adds_does_not_wait_for_who_writes(settings, later, written):
    begun, may_end, ended = threading.Event(), threading.Event(), []

    def write_slowly(sums):
        begun.set()
        ended.append((dict(sums), may_end.wait(PATIENCE)))

    settings.LATE_WRITE_SECONDS = 0.01
    slow = Later("slow counts", write_slowly)
    slow.add("a")
    assert begun.wait(PATIENCE)
    slow.add("b")
    later.add("c")
    may_end.set()
    write_all()
    assert ended == [({"a": 1}, True), ({"b": 1}, True)]
    assert written == [{"c": 1}]


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
