"""Hostile texts: no shape may take longer than its length allows."""

import time

import pytest

from training.sanitizer import SanitizerError, sanitize_payload
from training.sanitizer.core import Clock

INSERT = "INSERT INTO t (a, password) VALUES ('b', '"
# A text that once made an expression try every way of reading doubled quotes.
SHAPES = [
    INSERT + "''" * 2500,
    INSERT + "a'b'" * 1200,
    INSERT + "\\'" * 2400,
    INSERT * 120,
    "password=" * 550,
    "token:" * 800,
    "://" * 1600,
    "\\" * 5000,
    "%25" * 1600,
    "eyJ" * 1600,
    "a," * 2500,
    "-----BEGIN RSA PRIVATE KEY-----\n" * 150,
    "Cookie: a=" * 500,
    "the password for " * 290,
    "69531515400049770866" * 1000,
    "bkct_" * 1000,
]


@pytest.mark.parametrize("shape", SHAPES, ids=range(len(SHAPES)))
def test_it_takes_a_hostile_text_in_its_stride(shape):
    started = time.thread_time()
    sanitize_payload(shape, personal_data=True)
    # Seconds of this thread, and a hundred times what is needed: an exponential reading takes hours.
    assert time.thread_time() - started < 15


def test_a_deadline_counts_work_and_not_waiting():
    clock = Clock(0.02)
    # A sleep: a process that is not given the processor has not worked for long.
    time.sleep(0.03)
    clock.check()
    patient = Clock(0)
    started = time.thread_time()
    while time.thread_time() - started < 0.002:
        pass
    with pytest.raises(SanitizerError):
        patient.check()


@pytest.mark.parametrize(
    "piece",
    ["-----BEGIN PRIVATE KEY-----\n", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n", "password="],
)
def test_work_grows_with_the_length_and_not_with_its_square(piece):
    def seconds(length):
        text = (piece * length)[:length]
        started = time.thread_time()
        sanitize_payload(text)
        return time.thread_time() - started

    # Five times the text; its square would be twenty-five times the work, and was ten seconds. The best of three, in
    # turn: a machine that slows down for a while slows both.
    times = [(seconds(50_000), seconds(10_000)) for _ in range(3)]
    long, short = map(min, zip(*times, strict=True))
    assert long < 15 * short + 0.1


def test_the_end_of_a_key_behind_endless_lines_takes_no_more_than_linear_time():
    def seconds(lines):
        text = ("A" * 64 + "\n") * lines + "-----END RSA PRIVATE KEY-----"
        started = time.thread_time()
        assert len(sanitize_payload(text).findings) == 1
        return time.thread_time() - started

    # Half of it once stayed for a second scan, so that five times the text took nine times as long.
    few = min(seconds(300) for _ in range(3))
    assert min(seconds(1500) for _ in range(2)) < 7.5 * few
