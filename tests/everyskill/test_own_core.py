"""Each process of a server keeps its answering threads on a core that no other process has claimed."""

import os
from threading import Thread

import pytest

from everyskill.own_core import OwnCore

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity"), reason="only Linux lets a thread choose its core"
)


@pytest.fixture
def cores() -> list[int]:
    return sorted(os.sched_getaffinity(0))


@pytest.fixture
def claim(tmp_path):
    """`claim()`: what another process of the same server gets."""
    claimed = []

    def claim() -> OwnCore:
        claimed.append(OwnCore(tmp_path))
        return claimed[-1]

    yield claim
    for own in claimed:
        own.give_up()


def test_processes_claim_different_cores_until_there_are_none(claim, cores):
    claimed = [claim() for _ in range(len(cores) + 1)]
    assert [own.core for own in claimed] == [*cores, None]


def test_a_core_is_free_again_when_its_process_has_ended(claim, cores):
    first = claim()
    assert first.core == cores[0]
    first.give_up()
    assert claim().core == cores[0]


def test_only_the_thread_that_asks_is_kept(claim, cores):
    own = claim()
    seen = []

    def answer():
        own.keep_thread()
        own.keep_thread()
        seen.append(os.sched_getaffinity(0))

    thread = Thread(target=answer)
    thread.start()
    thread.join()
    assert seen == [{own.core}]
    assert sorted(os.sched_getaffinity(0)) == cores


def test_without_a_core_of_its_own_a_thread_stays_free(claim, cores):
    for _ in cores:
        claim()
    claim().keep_thread()
    assert sorted(os.sched_getaffinity(0)) == cores
