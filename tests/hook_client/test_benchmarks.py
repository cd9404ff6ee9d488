"""The hook's benchmarks run: short forms, so that they do not rot."""

import sys

import pytest

from bench import hook, hook_faults

# They start dozens of processes.
pytestmark = pytest.mark.slow


def test_the_measurement_of_added_time_runs(tmp_path):
    times = hook.measure(tmp_path, sys.executable, 2, idle=True)
    assert {len(values) for values in times.values()} == {2}
    assert len(times) == 4


@pytest.mark.parametrize("fault", [hook_faults.kill, hook_faults.outage])
def test_the_faults_run(tmp_path, monkeypatch, fault, capsys):
    monkeypatch.setattr(hook_faults, "CALLS", 4)
    monkeypatch.setattr(hook_faults, "OUTAGE_SECONDS", 1)
    fault(tmp_path)
    assert "BROKEN" not in capsys.readouterr().out
