"""The main job as its people do it: the administrator, a colleague and the author, each in a window of their own."""

import json
import urllib.request

import pytest
from playwright.sync_api import expect
from prometheus_client import REGISTRY

from everyskill import after_response
from tests.factories import ApiKeyFactory, SiteSettingsFactory, SkillFactory
from tests.waiting import PATIENCE, wait_until
from training.capture import Outcome
from training.models import SkillFeedback, Source, Status

pytestmark = pytest.mark.browser


def send_event(url: str, *, key: str, skill: str) -> int:
    """As an agent's hook does: over HTTP, with texts. The secret is made at run time."""
    secret = "".join(["gh", "p_"]) + "A1b2C3d4" * 5
    body = {
        "skill_id": skill,
        "tool_name": "Bash",
        "ts": "2026-01-31T12:00:00Z",
        "tool_input_snippet": f"curl -H 'Authorization: token {secret}' https://git.example.com/api",
        "tool_output_snippet": "200 OK",
    }
    request = urllib.request.Request(
        f"{url}/api/track",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:
        return response.status


def refused_for_want_of_consent() -> float:
    labels = {"outcome": Outcome.REFUSED_NO_CONSENT}
    return REGISTRY.get_sample_value("everyskill_captures_total", labels) or 0


def test_from_two_consents_to_a_reviewed_example(open_page, live_server, alice, bob, ada):
    skill = SkillFactory(author=alice, slug="release-notes")
    SiteSettingsFactory(tenant=ada.tenant)
    key = ApiKeyFactory(user=bob).secret

    switch = open_page("/admin/settings_app/sitesettings/", as_user=ada)
    switch.locator("input[name=form-0-training_data_capture_enabled]").check()
    switch.get_by_role("button", name="Save").click()
    expect(switch.locator(".messagelist .success")).to_be_visible()
    expect(switch.locator("input[name=form-0-training_data_capture_enabled]")).to_be_checked()

    before = refused_for_want_of_consent()
    assert send_event(live_server.url, key=key, skill=skill.slug) == 200
    wait_until(lambda: refused_for_want_of_consent() == before + 1)
    assert not SkillFeedback.objects.exists()  # one yes is not enough

    preferences = open_page("/settings/preferences/", as_user=bob)
    preferences.get_by_role("button", name="I agree").click()
    expect(preferences.get_by_text("You have consented.")).to_be_visible()
    assert send_event(live_server.url, key=key, skill=skill.slug) == 200
    # The job comes to the pool after the answer; once its row is seen, it is surely there to be waited for.
    wait_until(SkillFeedback.objects.exists)
    assert after_response.pool().drain(timeout=PATIENCE)

    training = open_page(f"/skills/{skill.slug}/training/", as_user=alice)
    expect(training.locator(".badge", has_text="Pending")).to_be_visible()
    expect(training.locator("main").get_by_text("200 OK")).to_be_visible()
    training.get_by_role("button", name="Approve", exact=True).click()
    expect(training.locator(".badge", has_text="Approved")).to_be_visible()
    captured = SkillFeedback.objects.get(source=Source.USAGE_CAPTURE)
    assert captured.status == Status.APPROVED
    assert captured.reviewed_by == alice
    assert captured.redactions


def test_the_author_adds_a_golden_example(open_page, alice):
    skill = SkillFactory(author=alice)
    page = open_page(f"/skills/{skill.slug}/training/", as_user=alice)
    page.get_by_label("Input", exact=True).fill("What changed?")
    page.get_by_label("Expected output").fill("Nothing that users see.")
    page.get_by_role("button", name="Add golden example").click()
    expect(page.locator(".badge", has_text="Golden")).to_be_visible()
    expect(page.locator("main").get_by_text("Nothing that users see.")).to_be_visible()
    golden = SkillFeedback.objects.get()
    assert (golden.source, golden.status, golden.user) == (Source.WEB, Status.APPROVED, alice)
