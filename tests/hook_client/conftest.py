"""A person's machine with the served client on it, and a site for it to talk to.

Every test here starts processes, as the agent would: that is what is under test, and why these take longer.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hook_client.fake_site import KEY, FakeSite
from tests.hook_client.machine import RECORDED, Machine
from tracking.hook_file import served_hook_file


@pytest.fixture
def site() -> Iterator[FakeSite]:
    site = FakeSite()
    site.start()
    yield site
    site.stop()


@pytest.fixture
def machine(tmp_path: Path, site: FakeSite) -> Iterator[Machine]:
    """Connected to the site by its environment; both gates of the site are open."""
    machine = Machine(home=tmp_path / "home")
    machine.home.mkdir()
    machine.client.write_bytes(served_hook_file().content)
    shutil.copy(RECORDED / "transcript.jsonl", machine.transcript)
    machine.env = {"EVERYSKILL_URL": site.url, "EVERYSKILL_API_KEY": KEY}
    yield machine
    for process in machine.processes():
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, 9)
