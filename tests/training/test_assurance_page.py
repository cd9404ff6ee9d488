"""The assurance page: figures that come from rows, and a verification done on the spot."""

from uuid import uuid4

import pytest

from accounts.models import User
from settings_app.models import SiteSettings, Surface
from tests.factories import CapturedExampleFactory, SkillFactory
from training.capture import capture_usage_as_training
from training.consent.assurance import figures_of
from training.consent.erasure import withdraw_consent
from training.models import CaptureCount, SkillFeedback, Verification

URL = "/settings/assurance/"


def capture(person: User, skill, text: str = "an input") -> str:
    return capture_usage_as_training(
        usage_event_id=uuid4(),
        tenant_id=person.tenant_id,
        user_id=person.pk,
        skill_id=skill.pk,
        tool_name="Read",
        input_text=text,
        output_text="an output",
    )


@pytest.fixture
def skill(alice: User):
    return SkillFactory(author=alice)


def test_it_counts_what_each_gate_refused(ada: User, bob: User, skill) -> None:
    capture(bob, skill)
    CapturedExampleFactory(user=bob, skill=skill)
    capture(ada, skill)
    capture(ada, skill)

    refused = figures_of(ada.tenant)["refused"]

    assert refused["Capture was off"] == 1
    assert refused["The person had not consented"] == 2


def test_it_counts_what_was_captured_redacted_and_withdrawn(ada: User, bob: User, skill) -> None:
    CapturedExampleFactory(user=bob, skill=skill)
    secret = "gh" + "p_" + "aB3" * 12
    capture(bob, skill, f"use {secret}")

    figures = figures_of(ada.tenant)
    assert figures["captured"] == 1
    assert figures["kept"] == 2
    assert sum(figures["redacted"].values()) == 1

    withdraw_consent(user=bob, surface=Surface.PREFERENCES_PAGE)
    figures = figures_of(ada.tenant)
    assert figures["captured"] == 1
    assert figures["kept"] == 0
    assert figures["withdrawals"] == [1, 2]


def test_its_counts_hold_no_person_and_no_text(bob: User, skill) -> None:
    capture(bob, skill, "a text of bob's")

    assert {field.name for field in CaptureCount._meta.get_fields()} == {
        "id",
        "tenant",
        "day",
        "what",
        "count",
    }
    assert CaptureCount.objects.get().what == "refused_tenant_off"


def test_a_count_of_a_deleted_tenant_is_dropped(bob: User, skill) -> None:
    tenant_id = bob.tenant_id
    ids = {"person": bob.pk, "skill": skill.pk}
    bob.tenant.delete()

    outcome = capture_usage_as_training(
        usage_event_id=uuid4(),
        tenant_id=tenant_id,
        user_id=ids["person"],
        skill_id=ids["skill"],
        tool_name="Read",
        input_text="an input",
        output_text="an output",
    )

    assert outcome == "refused_tenant_off"
    assert not CaptureCount.objects.exists()


def test_verifying_on_the_page_is_remembered_and_shown(ada: User, bob: User, skill, login) -> None:
    CapturedExampleFactory(user=bob, skill=skill)
    browser = login(ada)
    assert "Never verified" in browser.get(URL).text

    page = browser.post(f"{URL}verify/", follow=True).text

    assert "the chain is whole" in page
    verification = Verification.objects.get()
    assert (verification.tenant, verification.examples) == (ada.tenant, 1)
    assert verification.canary_planted >= 50
    assert verification.canary_survived == []


def test_a_problem_is_named_on_the_page(ada: User, bob: User, skill, login) -> None:
    example = CapturedExampleFactory(user=bob, skill=skill)
    stranger = CapturedExampleFactory(user=ada, skill=skill)
    SkillFeedback.objects.filter(pk=example.pk).update(consent_record=stranger.consent_record)

    page = login(ada).post(f"{URL}verify/", follow=True).text

    assert f"example {example.pk}: rests on no consent of its person" in page


def test_another_tenants_figures_are_not_in_it(ada: User, charlie: User, skill, login) -> None:
    foreign = SkillFactory(author=charlie)
    CapturedExampleFactory(user=charlie, skill=foreign)
    capture(charlie, foreign)

    figures = figures_of(ada.tenant)

    assert figures["kept"] == figures["captured"] == 0
    assert SiteSettings.objects.filter(tenant=ada.tenant).count() == 0


def test_the_page_asks_few_queries(ada: User, bob: User, skill, login, django_assert_num_queries):
    CapturedExampleFactory.create_batch(3, user=bob, skill=skill)
    browser = login(ada)

    # Session, person, tenant; the newest verification; the ledger's length; counts; examples by status; deletions.
    with django_assert_num_queries(8):
        browser.get(URL)
