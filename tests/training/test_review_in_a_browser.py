"""The review queue by keyboard alone, in a real browser: every key press is one decision, and none is lost."""

import os
import random
import time

import pytest
from playwright.sync_api import expect

from tests.factories import CapturedExampleFactory, SkillFactory
from training.models import SkillFeedback, Status
from training.splits import place_new_examples

pytestmark = pytest.mark.browser

SYLLABLES = [
    "ba",
    "co",
    "du",
    "fe",
    "gi",
    "ho",
    "ju",
    "ka",
    "le",
    "mi",
    "no",
    "pu",
    "ra",
    "se",
    "ti",
    "vo",
]
# REVIEW_EXAMPLES=100 measures a longer run; the time is printed.
EXAMPLES = int(os.environ.get("REVIEW_EXAMPLES", "12"))


def words(rng, count):
    return " ".join("".join(rng.choices(SYLLABLES, k=3)) for _ in range(count))


@pytest.fixture
def waiting(alice, bob):
    rng = random.Random(1)
    skill = SkillFactory(author=alice, slug="release-notes")
    for number in range(EXAMPLES):
        CapturedExampleFactory(
            skill=skill,
            user=bob,
            example_input=f"{number:03} {words(rng, 20)}",
            example_output=words(rng, 20),
        )
    place_new_examples(skill.pk)
    return skill


def statuses():
    return list(
        SkillFeedback.objects.order_by("-created_at", "-id").values_list("status", "quality_score")
    )


def shown(page):
    return page.locator(".card .sample").first.inner_text()


def press_and_wait(page, key):
    before = shown(page)
    page.keyboard.press(key)
    page.wait_for_function(
        """before => document.querySelector('.card .sample')?.innerText !== before
        && !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')""",
        arg=before,
    )


def test_a_reviewer_works_by_keyboard_alone(open_page, waiting, alice):
    page = open_page("/skills/release-notes/training/queue/", as_user=alice)
    page.evaluate("window.untouched = true")
    began = time.monotonic()
    for number in range(EXAMPLES - 2):
        page.keyboard.press(str((number + 1) % 10))
        press_and_wait(page, "r" if number % 3 == 2 else "a")
    print(f"{EXAMPLES - 2} decisions in {time.monotonic() - began:.1f} s")  # noqa: T201 - read with -s
    expected = [
        (Status.REJECTED if number % 3 == 2 else Status.APPROVED, (number + 1) % 10 or 10)
        for number in range(EXAMPLES - 2)
    ]
    assert statuses()[: EXAMPLES - 2] == expected
    assert page.evaluate("window.untouched"), "the page was loaded anew"

    press_and_wait(page, "u")
    assert statuses()[EXAMPLES - 3] == (Status.PENDING, None)
    press_and_wait(page, "j")
    press_and_wait(page, "k")
    page.keyboard.press("?")
    expect(page.locator(".keys")).to_be_visible()

    page.keyboard.press("e")
    expect(page.locator("[data-edit]")).to_be_visible()
    page.locator("[name=expected_output]").fill("A better answer")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".card")).to_contain_text("A better answer")
    assert SkillFeedback.objects.filter(expected_output="A better answer").count() == 1


def test_keys_typed_into_a_field_are_text(open_page, waiting, alice):
    page = open_page("/skills/release-notes/training/queue/", as_user=alice)
    decisions = []
    page.on("request", lambda sent: decisions.append(sent) if sent.method == "POST" else None)
    page.get_by_text("Choose what to review").click()
    page.locator("[name=tool]").press_sequentially("array")
    expect(page.locator("[name=tool]")).to_have_value("array")
    assert decisions == []
    # Outside of the field the same key is a decision, and would have been seen.
    page.locator("[name=tool]").blur()
    press_and_wait(page, "a")
    assert len(decisions) == 1
    assert sorted(statuses())[0] == (Status.APPROVED, None)
    assert {status for status, _ in sorted(statuses())[1:]} == {Status.PENDING}
