"""The benchmarks of capture, growth, partitions, upgrades and long loads run: with tiny numbers."""

import csv
import re

import pytest

from tests.tracking.test_benchmarks import run

# Each starts a PostgreSQL and servers of its own, which takes some seconds.
pytestmark = pytest.mark.slow


def test_the_capture_benchmark_compares_both_gates_and_loses_no_job():
    table = run(
        "bench.capture",
        "--seconds",
        "1",
        "--rounds",
        "1",
        "--connections",
        "2",
        "--rate",
        "20",
        "--only-fixed",
    )
    for name in ("capture off", "capture on"):
        line = re.search(rf"^{name} +([\d,]+) +[\d.]+ +[\d.]+ +(\d+)$", table, re.MULTILINE)
        assert line, table
        assert int(line[1]) > 0
        assert line[2] == "0", "answers that were no 200"
    assert " 0 dropped, 0 failed" in table


def test_the_soak_writes_what_it_saw_and_loses_no_event(tmp_path):
    said = run(
        "bench.soak", "--minutes", "0.1", "--interval", "0.5", "--rate", "20", "--connections", "2",
        "--workers", "1", "--out", str(tmp_path / "soak"),
    )  # fmt: skip
    assert ", 0 acknowledged and not stored" in said
    assert "unexpected answers: {}" in said
    rows = list(csv.DictReader((tmp_path / "soak.csv").read_text().splitlines()))
    assert len(rows) >= 2
    assert all(float(row["worker_1_mb"]) > 0 for row in rows)
    picture = (tmp_path / "soak.svg").read_text()
    assert picture.count("<polyline") == 10


def test_the_growth_benchmark_uses_every_page_and_forgets():
    said = run(
        "bench.growth",
        "--events",
        "2000",
        "--seconds",
        "0.5",
        "--rounds",
        "1",
        "--prune-days",
        "300",
    )
    assert "2,000 events stored" in said
    assert re.search(r"index event_by_tenant_and_time +[\d.]+ MB", said)
    assert re.search(r"^product +[\d,]+ .* 0$", said, re.MULTILINE)
    assert re.search(r"pruning [1-9][\d,]* rows", said)


def test_the_partitions_benchmark_prints_both_tables():
    said = run("bench.partitions", "--rows", "2000", "--rounds", "1")
    assert re.search(r"^rows a second, 500 at a time +[\d,.]+ +[\d,.]+$", said, re.MULTILINE)


def test_an_upgrade_under_load_loses_nothing():
    line = run("bench.upgrade", "--connections", "2", "--seconds", "1").splitlines()[-1]
    sent, acknowledged, _, _, other, stored, doubled, false_200s, *_ = map(float, line.split()[1:])
    assert sent >= acknowledged > 0
    assert stored >= acknowledged
    assert doubled == false_200s == other == 0
