"""Text leaves the machine only while both gates are open, and only redacted."""

import json

import pytest

from tests.hook_client.fake_site import KEY, FakeSite
from tests.hook_client.machine import PROMPT, SESSION, Machine, start_of, tool_use
from tests.waiting import wait_until
from tracking.hook_file import CLIENT, assemble

SECRET = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
MARK = "[REDACTED:GITHUB_TOKEN]"


def talk(machine: Machine, output: str = f"the token is {SECRET}", **fields: object) -> None:
    """Start a skill and run one command that prints the output."""
    machine.hook(start_of("notes"))
    response = {"stdout": output, "stderr": ""}
    machine.hook(tool_use("Bash", use="toolu_talk", **{"tool_response": response, **fields}))


def talked(site: FakeSite) -> dict[str, str]:
    return next(event for event in site.events if event["tool_name"] == "Bash")


def test_it_sends_redacted_text_while_both_gates_are_open(machine: Machine, site: FakeSite) -> None:
    talk(machine)
    machine.settle()

    assert talked(site)["tool_output_snippet"] == f"the token is {MARK}"
    assert SECRET not in "".join(request.body for request in site.requests)


@pytest.mark.parametrize("gate", ["tenant_capture", "user_consent"])
def test_no_text_leaves_while_a_gate_is_closed(machine: Machine, site: FakeSite, gate: str) -> None:
    setattr(site, gate, False)
    site.answer_with = (503, {})
    talk(machine, output="a very private line")
    machine.quiet()
    spooled = machine.everything_on_disk()
    site.answer_with = None
    machine.flush()

    assert talked(site)["tool_name"] == "Bash"
    assert "tool_output_snippet" not in talked(site)
    assert "private" not in "".join(request.body for request in site.requests)
    assert b"private" not in spooled
    assert b"private" not in machine.everything_on_disk()


def test_raw_text_is_never_on_disk(machine: Machine, site: FakeSite) -> None:
    site.answer_with = (503, {})
    talk(machine)
    machine.quiet()

    spooled = machine.everything_on_disk()
    assert MARK.encode() in spooled
    assert SECRET.encode() not in spooled


def test_text_written_while_open_is_dropped_when_consent_is_withdrawn(
    machine: Machine, site: FakeSite
) -> None:
    site.answer_with = (503, {})
    talk(machine, output="said while it was allowed")
    machine.quiet()
    assert b"said while it was allowed" in machine.everything_on_disk()

    site.user_consent = False
    (machine.spool / "gates.json").unlink()  # as if the minutes of its cache had passed
    machine.flush()
    assert b"said while it was allowed" not in machine.everything_on_disk()
    site.answer_with = None
    machine.flush()

    sent = [request.body for request in site.requests if request.path.endswith("batch")]
    assert "tool_output_snippet" not in talked(site)
    assert "said while it was allowed" not in sent[-1]


def test_allowed_text_waits_redacted_through_an_outage(machine: Machine, site: FakeSite) -> None:
    machine.hook(start_of("notes"))
    machine.settle()
    gates = machine.spool / "gates.json"
    gates.write_text(json.dumps(json.loads(gates.read_text()) | {"until": 0}))  # minutes later
    site.stop()
    talk(machine)
    machine.quiet()
    site.start()
    machine.flush()

    assert talked(site)["tool_output_snippet"] == f"the token is {MARK}"


def test_no_text_waits_when_the_site_never_said_it_may(machine: Machine, site: FakeSite) -> None:
    site.stop()
    talk(machine, output="a very private line")
    machine.quiet()

    assert b"private" not in machine.everything_on_disk()


def test_it_asks_for_the_gates_once_in_minutes(machine: Machine, site: FakeSite) -> None:
    talk(machine)
    machine.settle()
    talk(machine)
    machine.settle()

    asked = [request for request in site.requests if request.path == "/api/hook-settings"]
    assert 1 <= len(asked) <= 2  # two when the first two calls ran side by side


def test_without_a_working_redactor_the_event_goes_without_text(
    machine: Machine, site: FakeSite
) -> None:
    broken = "def sanitize_payload(text, *, personal_data):\n    raise ValueError(text)\n"
    client = CLIENT.read_text(encoding="utf-8")
    machine.client.write_bytes(assemble(client=client, rules=broken))
    talk(machine)
    machine.settle()

    assert "tool_output_snippet" not in talked(site)
    assert "tool_input_snippet" not in talked(site)
    assert machine.status()["unredacted"] == 2


def test_changed_rules_are_not_used(machine: Machine, site: FakeSite) -> None:
    source = machine.client.read_text(encoding="utf-8")
    machine.client.write_text(source.replace("ghp_", "ghx_"), encoding="utf-8")
    talk(machine)
    machine.settle()

    assert "tool_output_snippet" not in talked(site)
    assert b"FAIL  the redaction rules of this file are whole" in machine.run("doctor").stdout


@pytest.mark.parametrize(("redacts", "sent"), [(True, "by [REDACTED:EMAIL]"), (False, None)])
def test_it_redacts_personal_data_as_the_site_says(
    machine: Machine, site: FakeSite, redacts: bool, sent: str | None
) -> None:
    site.personal_data = redacts
    talk(machine, output="by jane.doe@example.com")
    machine.settle()

    assert talked(site)["tool_output_snippet"] == (sent or "by jane.doe@example.com")


def test_a_secret_at_the_end_of_the_looked_at_text_is_given_up(
    machine: Machine, site: FakeSite
) -> None:
    # The looked-at 16,000 characters end eight letters into the last secret, and nearly all of them redact away.
    filler = f"{SECRET} " * 389
    text = filler + "-" * (16000 - 8 - len(filler)) + " " + SECRET
    talk(machine, output=text)
    machine.settle()

    sent = talked(site)["tool_output_snippet"]
    assert MARK in sent
    assert "gh" + "p_" not in sent


def test_a_cut_leaves_no_half_placeholder(machine: Machine, site: FakeSite) -> None:
    talk(machine, output="x y " * 1245 + f"and {SECRET}")
    machine.settle()

    sent = talked(site)["tool_output_snippet"]
    assert sent == "x y " * 1245 + "and "


def test_it_cleans_what_the_site_would_refuse(machine: Machine, site: FakeSite) -> None:
    machine.hook(start_of("notes"))
    event = tool_use("Bash", use="odd", tool_response={"stdout": "a\0b\ud800c", "stderr": "d"})
    machine.hook(event)
    machine.settle()

    assert talked(site)["tool_output_snippet"] == "a\ufffdb?c\nd"


def test_it_keeps_the_prompt_for_the_answer_when_there_is_no_transcript(
    machine: Machine, site: FakeSite
) -> None:
    common = {"session_id": SESSION, "prompt_id": PROMPT}
    prompt = {"hook_event_name": "UserPromptSubmit", "prompt": f"Deploy with {SECRET}"}
    machine.hook(common | prompt)
    machine.settle()
    assert SECRET.encode() not in machine.everything_on_disk()
    machine.hook(start_of("notes"))
    machine.hook(common | {"hook_event_name": "Stop", "last_assistant_message": "Deployed."})
    machine.settle()

    task = next(event for event in site.events if event["tool_name"] == "task")
    assert task["tool_input_snippet"] == f"Deploy with {MARK}"
    assert task["tool_output_snippet"] == "Deployed."
    assert list((machine.spool / "prompts").iterdir()) == []


def test_a_kept_prompt_goes_with_its_answer_also_without_any_skill(
    machine: Machine, site: FakeSite
) -> None:
    common = {"session_id": SESSION, "prompt_id": PROMPT}
    machine.hook(common | {"hook_event_name": "UserPromptSubmit", "prompt": "Just a question"})
    machine.settle()
    assert b"Just a question" in machine.everything_on_disk()
    machine.hook(common | {"hook_event_name": "Stop", "last_assistant_message": "An answer"})

    assert b"Just a question" not in machine.everything_on_disk()
    assert site.events == []


def test_it_keeps_no_prompt_while_a_gate_is_closed(machine: Machine, site: FakeSite) -> None:
    site.user_consent = False
    machine.hook(
        {
            "session_id": SESSION,
            "prompt_id": PROMPT,
            "hook_event_name": "UserPromptSubmit",
            "prompt": "a very private wish",
        }
    )
    machine.settle()

    assert b"private" not in machine.everything_on_disk()


def test_the_key_is_on_no_command_line_and_not_in_the_spool(
    machine: Machine, site: FakeSite
) -> None:
    site.answer_with = (503, {})  # so that the sending process lives on and can be looked at
    talk(machine)
    seen: set[str] = set()

    def sending() -> bool:
        seen.update(machine.processes().values())
        return any("flush --background" in line for line in seen)

    wait_until(sending)

    assert KEY not in " ".join(seen)
    assert SECRET not in " ".join(seen)
    assert KEY.encode() not in machine.everything_on_disk()


@pytest.mark.parametrize("name", ["DO_NOT_TRACK", "DISABLE_TELEMETRY"])
def test_it_does_nothing_where_tracking_is_declined(
    machine: Machine, site: FakeSite, name: str
) -> None:
    machine.env[name] = "1"
    talk(machine)

    assert machine.processes() == {}
    assert not machine.spool.exists()
    assert site.requests == []
    assert f"{name} is set" in machine.flush()


def test_the_spool_is_for_its_owner_only(machine: Machine, site: FakeSite) -> None:
    site.answer_with = (503, {})
    talk(machine)
    machine.quiet()
    machine.stop_background()

    modes = {path: path.stat().st_mode & 0o777 for path in machine.spool.rglob("*")}
    modes[machine.spool] = machine.spool.stat().st_mode & 0o777
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_dry_run_shows_exactly_what_is_sent(machine: Machine, site: FakeSite) -> None:
    event = tool_use("Bash", use="toolu_talk", tool_response={"stdout": SECRET, "stderr": ""})
    outside = machine.run("dry-run", stdin=json.dumps(event)).stdout.decode()
    assert "Nothing would be sent: no skill has started" in outside

    machine.hook(start_of("notes"))
    shown = machine.run("dry-run", stdin=json.dumps(event)).stdout.decode()
    machine.hook(event)
    machine.settle()

    body = json.loads(shown[shown.index("{") : shown.rindex("}") + 1])["events"][0]
    assert body | {"ts": ""} == talked(site) | {"ts": ""}
    assert KEY not in shown
