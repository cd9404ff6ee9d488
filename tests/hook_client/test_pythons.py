"""The client runs on every Python from 3.8 on, and where processes cannot fork (as on Windows)."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.hook_client.fake_site import FakeSite
from tests.hook_client.machine import Machine, recorded_events, start_of, tool_use
from tests.waiting import wait_until

# A recorded session on each Python of this machine.
pytestmark = pytest.mark.slow


def python(version: str) -> str:
    """The path of this Python version, or skip."""
    installed = sorted(Path("~/.pyenv/versions").expanduser().glob(f"{version}.*/bin/python"))
    found = str(installed[-1]) if installed else shutil.which(f"python{version}")
    if not found:
        pytest.skip(f"Python {version} is not on this machine")
    return found


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"])
def test_it_runs_on_this_python(machine: Machine, site: FakeSite, version: str) -> None:
    machine.python = python(version)
    recorded = recorded_events(machine.transcript)
    for event in (recorded[0], recorded[7], recorded[-1]):
        machine.hook(event)
    machine.settle()
    machine.run("install")
    report = machine.run("doctor")

    assert report.returncode == 0, report.stdout.decode()
    texts = {event["tool_name"]: event.get("tool_output_snippet") for event in site.events}
    assert texts["Bash"] == "Grüße, 世界 🚀\nline one\nline two\nwarn"
    assert texts["task"] == "done"


def test_it_works_where_processes_cannot_fork(machine: Machine, site: FakeSite) -> None:
    # Windows itself is not here to test on; this takes the same path through the client.
    source = machine.client.read_text(encoding="utf-8")
    head = "import os\n\ndel os.fork\n"
    machine.client.write_text(source.replace("import os\n", head, 1), encoding="utf-8")
    machine.hook(start_of("notes"))
    machine.hook(tool_use("Bash", use="a"))
    machine.settle()
    machine.flush()

    texts = {event["tool_name"]: event.get("tool_output_snippet") for event in site.events}
    assert texts == {"Skill": "fine", "Bash": "fine"}


@pytest.mark.parametrize("version", ["3.8", "3.13"])
def test_it_runs_by_a_relative_path_with_a_relative_spool(
    machine: Machine, site: FakeSite, version: str
) -> None:
    machine.env["EVERYSKILL_SPOOL"] = "spool"
    subprocess.run(
        [python(version), machine.client.name, "hook"],
        input=json.dumps(start_of("notes")).encode(),
        env=machine.environment(),
        cwd=machine.home,
        check=True,
    )
    # Its own processes have the relative path in their command lines: they are not found by it.
    wait_until(lambda: site.events)

    assert site.events[0]["tool_output_snippet"] == "fine"
    assert (machine.home / "spool" / "everyskill" / "queue").is_dir()
