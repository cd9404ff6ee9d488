"""Hook events recorded from an agent, each turned into a track request, through the whole product."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from tests.factories import SiteSettingsFactory, UserPreferencesFactory
from tracking.models import UsageEvent
from training.models import SkillFeedback, Source, Status

RECORDED = Path(__file__).parent.parent / "recorded" / "hook_events.jsonl"
LINES = [json.loads(line) for line in RECORDED.read_text().splitlines()]


def track_request(line: dict[str, Any], number: int) -> dict[str, Any]:
    """What an agent's hook makes of one of its events, texts cut to the endpoint's limit."""
    texts = {
        "tool_input_snippet": json.dumps(line["tool_input"]) if "tool_input" in line else "",
        "tool_output_snippet": line.get("last_assistant_message")
        or line.get("error")
        or json.dumps(line.get("tool_response", "")),
    }
    return {
        "skill_id": "release-notes",
        "tool_name": line.get("tool_name", "task"),
        "ts": f"2026-11-21T08:42:{number:02}Z",
        "hook_event": line["hook_event_name"],
        "session_id": line["session_id"],
        "event_id": line.get("tool_use_id") or line["prompt_id"],
    } | {name: text[:16_000] for name, text in texts.items() if text}


REQUESTS = [track_request(line, number) for number, line in enumerate(LINES)]
WITH_BOTH_TEXTS = [
    request
    for request in REQUESTS
    if "tool_input_snippet" in request and "tool_output_snippet" in request
]


def open_gates(bob, *, tenant: bool, person: bool) -> None:
    SiteSettingsFactory(tenant=bob.tenant, training_data_capture_enabled=tenant)
    UserPreferencesFactory(user=bob, training_data_consent=person)


def test_the_recording_is_worth_testing_with():
    assert len(LINES) >= 11
    assert len(WITH_BOTH_TEXTS) >= 10


def test_every_recorded_event_becomes_one_pending_example(send, skill, bob, inline_jobs):
    open_gates(bob, tenant=True, person=True)
    for request in REQUESTS:
        assert send(request).status_code == 200
    examples = SkillFeedback.objects.filter(source=Source.USAGE_CAPTURE, status=Status.PENDING)
    expected = UsageEvent.objects.filter(
        event_id__in=[request["event_id"] for request in WITH_BOTH_TEXTS]
    )
    assert set(examples.values_list("usage_event_id", flat=True)) == set(
        expected.values_list("id", flat=True)
    )
    assert UsageEvent.objects.count() == len(LINES)


@pytest.mark.parametrize(
    ("tenant_says", "person_says"), [(False, True), (True, False), (False, False)]
)
def test_with_either_gate_shut_no_text_is_kept_anywhere(
    send, skill, bob, inline_jobs, caplog, tenant_says, person_says
):
    open_gates(bob, tenant=tenant_says, person=person_says)
    caplog.set_level(logging.DEBUG)
    for number, request in enumerate(REQUESTS):
        marked = {
            name: f"{value} zebra-{number}" if name.endswith("_snippet") else value
            for name, value in request.items()
        }
        marked |= {n: v[-16_000:] for n, v in marked.items() if n.endswith("_snippet")}
        assert send(marked).status_code == 200
    assert UsageEvent.objects.count() == len(LINES)
    assert not SkillFeedback.objects.exists()
    assert "zebra" not in caplog.text
    for model in apps.get_models(include_auto_created=True):
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT count(*) FROM {table} AS t WHERE t::text LIKE '%%zebra%%'", [])
            assert cursor.fetchone() == (0,), table


def test_a_repeated_event_is_captured_once(send, skill, bob, inline_jobs):
    open_gates(bob, tenant=True, person=True)
    for _ in range(3):
        assert send(WITH_BOTH_TEXTS[0]).status_code == 200
    assert SkillFeedback.objects.count() == 1
