"""A person's machine with the client on it, driven as the agent drives it. Looks at /proc, so Linux only."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.waiting import PATIENCE, wait_until

RECORDED = Path(__file__).parent.parent / "recorded"
SESSION = "10874ea6-3d23-476d-a25c-86f676c1fe6b"
PROMPT = "e27d4e7a-15cd-4108-9b9b-7a5702eabe49"


def recorded_events(transcript: Path) -> list[dict[str, Any]]:
    """The recorded hook calls, pointing at a transcript on this machine."""
    lines = (RECORDED / "hook_events.jsonl").read_text(encoding="utf-8").splitlines()
    return [dict(json.loads(line), transcript_path=str(transcript)) for line in lines]


@dataclass
class Machine:
    home: Path
    python: str = sys.executable
    env: dict[str, str] = field(default_factory=dict)

    @property
    def client(self) -> Path:
        return self.home / "everyskill_hook.py"

    @property
    def spool(self) -> Path:
        return self.home / ".local/state/everyskill"

    @property
    def transcript(self) -> Path:
        return self.home / "transcript.jsonl"

    def environment(self) -> dict[str, str]:
        return {"HOME": str(self.home), "PATH": os.environ["PATH"], **self.env}

    def run(self, *arguments: str, stdin: str | bytes = "", **options: Any) -> Any:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        return subprocess.run(
            [self.python, str(self.client), *arguments],
            input=data,
            env=self.environment(),
            capture_output=True,
            check=False,
            timeout=PATIENCE,
            **options,
        )

    def hook(self, event: dict[str, Any]) -> None:
        """Call the hook as the agent does; it must never disturb it."""
        result = self.run("hook", stdin=json.dumps(event))
        assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")

    def flush(self) -> str:
        return self.run("flush").stdout.decode()

    def status(self) -> dict[str, Any]:
        return json.loads(self.run("status", "--json").stdout)

    def queue(self, suffix: str = "") -> list[Path]:
        return sorted((self.spool / "queue").glob(f"*{suffix}"))

    def everything_on_disk(self) -> bytes:
        """All that the client wrote, joined: to search it for what must not be there."""
        found = []
        for path in self.spool.rglob("*"):
            # A process that lives on may rename what it has just written.
            with contextlib.suppress(FileNotFoundError):
                if path.is_file():
                    found.append(path.read_bytes())
        return b"\n".join(found)

    def settle(self, seconds: float = PATIENCE) -> None:
        """Wait until no detached process of this machine is at work."""
        self._wait(lambda: not self.processes(), seconds)

    def quiet(self, seconds: float = PATIENCE) -> None:
        """Wait until every call's own process is done; one that sends may live on and retry."""
        self._wait(
            lambda: (
                not self.queue("wait")
                and not any(p.split()[-1] == "hook" for p in self.processes().values())
            ),
            seconds,
        )

    def stop_background(self) -> None:
        """Kill what sends in the background, so that what is looked at does not change."""
        for process in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.settle()

    @staticmethod
    def _wait(is_done: Callable[[], bool], seconds: float) -> None:
        """Until it holds for ten looks in a row: a process between fork and exec can be missed by a single one."""
        looks = 0

        def is_settled() -> bool:
            nonlocal looks
            looks = looks + 1 if is_done() else 0
            return looks == 10

        wait_until(is_settled, seconds=seconds)

    def processes(self) -> dict[int, str]:
        """Command lines of the live processes that run this machine's client, by process id."""
        found = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                except OSError:
                    continue
                if str(self.home) in line and "everyskill_hook" in line:
                    found[int(folder.name)] = line
        return found


def start_of(skill: str, *, use: str = "toolu_start", **fields: Any) -> dict[str, Any]:
    """A hook call in which the agent starts a skill."""
    return tool_use("Skill", use=use, tool_input={"skill": skill}, **fields)


def tool_use(tool: str, *, use: str, **fields: Any) -> dict[str, Any]:
    return {
        "session_id": SESSION,
        "prompt_id": PROMPT,
        "hook_event_name": "PostToolUse",
        "tool_name": tool,
        "tool_input": {"command": "true"},
        "tool_response": {"stdout": "fine", "stderr": ""},
        "tool_use_id": use,
        "duration_ms": 5,
        **fields,
    }
