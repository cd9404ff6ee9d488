"""A cache for the hottest paths forgets in time, and not everything at once."""

import pytest

from everyskill import short_memory
from everyskill.short_memory import ShortMemory


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1000.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(short_memory, "time", clock)
    return clock


def test_it_remembers_for_three_fifths_of_its_time_at_least_and_never_longer_than_all_of_it(clock):
    memory = ShortMemory(seconds=10, size=1000)
    for number in range(200):
        memory.set(number, number)
    clock.now += 5.99
    assert all(memory.get(number) == number for number in range(200))
    clock.now += 2
    assert 0 < sum(memory.get(number) is not None for number in range(200)) < 200
    clock.now += 2.02
    assert all(memory.get(number) is None for number in range(200))


def test_a_full_memory_begins_anew(clock):
    memory = ShortMemory(seconds=10, size=2)
    for number in range(3):
        memory.set(number, number)
    assert [memory.get(number) for number in range(3)] == [None, None, 2]
