"""The Connect page in a real browser: the first event shows up by itself."""

import pytest

pytestmark = pytest.mark.browser


def test_the_first_event_appears_without_a_reload(open_page, bob, skill, send, event):
    page = open_page("/connect/", as_user=bob)
    page.get_by_role("button", name="Make a key").click()
    page.locator("#new-key").wait_for()
    assert page.locator("#new-key").inner_text().startswith("esk_")
    assert page.get_by_text("This line changes by itself").is_visible()

    send(event)
    page.get_by_text("It works.").wait_for(timeout=8000)
    assert skill.name in page.locator("#first-event").inner_text()
    assert page.locator("#new-key").is_visible()  # nothing else of the page was replaced
