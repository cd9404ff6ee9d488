"""What the hook accepted arrives once: through outages, kills, refusals, full disks and renewed keys."""

import contextlib
import json
import os
import random
import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.hook_client.fake_site import KEY, FakeSite, Request
from tests.hook_client.machine import Machine, start_of, tool_use
from tests.waiting import wait_until

# Each test runs a dozen processes and waits for the detached ones.
pytestmark = pytest.mark.slow


def use_skill(machine: Machine, *uses: str) -> None:
    machine.hook(start_of("notes"))
    for use in uses:
        machine.hook(tool_use("Bash", use=use))
    machine.quiet()


def use_skill_in_an_outage(machine: Machine, site: FakeSite, *uses: str) -> None:
    site.answer_with = (503, {})
    use_skill(machine, *uses)
    wait_until((machine.spool / "retry.json").exists)


def batches(site: FakeSite) -> list[Request]:
    return [request for request in site.requests if request.path.endswith("batch")]


def test_it_sends_by_itself_what_waited_for_the_site(machine: Machine, site: FakeSite) -> None:
    site.stop()
    use_skill(machine, *"abcd")
    wait_until((machine.spool / "retry.json").exists)
    assert len(machine.queue("json")) == 5
    assert machine.status()["last_problem"].startswith("no answer")

    site.start()
    wait_until(lambda: len(site.events) == 5)
    wait_until(lambda: machine.queue() == [])
    assert site.inserts == 5


def test_a_flush_by_hand_does_not_wait_for_the_next_try(machine: Machine, site: FakeSite) -> None:
    use_skill_in_an_outage(machine, site, *"abcd")
    machine.stop_background()
    assert "5 kept: answer 503" in machine.flush()
    site.answer_with = None

    assert machine.flush() == "5 sent.\n"
    assert machine.flush() == "Nothing waits.\n"
    assert site.inserts == 5


def test_it_keeps_to_the_sites_retry_after(machine: Machine, site: FakeSite) -> None:
    site.answer_with = (429, {"Retry-After": "3600"})
    use_skill(machine)
    wait_until((machine.spool / "retry.json").exists)
    sent = batches(site)
    site.answer_with = None

    assert "the site asked to wait" in machine.flush()
    assert batches(site) == sent
    assert len(machine.queue("json")) == 1


def test_it_waits_when_some_events_of_a_batch_were_too_many(
    machine: Machine, site: FakeSite
) -> None:
    use_skill_in_an_outage(machine, site, "a")
    machine.stop_background()
    site.answer_with = None
    site.refuse = {"Bash": 429}
    assert "1 sent, 1 kept: answer 429" in machine.flush()
    sent = batches(site)

    assert "the site asked to wait" in machine.flush()
    assert batches(site) == sent
    assert len(machine.queue("json")) == 1


def test_it_keeps_events_until_the_key_is_renewed(machine: Machine, site: FakeSite) -> None:
    site.key = "esk_" + "Alice002" + "y" * 38
    use_skill(machine, "a")
    assert "2 kept: answer 401" in machine.flush()

    machine.env["EVERYSKILL_API_KEY"] = site.key
    assert machine.flush() == "2 sent.\n"


def test_it_sets_refused_events_aside_with_the_reason(machine: Machine, site: FakeSite) -> None:
    site.refuse = {"Bash": 400}
    use_skill(machine, "a", "b")
    machine.settle()
    machine.flush()

    aside = [json.loads(p.read_bytes()) for p in (machine.spool / "quarantine").iterdir()]
    assert [event["tool_name"] for event in site.events] == ["Skill"]
    assert [told["reason"] for told in aside] == ["answer 400: Bad; /tool_name Not this one."] * 2
    assert not any("tool_output_snippet" in told["event"] for told in aside)
    assert machine.status()["set_aside"] == 2
    assert machine.queue() == []


def test_it_halves_a_batch_that_is_refused_as_a_whole(machine: Machine, site: FakeSite) -> None:
    site.answer_with = (413, {})
    use_skill(machine, "a", "b")
    machine.settle()

    sizes = [len(json.loads(request.body)["events"]) for request in batches(site)]
    assert sizes.count(1) >= 3
    assert machine.queue() == []
    assert machine.status()["set_aside"] == 3


def test_it_sends_nothing_to_another_site_than_it_was_meant_for(
    machine: Machine, site: FakeSite
) -> None:
    use_skill_in_an_outage(machine, site, "a")
    other = FakeSite()
    other.start()
    machine.env["EVERYSKILL_URL"] = other.url
    machine.flush()

    assert other.events == []
    assert machine.status()["for_another_site"] == 2
    other.stop()


def test_it_follows_no_redirect(machine: Machine, site: FakeSite) -> None:
    other = FakeSite()
    other.start()
    site.answer_with = (307, {"Location": other.url + "/api/track/batch"})
    use_skill(machine)

    assert other.requests == []
    assert "answer 307" in machine.flush()
    other.stop()


def test_it_drops_the_too_old_and_tells(machine: Machine, site: FakeSite) -> None:
    use_skill_in_an_outage(machine, site, "a")
    month_ago = time.time() - 31 * 86400
    os.utime(machine.queue("json")[0], (month_ago, month_ago))
    machine.flush()

    assert len(machine.queue("json")) == 1
    assert machine.status()["dropped_for_age"] == 1
    assert "last_dropped_at" in machine.status()


def test_it_drops_the_oldest_when_the_spool_is_too_large(machine: Machine, site: FakeSite) -> None:
    use_skill_in_an_outage(machine, site)
    machine.stop_background()
    newest = machine.queue("json")
    for number in range(3):
        path = machine.spool / "queue" / f"large-{number}.json"
        path.write_text(json.dumps({"to": "https://elsewhere", "event": {"x": "y" * 12_000_000}}))
        os.utime(path, (time.time() - 60 + number,) * 2)
    assert "1 kept" in machine.flush()

    assert sorted(path.name for path in machine.queue("json")) == sorted(
        [newest[0].name, "large-1.json", "large-2.json"]
    )
    assert machine.status()["dropped_for_size"] == 1


def test_it_sets_a_damaged_event_file_aside(machine: Machine, site: FakeSite) -> None:
    use_skill_in_an_outage(machine, site)
    machine.stop_background()
    (machine.spool / "queue" / "torn.json").write_text('{"event": {"ski')
    site.answer_with = None

    assert machine.flush() == "1 sent.\n"
    assert machine.status()["set_aside"] == 1


def test_it_narrows_no_folder_that_somebody_else_named(machine: Machine, site: FakeSite) -> None:
    shared = machine.home / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    machine.env["EVERYSKILL_SPOOL"] = str(shared)
    machine.env["EVERYSKILL_CONFIG"] = str(shared / "config.json")
    machine.run("install", "--url", site.url, "--key-stdin", stdin=KEY)
    use_skill(machine)

    assert shared.stat().st_mode & 0o777 == 0o755
    assert (shared / "everyskill").stat().st_mode & 0o777 == 0o700
    assert (shared / "config.json").stat().st_mode & 0o777 == 0o600


def test_a_run_that_ends_at_once_with_all_its_processes_loses_nothing(
    machine: Machine, site: FakeSite
) -> None:
    machine.hook(start_of("notes"))
    last = json.dumps(tool_use("Bash", use="last")).encode()
    run = subprocess.Popen(
        [machine.python, str(machine.client), "hook"],
        stdin=subprocess.PIPE,
        env=machine.environment(),
        start_new_session=True,
    )
    run.communicate(last)
    # Often nothing of the agent's process group is left: the child is in its own.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(run.pid, signal.SIGKILL)
    machine.settle()

    assert sorted(event["tool_name"] for event in site.events) == ["Bash", "Skill"]


def test_it_loses_and_doubles_nothing_when_killed_at_random_points(
    machine: Machine, site: FakeSite
) -> None:
    # A short form of bench/hook_kill.py, which kills 200 times.
    machine.hook(start_of("notes"))
    accepted = {"toolu_start"}
    for number in range(12):
        use = f"use-{number}"
        run = subprocess.Popen(
            [machine.python, str(machine.client), "hook"],
            stdin=subprocess.PIPE,
            env=machine.environment(),
        )
        assert run.stdin
        run.stdin.write(json.dumps(tool_use("Bash", use=use)).encode())
        run.stdin.close()
        time.sleep(random.uniform(0.02, 0.15))
        for process in machine.processes():
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if run.wait() == 0:
            accepted.add(use)
    machine.settle()  # a process that was just being made may have escaped
    machine.flush()

    assert len(accepted) <= len(site.events) <= 13
    assert site.inserts == len(site.events)
    # What a killed call had half written may lie there for an hour; it is no event.
    assert machine.queue("json") + machine.queue("wait") == []


def full_disk() -> None:
    """No file may grow: writing fails as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_with_a_full_disk_the_call_goes_on_and_the_event_is_sent_from_memory(
    machine: Machine, site: FakeSite
) -> None:
    use_skill(machine)
    event = json.dumps(tool_use("Bash", use="full"))
    result = machine.run("hook", stdin=event, preexec_fn=full_disk)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    wait_until(lambda: len(site.events) == 2)

    status = machine.run("status", preexec_fn=full_disk).stdout.decode()
    assert "File too large" in status


def as_nobody() -> None:
    if os.geteuid() == 0:  # root may write everywhere
        os.setgid(65534)
        os.setuid(65534)


def test_with_a_read_only_spool_the_call_goes_on_and_status_tells(
    machine: Machine, site: FakeSite
) -> None:
    machine.spool.mkdir(parents=True)
    machine.spool.chmod(0o500)
    let_nobody_in(machine)
    event = json.dumps(start_of("notes"))
    result = machine.run("hook", stdin=event, preexec_fn=as_nobody)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    wait_until(lambda: len(site.events) == 1)

    status = machine.run("status", preexec_fn=as_nobody)
    assert b"Permission denied" in status.stdout
    assert status.returncode == 1


def test_it_does_not_send_again_and_again_what_it_cannot_delete(
    machine: Machine, site: FakeSite
) -> None:
    use_skill_in_an_outage(machine, site, "a")
    machine.stop_background()
    (machine.spool / "queue").chmod(0o500)
    let_nobody_in(machine)
    site.answer_with = None
    before = len(batches(site))
    result = machine.run("flush", preexec_fn=as_nobody)

    assert b"an event file cannot be deleted" in result.stdout
    assert site.inserts == 2
    assert len(batches(site)) == before + 1


def let_nobody_in(machine: Machine) -> None:
    """Give the machine to an unprivileged user, as root may read, write and delete everywhere."""
    machine.python = machine_python_for_all()
    if os.geteuid() == 0:
        for path in [machine.home, *machine.home.rglob("*")]:
            os.chown(path, 65534, 65534)
        for folder in machine.home.parents:
            if not folder.stat().st_mode & 0o001:
                folder.chmod(folder.stat().st_mode | 0o011)


def machine_python_for_all() -> str:
    """A Python that an unprivileged user may run, or skip."""
    for path in ("/usr/bin/python3", "/usr/local/bin/python3"):
        if Path(path).exists():
            return path
    pytest.skip("needs a Python that every user may run")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://skills.example.com", "plain http"),
        ("ftp://skills.example.com", "must look like"),
        ("https://alice:x@skills.example.com", "must look like"),
        ("skills.example.com", "must look like"),
        ("https://skills.example.com:x", "must look like"),
    ],
)
def test_it_refuses_an_unsafe_address(machine: Machine, address: str, said: str) -> None:
    machine.env["EVERYSKILL_URL"] = address
    assert said in machine.flush()


def test_it_uses_no_key_from_a_file_that_others_can_read(machine: Machine, site: FakeSite) -> None:
    config = machine.home / ".config/everyskill/config.json"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps({"url": site.url, "api_key": KEY}))
    machine.env = {}
    config.chmod(0o644)
    use_skill(machine)
    machine.settle()
    assert "can be read by others (mode 644)" in machine.flush()
    assert site.requests == []

    config.chmod(0o600)
    assert machine.flush() == "1 sent.\n"
