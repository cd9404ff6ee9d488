"""The account and skills pages in a real browser, wide and narrow: scripts, styles and keyboard."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from skills.models import Skill
from tests.factories import PASSWORD, SkillFactory

pytestmark = pytest.mark.browser

NARROW = {"viewport": {"width": 390, "height": 844}}
SKILL_MD = "---\nname: pdf-forms\ndescription: Fills PDF forms.\n---\n\n# Fill PDF forms\n"


def has_no_sideways_scroll(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_person_logs_in_and_shares_a_skill(open_page, alice):
    page = open_page("/", **NARROW)
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="New skill").first.click()
    page.get_by_label("SKILL.md", exact=True).fill(SKILL_MD.replace("pdf-forms", "PDF"))
    page.get_by_role("button", name="Share the skill").click()
    expect(page.locator(".errorlist")).to_contain_text("Line 2: name must be")
    page.get_by_label("SKILL.md", exact=True).fill(SKILL_MD)
    page.get_by_role("button", name="Share the skill").click()
    expect(page.get_by_role("heading", name="Fill PDF forms", level=1)).to_be_visible()
    assert Skill.objects.get().slug == "pdf-forms"
    assert has_no_sideways_scroll(page)


def test_the_list_follows_what_is_typed(open_page, alice):
    for slug in ("pdf-forms", "release-notes"):
        SkillFactory(author=alice, slug=slug)
    page = open_page(reverse("skills:skill-list"), as_user=alice)
    page.get_by_label("Search", exact=True).press_sequentially("relea")
    expect(page.get_by_role("link", name="pdf-forms")).to_have_count(0)
    expect(page.get_by_role("link", name="release-notes")).to_be_visible()
    expect(page).to_have_url(re.compile("q=relea"))


def test_a_new_key_can_be_copied_and_its_page_leads_on(open_page, alice):
    page = open_page(reverse("accounts:key-list"), as_user=alice)
    page.get_by_label("Name").fill("laptop")
    page.get_by_role("button", name="Make a key").click()
    shown = page.locator("#new-key").inner_text()
    assert shown.startswith("esk_")
    expect(page.get_by_role("button", name="Copy")).to_be_visible()
    page.get_by_role("link", name="I have it").click()
    expect(page.get_by_role("heading", name="Working keys")).to_be_visible()
    assert shown not in page.content()


def test_the_colour_scheme_is_the_persons_choice_and_stays(open_page, alice):
    page = open_page(reverse("accounts:profile"), as_user=alice, color_scheme="light")

    def ground():
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    light = ground()
    for _ in ("light", "dark"):
        page.locator("[data-theme-toggle]").click()
    dark = ground()
    assert dark != light
    page.reload()
    assert ground() == dark


def test_the_first_tab_stop_leads_to_the_content(open_page, alice):
    page = open_page(reverse("accounts:profile"), as_user=alice)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#content$"))


@pytest.mark.parametrize(
    "name",
    ["skills:skill-list", "skills:skill-create", "tracking:usage-overview", "accounts:key-list"],
)
def test_no_page_scrolls_sideways_on_a_telephone(open_page, alice, name):
    SkillFactory(
        author=alice, slug="a-skill-with-a-name-that-is-as-long-as-the-rules-allow-it-to-be"
    )
    page = open_page(reverse(name), as_user=alice, **NARROW)
    assert has_no_sideways_scroll(page)


def test_it_all_works_without_scripts(open_page, alice):
    for slug in ("pdf-forms", "release-notes"):
        SkillFactory(author=alice, slug=slug)
    page = open_page(reverse("skills:skill-list"), as_user=alice, java_script_enabled=False)
    page.get_by_label("Search", exact=True).fill("release")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="pdf-forms")).to_have_count(0)
    expect(page.get_by_role("link", name="release-notes")).to_be_visible()
