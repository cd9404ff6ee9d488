"""The main job as its people do it: the administrator, a colleague and the author, each in a window of their own."""

import json
import urllib.request

import pytest

from everyskill import after_response
from tests.factories import ApiKeyFactory, SiteSettingsFactory, SkillFactory
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
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.status


def test_from_two_consents_to_a_reviewed_example(open_page, live_server, alice, bob, ada):
    skill = SkillFactory(author=alice, slug="release-notes")
    SiteSettingsFactory(tenant=ada.tenant)
    key = ApiKeyFactory(user=bob).secret

    switch = open_page("/admin/settings_app/sitesettings/", as_user=ada)
    switch.locator("input[name=form-0-training_data_capture_enabled]").check()
    switch.get_by_role("button", name="Save").click()
    assert switch.locator("input[name=form-0-training_data_capture_enabled]").is_checked()

    assert send_event(live_server.url, key=key, skill=skill.slug) == 200
    assert after_response.pool().drain(timeout=10)
    assert not SkillFeedback.objects.exists()  # one yes is not enough

    preferences = open_page("/settings/preferences/", as_user=bob)
    preferences.get_by_role("button", name="I agree").click()
    assert send_event(live_server.url, key=key, skill=skill.slug) == 200
    assert after_response.pool().drain(timeout=10)

    training = open_page(f"/skills/{skill.slug}/training/", as_user=alice)
    assert training.locator(".badge", has_text="Pending").is_visible()
    assert training.locator("main").get_by_text("200 OK").is_visible()
    training.get_by_role("button", name="Approve", exact=True).click()
    training.locator(".badge", has_text="Approved").wait_for()
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
    page.locator(".badge", has_text="Golden").wait_for()
    assert page.locator("main").get_by_text("Nothing that users see.").is_visible()
    golden = SkillFeedback.objects.get()
    assert (golden.source, golden.status, golden.user) == (Source.WEB, Status.APPROVED, alice)
