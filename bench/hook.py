"""What one hook call adds to a tool call, beside starting Python at all, measured in one interleaved run.

    python -m bench.hook [--runs 200] [--python PATH] [--idle]

Prints in milliseconds the median and 95th percentile of the time that a caller waits, and the median of the processor
time that the call took, which other work on the machine disturbs less. `added` is a variant's median less that of
`python -c pass`. The detached processes are in neither.
The site that receives the events runs in this process, so its work and the detached processes' compete for the same
cores, as on a busy machine; `--idle` waits between calls until they are done.
"""

import argparse
import json
import resource
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
    report(times, f"{options.runs} runs of each, {options.python}, idle between: {options.idle}")


def report(times: dict[str, list[tuple[float, float]]], title: str) -> None:
    print(title)
    floor = [statistics.median(column) for column in zip(*times["python -c pass"], strict=True)]
    for name, values in times.items():
        wall, cpu = ([row[column] for row in values] for column in (0, 1))
        middle, late = statistics.median(wall), statistics.quantiles(wall, n=20)[-1]
        work = statistics.median(cpu)
        print(
            f"{name:30} waits {middle:6.1f} (p95 {late:6.1f}), added {middle - floor[0]:6.1f};"
            f" processor {work:6.1f}, added {work - floor[1]:6.1f}"
        )


def measure(
    folder: Path, python: str, runs: int, *, idle: bool
) -> dict[str, list[tuple[float, float]]]:
    machine, site = make_machine(folder, python=python)
    times: dict[str, list[tuple[float, float]]] = {}
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
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            begun = time.perf_counter()
            call(arguments, python, stdin, machine.environment())
            waited = time.perf_counter() - begun
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            times.setdefault(name, []).append((waited * 1000, worked * 1000))
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
