"""The ingest benchmarks run: with tiny numbers, so that they are not broken when somebody needs them."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

# Each starts a PostgreSQL and servers of its own, which takes some seconds.
pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[2]


def run(*arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    for name in ("DEBUG", "DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE"):
        environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=5 * PATIENCE, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_the_ingest_benchmark_compares_the_product_with_its_floor():
    table = run(
        "bench.ingest", "--seconds", "0.5", "--rounds", "1", "--connections", "2", "--capture",
        "--variants", "orm", "--events", "100",
    )  # fmt: skip
    for name in ("floor", "product", "product, capturing", "orm"):
        line = re.search(rf"^{re.escape(name)} +([\d,]+) +([\d.]+) .* (\d+)$", table, re.MULTILINE)
        assert line, table
        assert int(line[1].replace(",", "")) > 0
        assert line[3] == "0", "answers that were no 200"


def test_the_fault_benchmark_finds_nothing_lost_and_nothing_doubled():
    table = run(
        "bench.faults", "--faults", "connections ended", "--connections", "2", "--workers", "1",
        "--before", "1", "--fault", "0.5", "--after", "2",
    )  # fmt: skip
    line = table.splitlines()[-1].removeprefix("connections ended").split()
    sent, acknowledged, _, _, other, stored, doubled, false_200s, *_ = map(float, line)
    assert sent >= acknowledged > 0
    assert stored >= acknowledged
    assert doubled == false_200s == other == 0
