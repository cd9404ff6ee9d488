"""The Connect page in a real browser: the first event shows up by itself."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_the_first_event_appears_without_a_reload(open_page, bob, skill, send, event):
    page = open_page("/connect/", as_user=bob)
    page.get_by_role("button", name="Make a key").click()
    expect(page.locator("#new-key")).to_contain_text("esk_")
    expect(page.get_by_text("This line changes by itself")).to_be_visible()

    send(event)
    expect(page.get_by_text("It works.")).to_be_visible()
    expect(page.locator("#first-event")).to_contain_text(skill.name)
    expect(page.locator("#new-key")).to_be_visible()  # nothing else of the page was replaced
