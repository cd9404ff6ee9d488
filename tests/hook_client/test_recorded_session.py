"""Every recorded hook call through the real file, as the agent calls it."""

import json

from tests.hook_client.fake_site import FakeSite
from tests.hook_client.machine import PROMPT, SESSION, Machine, recorded_events

TOOLS = ["Bash", "Bash", "Bash", "Bash", "Edit", "Glob", "Grep", "Read", "Skill", "Write", "task"]


def replay(machine: Machine) -> None:
    for event in recorded_events(machine.transcript):
        machine.hook(event)
    machine.settle()
    machine.flush()


def test_it_stores_each_use_once_though_replayed_three_times(
    machine: Machine, site: FakeSite
) -> None:
    for _ in range(3):
        replay(machine)

    assert sorted(event["tool_name"] for event in site.events) == TOOLS
    assert {event["skill_id"] for event in site.events} == {"release-notes"}
    assert site.inserts == len(TOOLS)
    assert machine.queue() == []


def test_it_sends_the_right_text_tokens_and_kind(machine: Machine, site: FakeSite) -> None:
    replay(machine)

    events = {(e["tool_name"], e.get("message_id")): e for e in site.events}
    unicode = events["Bash", "msg_8"]
    assert "Grüße, 世界 🚀" in json.loads(unicode["tool_input_snippet"])["command"]
    assert unicode["tool_output_snippet"] == "Grüße, 世界 🚀\nline one\nline two\nwarn"
    assert unicode["latency_ms"] == 28
    assert unicode["session_id"] == SESSION

    failure = events["Bash", "msg_9"]
    assert failure["hook_event"] == "PostToolUseFailure"
    assert failure["tool_output_snippet"].startswith("Exit code 1\ncat: does-not-exist.txt")

    long = events["Bash", "msg_10"]
    assert long["tool_output_snippet"].startswith("1\n2\n3\n")
    assert len(long["tool_output_snippet"]) == 5000

    task = events["task", "msg_11"]
    assert task["hook_event"] == "Stop"
    assert task["tool_input_snippet"] == "Write the release notes"
    assert task["tool_output_snippet"] == "done"
    assert task["event_id"] != unicode["event_id"]
    assert PROMPT not in task["event_id"]


def test_it_reads_model_message_and_four_token_counts_from_the_transcript(
    machine: Machine, site: FakeSite
) -> None:
    replay(machine)

    for event in site.events:
        assert event["model_name"] == "claude-sonnet-4-5"
        assert event["input_tokens"] == 120
        assert event["output_tokens"] == 34
        assert event["cache_read_input_tokens"] == 1000
        assert event["cache_creation_input_tokens"] == 50
    # Two calls of one assistant message name the same message, whose tokens the site counts once.
    messages = [e["message_id"] for e in site.events if e["tool_name"] in ("Write", "Bash")]
    assert messages.count("msg_2") == 2


def test_it_sends_no_counts_that_are_not_final(machine: Machine, site: FakeSite) -> None:
    text = machine.transcript.read_text(encoding="utf-8")
    machine.transcript.write_text(
        text.replace('"stop_reason":"tool_use"', '"stop_reason":null').replace(
            '"stop_reason": "tool_use"', '"stop_reason": null'
        ),
        encoding="utf-8",
    )
    machine.hook(recorded_events(machine.transcript)[0])
    machine.settle()

    assert [event["tool_name"] for event in site.events] == ["Skill"]
    assert "input_tokens" not in site.events[0]
    assert "message_id" not in site.events[0]


def test_it_manages_without_a_transcript(machine: Machine, site: FakeSite) -> None:
    machine.transcript.unlink()
    replay(machine)

    assert len(site.events) == len(TOOLS)
    assert not any("input_tokens" in event for event in site.events)
