"""The real client against the real site: from the agent's hook call to the row in the database."""

import pytest

from settings_app.decisions import give_consent, switch_capture_on
from settings_app.models import Surface
from tests.factories import ApiKeyFactory, SkillFactory
from tests.hook_client.machine import Machine, recorded_events
from tracking.models import TokenMeasurement, UsageEvent
from training.models import SkillFeedback

# A served site needs committed rows, and the client its processes.
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def connected(machine: Machine, live_server, bob, alice, inline_jobs) -> Machine:
    """bob's machine, connected to the served site."""
    SkillFactory(author=alice, slug="release-notes")
    machine.env = {
        "EVERYSKILL_URL": live_server.url,
        "EVERYSKILL_API_KEY": ApiKeyFactory(user=bob).secret,
    }
    return machine


def replay(machine: Machine) -> None:
    for event in recorded_events(machine.transcript):
        machine.hook(event)
    machine.settle()
    machine.flush()
    assert machine.queue() == []
    assert machine.status()["set_aside"] == 0


def test_a_recorded_session_becomes_events_tokens_and_examples(connected, tenant, bob, ada):
    switch_capture_on(tenant=tenant, actor=ada, surface=Surface.ADMIN_SITE)
    give_consent(user=bob, surface=Surface.PREFERENCES_PAGE)
    for _ in range(3):
        replay(connected)

    assert UsageEvent.objects.filter(skill__slug="release-notes", user=bob).count() == 11
    # Nine messages: two of them made two calls each, and their tokens count once.
    assert TokenMeasurement.objects.count() == 9
    assert set(TokenMeasurement.objects.values_list("input_tokens", "output_tokens")) == {(120, 34)}
    examples = {e.tool_name: e for e in SkillFeedback.objects.filter(status="pending")}
    assert SkillFeedback.objects.count() == 11
    assert examples["task"].example_input == "Write the release notes"
    assert examples["task"].example_output == "done"


def test_with_a_gate_closed_the_site_receives_events_without_text(connected, tenant, ada):
    switch_capture_on(tenant=tenant, actor=ada, surface=Surface.ADMIN_SITE)
    replay(connected)

    assert UsageEvent.objects.count() == 11
    assert SkillFeedback.objects.count() == 0
    for event in UsageEvent.objects.all():
        assert event.metadata.keys().isdisjoint({"input_length", "output_length"})
    assert b"Write the release notes" not in connected.everything_on_disk()


def test_doctor_is_satisfied_by_the_real_site(connected):
    connected.run("install")
    report = connected.run("doctor")
    assert report.returncode == 0, report.stdout.decode()
    assert b"note:" not in report.stdout  # this is the very file that the site serves
    assert UsageEvent.objects.get().tool_name == "doctor"
