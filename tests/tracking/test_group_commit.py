"""Threads that store together: everyone gets their own result, and one bad item hurts nobody else."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, OperationalError

from tracking.group_commit import GroupCommit


class Table:
    """A store that is slow enough for a line to form behind it, and refuses what it is told to."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.most_at_once = self._now = 0
        self._lock = threading.Lock()

    def write(self, items):
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            self.groups.append(list(items))
        time.sleep(0.002)  # a commit
        with self._lock:
            self._now -= 1
        if -1 in items:
            raise IntegrityError
        if -2 in items:
            raise OperationalError
        return [item * 2 for item in items]


def store_all(together: GroupCommit, items: list[int]) -> list[object]:
    def store(item):
        try:
            return together.store(item)
        except Exception as error:
            return type(error)

    with ThreadPoolExecutor(16) as threads:
        return list(threads.map(store, items))


@pytest.mark.parametrize("writers", [1, 2, 4])
def test_everyone_gets_their_own_result_and_all_are_written_once(writers):
    table = Table()
    together = GroupCommit(table.write, writers=writers, largest=100)
    items = list(range(500))
    assert store_all(together, items) == [item * 2 for item in items]
    written = [item for group in table.groups for item in group]
    assert sorted(written) == items
    assert len(table.groups) < len(items)
    assert table.most_at_once <= writers


def test_a_lonely_item_waits_for_nobody():
    table = Table()
    assert GroupCommit(table.write, writers=1, largest=100).store(4) == 8
    assert table.groups == [[4]]


def test_a_group_is_never_larger_than_allowed():
    table = Table()
    store_all(GroupCommit(table.write, writers=1, largest=3), list(range(100)))
    assert max(map(len, table.groups)) <= 3


def test_one_bad_item_hurts_only_itself():
    together = GroupCommit(Table().write, writers=1, largest=100)
    items = [1, 2, 3, -1, 5, 6] * 10
    expected = [IntegrityError if item == -1 else item * 2 for item in items]
    assert store_all(together, items) == expected


def test_an_outage_is_told_to_everyone_who_waited_and_to_nobody_after():
    together = GroupCommit(Table().write, writers=1, largest=100)
    results = store_all(together, [-2] + [1] * 30)
    assert results[0] is OperationalError
    assert set(results) <= {OperationalError, 2}
    assert together.store(7) == 14
