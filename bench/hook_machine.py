"""A machine with the hook client and a site on loopback, as the tests have them, for the hook's benchmarks."""

import json
from pathlib import Path
from typing import Any

from tests.hook_client.fake_site import KEY, FakeSite
from tests.hook_client.machine import Machine, start_of, tool_use
from tracking.hook_file import served_hook_file


def make_machine(folder: Path, *, python: str) -> tuple[Machine, FakeSite]:
    site = FakeSite()
    site.start()
    machine = Machine(home=folder / "home", python=python)
    machine.home.mkdir()
    machine.client.write_bytes(served_hook_file().content)
    machine.env = {"EVERYSKILL_URL": site.url, "EVERYSKILL_API_KEY": KEY}
    return machine, site


def start_of_a_skill() -> dict[str, Any]:
    return start_of("release-notes")


def run_of_a_tool(use: str, *, prompt: str | None = None) -> bytes:
    fields = {"prompt_id": prompt} if prompt else {}
    return json.dumps(tool_use("Bash", use=use, **fields)).encode()
