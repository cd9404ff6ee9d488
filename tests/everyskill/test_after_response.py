"""The pool that runs work after the response: bounded, counted, silent about what it carries."""

import logging
import threading
from uuid import uuid4

import pytest

from everyskill.after_response import JOBS, HandOverResponse, Job, Pool


def job(function, **kwargs) -> Job:
    return Job(job_id=uuid4(), function=function, kwargs=kwargs)


def count(outcome: str) -> float:
    return JOBS.labels(outcome)._value.get()


@pytest.fixture
def pool():
    pool = Pool(threads=1, backlog=1)
    yield pool
    assert pool.drain(timeout=5)


def test_it_runs_a_job_in_another_thread(pool):
    seen = []
    pool.submit(job(lambda: seen.append(threading.current_thread().name)))
    assert pool.drain(timeout=5)
    assert seen[0].startswith("after-response")


def test_a_full_backlog_drops_the_job_counts_it_and_logs_only_its_id(pool, caplog):
    running, finish = threading.Event(), threading.Event()

    def hold():
        running.set()
        finish.wait(5)

    pool.submit(job(hold))
    assert running.wait(5)
    assert pool.submit(job(lambda: None)) is True
    before = count("dropped")
    refused = job(lambda text: None, text="a private word")
    assert pool.submit(refused) is False
    finish.set()
    assert count("dropped") == before + 1
    assert str(refused.job_id) in caplog.text
    assert "private" not in caplog.text


def test_a_failing_job_is_counted_and_its_text_stays_out_of_the_log(pool, caplog):
    def fail(text):
        raise ValueError(text)

    before = count("failed")
    failing = job(fail, text="a private word")
    with caplog.at_level(logging.DEBUG):
        pool.submit(failing)
        assert pool.drain(timeout=5)
    assert count("failed") == before + 1
    assert str(failing.job_id) in caplog.text
    assert "ValueError" in caplog.text
    assert "private" not in caplog.text


def test_a_failed_job_leaves_the_pool_working(pool):
    def fail():
        raise RuntimeError

    seen = []
    pool.submit(job(fail))
    assert pool.drain(timeout=5)
    pool.submit(job(lambda: seen.append(1)))
    assert pool.drain(timeout=5)
    assert seen == [1]


def test_draining_gives_up_at_its_limit():
    pool = Pool(threads=1, backlog=1)
    finish = threading.Event()
    pool.submit(job(lambda: finish.wait(5)))
    assert pool.drain(timeout=0.01) is False
    finish.set()
    assert pool.drain(timeout=5)


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
    assert pool.drain(timeout=5)
    assert seen == [1]
