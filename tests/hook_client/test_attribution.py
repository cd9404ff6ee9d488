"""Which skill a call counts for: the one that started in the same prompt, and no other."""

import json
from typing import Any

from tests.hook_client.fake_site import FakeSite
from tests.hook_client.machine import PROMPT, SESSION, Machine, start_of, tool_use


def told(machine: Machine, site: FakeSite, *events: dict[str, Any]) -> list[tuple[str, str]]:
    """(skill, tool) of what the site stored after these hook calls, in order of arrival at the hook."""
    for event in events:
        machine.hook(event)
    machine.settle()
    machine.flush()
    return [(e["skill_id"], e["tool_name"]) for e in sorted(site.events, key=lambda e: e["ts"])]


def slash(command: str, **fields: Any) -> dict[str, Any]:
    return {
        "session_id": SESSION,
        "prompt_id": PROMPT,
        "hook_event_name": "UserPromptExpansion",
        "expansion_type": "slash_command",
        "command_name": command,
        "command_args": "v2",
        "command_source": "skill",
        "prompt": f"/{command} v2",
        **fields,
    }


def test_it_counts_calls_of_the_same_prompt_for_the_skill(machine: Machine, site: FakeSite) -> None:
    assert told(
        machine,
        site,
        tool_use("Read", use="before"),
        start_of("notes"),
        tool_use("Bash", use="after"),
    ) == [("notes", "Skill"), ("notes", "Bash")]


def test_it_ends_the_skill_with_the_next_prompt(machine: Machine, site: FakeSite) -> None:
    assert told(
        machine,
        site,
        start_of("notes"),
        tool_use("Bash", use="late", prompt_id="another"),
        tool_use("Bash", use="later", prompt_id="another"),
    ) == [("notes", "Skill")]


def test_it_ends_the_skill_in_its_own_session_only(machine: Machine, site: FakeSite) -> None:
    assert told(
        machine,
        site,
        start_of("notes"),
        tool_use("Bash", use="elsewhere", session_id="another-session"),
    ) == [("notes", "Skill")]


def test_it_switches_to_a_second_skill(machine: Machine, site: FakeSite) -> None:
    assert told(
        machine,
        site,
        start_of("notes"),
        start_of("review", use="second"),
        tool_use("Bash", use="after"),
    ) == [("notes", "Skill"), ("review", "Skill"), ("review", "Bash")]


def test_it_counts_a_start_once_in_a_prompt(machine: Machine, site: FakeSite) -> None:
    assert told(machine, site, start_of("notes"), start_of("notes", use="again")) == [
        ("notes", "Skill")
    ]


def test_it_starts_a_skill_by_its_slash_command(machine: Machine, site: FakeSite) -> None:
    assert told(
        machine, site, slash("notes"), start_of("notes"), tool_use("Bash", use="after")
    ) == [("notes", "Skill"), ("notes", "Bash")]


def test_it_learns_the_prompt_of_a_slash_command_from_the_next_call(
    machine: Machine, site: FakeSite
) -> None:
    assert told(
        machine,
        site,
        slash("notes", prompt_id=None),
        tool_use("Bash", use="after"),
        tool_use("Bash", use="next", prompt_id="another"),
    ) == [("notes", "Skill"), ("notes", "Bash")]


def test_it_ends_a_slash_command_without_calls_at_the_next_prompt(
    machine: Machine, site: FakeSite
) -> None:
    prompt = {
        "session_id": SESSION,
        "hook_event_name": "UserPromptSubmit",
        "prompt": "something else",
    }
    assert told(
        machine, site, slash("notes", prompt_id=None), prompt, tool_use("Bash", use="after")
    ) == [("notes", "Skill")]


def test_it_takes_no_command_of_the_agent_itself_for_a_skill(
    machine: Machine, site: FakeSite
) -> None:
    assert (
        told(
            machine,
            site,
            slash("compact", command_source="builtin"),
            slash("ask", expansion_type="mcp_prompt"),
            tool_use("Bash", use="after"),
        )
        == []
    )


def test_a_sub_agents_skill_does_not_take_over_the_main_agent(
    machine: Machine, site: FakeSite
) -> None:
    assert told(
        machine,
        site,
        start_of("notes"),
        tool_use("Read", use="inherited", agent_id="agent-1"),
        start_of("review", use="sub", agent_id="agent-1"),
        tool_use("Grep", use="subs", agent_id="agent-1"),
        tool_use("Bash", use="mains"),
    ) == [
        ("notes", "Skill"),
        ("notes", "Read"),
        ("review", "Skill"),
        ("review", "Grep"),
        ("notes", "Bash"),
    ]


def test_a_skill_that_failed_to_start_has_not_started(machine: Machine, site: FakeSite) -> None:
    failed = start_of("notes", hook_event_name="PostToolUseFailure", error="no such skill")
    refused = start_of("notes", tool_response={"success": False})
    assert told(machine, site, failed, refused, tool_use("Bash", use="after")) == []


def test_it_writes_and_starts_nothing_for_a_call_outside_any_skill(
    machine: Machine, site: FakeSite
) -> None:
    machine.hook(tool_use("Bash", use="alone"))
    machine.hook({"session_id": SESSION, "hook_event_name": "Notification"})

    assert machine.processes() == {}
    assert not machine.spool.exists()
    assert site.requests == []


def test_it_survives_what_no_agent_should_send(machine: Machine, site: FakeSite) -> None:
    for stdin in (b"", b"[]", b"{", b"\xff\xfe", b"null", b"[" * 100_000, b'{"session_id": 5}'):
        result = machine.run("hook", stdin=stdin)
        assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    odd = {"tool_input": "skill", "tool_response": 5, "duration_ms": True, "prompt_id": 7}
    machine.hook(start_of("notes") | odd)
    assert site.requests == []


def test_a_hook_in_the_skills_own_frontmatter_stands_for_its_start(
    machine: Machine, site: FakeSite
) -> None:
    for event in (
        tool_use("Read", use="first"),
        tool_use("Bash", use="second"),
        tool_use("Bash", use="next", prompt_id="another"),  # the agent still runs the hook then
    ):
        machine.run("hook", "--skill", "notes", stdin=json.dumps(event))

    assert told(machine, site) == [("notes", "Read"), ("notes", "Bash")]


def test_hooks_in_the_settings_and_in_the_frontmatter_count_once(
    machine: Machine, site: FakeSite
) -> None:
    machine.hook(start_of("notes"))
    machine.run("hook", "--skill", "notes", stdin=json.dumps(start_of("notes")))
    event = tool_use("Bash", use="once")
    machine.hook(event)
    machine.run("hook", "--skill", "notes", stdin=json.dumps(event))

    assert told(machine, site) == [("notes", "Skill"), ("notes", "Bash")]


def test_a_frontmatter_hook_that_runs_on_does_not_carry_the_skill_into_the_next_prompt(
    machine: Machine, site: FakeSite
) -> None:
    machine.hook(start_of("notes"))
    prompt = {"session_id": SESSION, "prompt_id": "next", "prompt": "something else"}
    machine.hook(prompt | {"hook_event_name": "UserPromptSubmit"})
    event = tool_use("Bash", use="late", prompt_id="next")
    machine.run("hook", "--skill", "notes", stdin=json.dumps(event))

    assert told(machine, site) == [("notes", "Skill")]


def test_a_machine_that_nobody_connected_records_nothing(machine: Machine, site: FakeSite) -> None:
    machine.env = {}
    machine.hook(start_of("notes"))

    assert not machine.spool.exists()
    assert machine.processes() == {}
