"""What one hook call adds to a tool call, beside starting Python at all, measured in one interleaved run.

    python -m bench.hook [--runs 200] [--python PATH] [--idle]

Prints medians and the 95th percentile in milliseconds. `added` is a variant's median less that of `python -c pass`.
The site that receives the events runs in this process, so its work and the detached processes' compete for the same
cores, as on a busy machine; `--idle` waits between calls until they are done.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.hook_machine import make_machine, run_of_a_tool, start_of_a_skill


def main() -> None:
    parser = argparse.ArgumentParser(description="What one hook call adds to a tool call.")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--idle", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        times = measure(Path(folder), options.python, options.runs, idle=options.idle)
    floor = statistics.median(times["python -c pass"])
    print(f"{options.runs} runs of each, {options.python}, idle between calls: {options.idle}")
    for name, values in times.items():
        middle = statistics.median(values)
        late = statistics.quantiles(values, n=20)[-1]
        print(f"{name:34} median {middle:6.1f}  p95 {late:6.1f}  added {middle - floor:6.1f}  ms")


def measure(folder: Path, python: str, runs: int, *, idle: bool) -> dict[str, list[float]]:
    machine, site = make_machine(folder, python=python)
    times: dict[str, list[float]] = {}
    machine.hook(start_of_a_skill())
    client = str(machine.client)
    machine.run("install")
    settings = json.loads((machine.home / ".claude/settings.json").read_text())
    installed = settings["hooks"]["Stop"][0]["hooks"][0]["command"]
    for number in range(runs):
        as_installed = run_of_a_tool(f"installed-{number}")
        variants = {
            "python -c pass": (["-c", "pass"], b""),
            "hook, call of a skill": ([client, "hook"], run_of_a_tool(f"use-{number}")),
            "the same, as installed": (installed, as_installed),
            "hook, call outside any skill": (
                [client, "hook"],
                run_of_a_tool("x", prompt="another"),
            ),
        }
        for name, (arguments, stdin) in variants.items():
            if idle:
                machine.settle()
            begun = time.perf_counter()
            call(arguments, python, stdin, machine.environment())
            times.setdefault(name, []).append((time.perf_counter() - begun) * 1000)
        # The call outside ended the skill: the next round needs it again.
        machine.hook(start_of_a_skill())
    machine.settle()
    machine.flush()
    if len(site.events) != 2 * runs + 1:
        raise SystemExit(f"{len(site.events)} events arrived of {2 * runs + 1}")
    site.stop()
    return times


def call(
    arguments: str | list[str], python: str, stdin: bytes, environment: dict[str, str]
) -> None:
    """A list goes to Python; a command line to a shell, as the agent runs what its settings say."""
    through_shell = isinstance(arguments, str)
    command = arguments if through_shell else [python, *arguments]
    subprocess.run(command, shell=through_shell, input=stdin, env=environment, check=True)


if __name__ == "__main__":
    main()
