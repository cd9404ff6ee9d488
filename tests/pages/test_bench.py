"""The pages' benchmark runs, small."""

import subprocess
import sys

import pytest
from django.conf import settings

from tests.waiting import PATIENCE


# A process and a database of its own: the benchmark starts both.
@pytest.mark.slow
def test_the_benchmark_reports_every_page():
    run = subprocess.run(
        [sys.executable, "-m", "bench.pages", "--scale", "0.002"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=5 * PATIENCE,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    for name in ("skills, most used", "skills, search", "usage, everyone", "usage of a skill"):
        assert f"\n{name} " in run.stdout
