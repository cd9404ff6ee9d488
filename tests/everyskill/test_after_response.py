"""The pool that runs work after the response: bounded, counted, silent about what it carries."""

import logging
import threading
import time
from types import SimpleNamespace
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from everyskill.after_response import LARGEST_GROUP, HandOverResponse, Pool
from everyskill.jobs import Group, Job
from everyskill.making_way import LONGEST_REST, make_way
from tests.waiting import PATIENCE


def job(function, **kwargs) -> Job:
    return Job(job_id=uuid4(), function=function, kwargs=kwargs)


def count(outcome: str) -> float:
    name, labels = "everyskill_after_response_jobs_total", {"outcome": outcome}
    return REGISTRY.get_sample_value(name, labels) or 0


def dropped_ids(caplog) -> list[list[str]]:
    """By the lines of the log that told them; what other threads may have to say is not asked for."""
    own = [record for record in caplog.records if record.name == "everyskill.after_response"]
    return [record.fields["jobs"] for record in own]


@pytest.fixture
def pool():
    pool = Pool(threads=1, backlog=1)
    yield pool
    assert pool.drain(timeout=PATIENCE)


def test_it_runs_a_job_in_another_thread(pool):
    seen = []
    pool.submit(job(lambda: seen.append(threading.current_thread().name)))
    assert pool.drain(timeout=PATIENCE)
    assert seen[0].startswith("after-response")


def test_a_full_backlog_drops_the_job_counts_it_and_logs_only_its_id(pool, caplog):
    running, finish = threading.Event(), threading.Event()

    def hold():
        running.set()
        finish.wait(PATIENCE)

    pool.submit(job(hold))
    assert running.wait(PATIENCE)
    assert pool.submit(job(lambda: None)) is True
    before = count("dropped")
    refused = job(lambda text: None, text="a private word")
    assert pool.submit(refused) is False
    finish.set()
    assert count("dropped") == before + 1
    assert dropped_ids(caplog) == [[str(refused.job_id)]]
    assert "private" not in caplog.text


def test_the_ids_of_many_dropped_jobs_share_a_line(caplog, monkeypatch):
    pool = Pool(threads=1, backlog=0)
    finish = hold_up(pool)
    # Within one second, however long it takes.
    monkeypatch.setattr("everyskill.after_response.time", SimpleNamespace(monotonic=lambda: 100.0))
    refused = [job(print) for _ in range(250)]
    assert not any(pool.submit(one) for one in refused)
    monkeypatch.undo()
    finish.set()
    assert pool.drain(timeout=PATIENCE)
    pool.submit(job(print))
    assert pool.drain(timeout=PATIENCE)
    lines = dropped_ids(caplog)
    assert [job_id for line in lines for job_id in line] == [str(one.job_id) for one in refused]
    assert len(lines) <= 4


def hold_up(pool) -> threading.Event:
    """Keeps the pool's one thread busy until the event is set, so that what is submitted meanwhile waits."""
    running, finish = threading.Event(), threading.Event()

    def hold():
        running.set()
        finish.wait(PATIENCE)

    pool.submit(job(hold))
    assert running.wait(PATIENCE)
    return finish


def test_waiting_jobs_of_one_group_run_together_and_the_groups_take_turns():
    pool, ran = Pool(threads=1, backlog=200), []
    groups = {
        name: Group(
            name, lambda many, name=name: ran.append((name, [one["number"] for one in many]))
        )
        for name in ("one", "other")
    }

    def submit(name, number):
        pool.submit(
            Job(
                uuid4(), lambda number: ran.append((name, number)), {"number": number}, groups[name]
            )
        )

    before = count("done")
    finish = hold_up(pool)
    for number in range(LARGEST_GROUP + 2):
        submit("one", number)
    submit("other", 7)
    finish.set()
    assert pool.drain(timeout=PATIENCE)
    assert ran == [
        ("one", list(range(LARGEST_GROUP))),
        ("other", 7),
        ("one", [LARGEST_GROUP, LARGEST_GROUP + 1]),
    ]
    assert count("done") == before + 1 + LARGEST_GROUP + 3


def test_jobs_whose_group_fails_run_alone_and_only_the_bad_one_fails(caplog):
    pool, ran = Pool(threads=1, backlog=10), []

    def together(many):
        raise ValueError("a private word")

    def alone(number):
        if number == 1:
            raise ValueError("a private word")
        ran.append(number)

    failed, done = count("failed"), count("done")
    finish = hold_up(pool)
    for number in range(3):
        pool.submit(Job(uuid4(), alone, {"number": number}, Group("all", together)))
    finish.set()
    assert pool.drain(timeout=PATIENCE)
    assert ran == [0, 2]
    assert (count("failed") - failed, count("done") - done) == (1, 3)
    assert "private" not in caplog.text


@pytest.mark.django_db  # closing a response lets Django look after its connections
def test_work_rests_while_answers_are_given_and_not_otherwise(pool, monkeypatch):
    rests = []
    clock = SimpleNamespace(
        sleep=rests.append, monotonic=time.monotonic, thread_time=time.thread_time
    )
    monkeypatch.setattr("everyskill.making_way.time", clock)

    def work(answer):
        make_way()
        if answer:
            HandOverResponse().close()
        sum(range(100_000))
        make_way()

    pool.submit(job(work, answer=False))
    assert pool.drain(timeout=PATIENCE)
    assert rests == []
    pool.submit(job(work, answer=True))
    assert pool.drain(timeout=PATIENCE)
    assert len(rests) == 1
    assert 0 < rests[0] <= LONGEST_REST


def test_a_failing_job_is_counted_and_its_text_stays_out_of_the_log(pool, caplog):
    def fail(text):
        raise ValueError(text)

    before = count("failed")
    failing = job(fail, text="a private word")
    with caplog.at_level(logging.DEBUG):
        pool.submit(failing)
        assert pool.drain(timeout=PATIENCE)
    assert count("failed") == before + 1
    assert str(failing.job_id) in caplog.text
    assert "ValueError" in caplog.text
    assert "private" not in caplog.text


def test_a_failed_job_leaves_the_pool_working(pool):
    def fail():
        raise RuntimeError

    seen = []
    pool.submit(job(fail))
    assert pool.drain(timeout=PATIENCE)
    pool.submit(job(lambda: seen.append(1)))
    assert pool.drain(timeout=PATIENCE)
    assert seen == [1]


def test_draining_gives_up_at_its_limit():
    pool = Pool(threads=1, backlog=1)
    finish = threading.Event()
    pool.submit(job(lambda: finish.wait(PATIENCE)))
    assert pool.drain(timeout=0.01) is False
    finish.set()
    assert pool.drain(timeout=PATIENCE)


def test_a_jobs_arguments_do_not_show_in_its_text():
    assert "private" not in repr(job(print, text="a private word"))


@pytest.mark.django_db  # closing a response lets Django look after its connections
def test_a_response_hands_its_jobs_over_once_when_it_is_closed(monkeypatch, pool):
    monkeypatch.setattr("everyskill.after_response._pool", pool)
    seen = []
    response = HandOverResponse()
    response.jobs = (job(lambda: seen.append(1)),)
    assert seen == []
    response.close()
    response.close()
    assert pool.drain(timeout=PATIENCE)
    assert seen == [1]
