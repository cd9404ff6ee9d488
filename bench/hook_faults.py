"""Whether the hook client keeps its promises under long faults. Exits 1 at the first that it breaks.

    python -m bench.hook_faults outage   the site is down for a minute under 200 calls: all 200 stored once
    python -m bench.hook_faults kill     200 calls, every process of the client killed (-9) at a random moment
    python -m bench.hook_faults full     a file system of 64 KiB fills up under the spool (needs root, Linux)

The tests hold short forms of the same (tests/hook_client/test_delivery.py).
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.hook_machine import make_machine, run_of_a_tool, start_of_a_skill

CALLS = 200
OUTAGE_SECONDS = 60


def main() -> None:
    faults = {"outage": outage, "kill": kill, "full": full}
    if len(sys.argv) != 2 or sys.argv[1] not in faults:
        raise SystemExit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        faults[sys.argv[1]](Path(folder))


def demand(condition: bool, told: str) -> None:
    print(("ok     " if condition else "BROKEN ") + told)
    if not condition:
        raise SystemExit(1)


def outage(folder: Path) -> None:
    machine, site = make_machine(folder, python=sys.executable)
    machine.hook(start_of_a_skill())
    machine.settle()
    site.stop()
    begun = time.monotonic()
    for number in range(CALLS):
        machine.hook(json.loads(run_of_a_tool(f"use-{number}")))
        time.sleep(max(0.0, begun + OUTAGE_SECONDS * (number + 1) / CALLS - time.monotonic()))
    machine.quiet()
    waiting = len(machine.queue())
    site.start()
    back = time.monotonic()
    while len(site.events) < CALLS + 1 and time.monotonic() < back + 120:
        time.sleep(0.1)
    print(f"all there {time.monotonic() - back:.1f} s after the site was back")
    demand(waiting == CALLS, f"{waiting} events waited in the spool after the outage")
    demand(len(site.events) == CALLS + 1, "all arrived without anybody's doing")
    demand(site.inserts == CALLS + 1, "each was stored once")
    machine.settle()
    demand(machine.queue() == [], "the spool is empty")


def kill(folder: Path) -> None:
    machine, site = make_machine(folder, python=sys.executable)
    machine.hook(start_of_a_skill())
    accepted = 1
    for number in range(CALLS):
        run = subprocess.Popen(
            [machine.python, str(machine.client), "hook"],
            stdin=subprocess.PIPE,
            env=machine.environment(),
        )
        assert run.stdin
        run.stdin.write(run_of_a_tool(f"use-{number}"))
        run.stdin.close()
        # A call takes some 40 ms and its detached processes some 300 more: every stage gets hit.
        time.sleep(random.uniform(0.005, 0.8))
        for process in machine.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        accepted += run.wait() == 0
    machine.flush()
    batches = [request for request in site.requests if request.path.endswith("batch")]
    sent = sum(len(json.loads(request.body)["events"]) for request in batches)
    with_text = sum("tool_output_snippet" in event for event in site.events)
    stored = len(site.events)
    print(f"{CALLS} calls, {accepted - 1} ended with success before they were killed")
    print(f"{stored - 1} stored, {with_text} of them with text; {sent} sendings in all")
    demand(stored >= accepted, "no accepted event was lost")
    demand(site.inserts == stored <= CALLS + 1, "none was stored twice")
    # Half-written files of killed calls may lie there for an hour; they are no events.
    demand(machine.queue("json") + machine.queue("wait") == [], "no event is left in the spool")


def full(folder: Path) -> None:
    machine, site = make_machine(folder, python=sys.executable)
    spool = folder / "small"
    spool.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(spool)], check=True)
    try:
        machine.env["EVERYSKILL_SPOOL"] = str(spool / "spool")
        machine.hook(start_of_a_skill())
        machine.settle()
        site.answer_with = (503, {})
        slowest = 0.0
        for number in range(20):
            begun = time.monotonic()
            machine.hook(json.loads(run_of_a_tool(f"use-{number}")))
            slowest = max(slowest, time.monotonic() - begun)
        status = machine.run("status").stdout.decode()
        site.answer_with = None
        begun = time.monotonic()
        machine.flush()
        while len(site.events) < 21 and time.monotonic() < begun + 60:
            time.sleep(0.2)
        print(status)
        # A second is ample, but on a machine that is busy with other things.
        demand(slowest < 5, f"every call went on; the slowest took {slowest * 1000:.0f} ms")
        demand("No space left on device" in status, "status tells that the disk is full")
        demand(len(site.events) == 21, f"{len(site.events)} of 21 arrived once the site was back")
        demand(site.inserts == len(site.events), "none was stored twice")
    finally:
        machine.settle(60)
        subprocess.run(["umount", "-l", str(spool)], check=True)


if __name__ == "__main__":
    main()
