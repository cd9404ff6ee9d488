"""The preferences page: what is saved, and that the consent is no part of that form."""

import pytest

from accounts.models import User
from settings_app.decisions import give_consent
from settings_app.models import SkillSort, Surface, UserPreferences
from tests.factories import SkillFactory
from training.consent.erasure import withdraw_consent
from training.consent.forms import PreferencesForm

URL = "/settings/preferences/"


def test_it_saves_categories_order_and_notes(alice: User, login) -> None:
    SkillFactory(author=alice, category="writing")

    response = login(alice).post(
        URL,
        {
            "preferred_categories": ["writing"],
            "default_sort": SkillSort.NEWEST,
            "claude_md_workflow_notes": "Tests first.",
        },
    )

    assert response.status_code == 302
    preferences = UserPreferences.objects.get(user=alice)
    assert preferences.preferred_categories == ["writing"]
    assert preferences.default_sort == SkillSort.NEWEST
    assert preferences.claude_md_workflow_notes == "Tests first."


def test_it_takes_secrets_out_of_the_notes_and_says_so(alice: User, login) -> None:
    secret = "gh" + "p_" + "Zx8" * 12

    response = login(alice).post(
        URL,
        {"default_sort": "uses", "claude_md_workflow_notes": f"export GITHUB_TOKEN={secret}"},
        follow=True,
    )

    notes = UserPreferences.objects.get(user=alice).claude_md_workflow_notes
    assert secret not in notes
    assert "[REDACTED:" in notes
    assert "Taken out of your notes" in response.text
    assert secret not in response.text


@pytest.mark.parametrize(
    "bad",
    [
        {"default_sort": "by_magic"},
        {"preferred_categories": ["no such category"]},
        {"claude_md_workflow_notes": "n" * 10_001},
        {"claude_md_workflow_notes": "a NUL \x00 in it"},
    ],
)
def test_it_refuses_bad_input_and_saves_nothing(alice: User, login, bad: dict) -> None:
    SkillFactory(author=alice, category="writing")

    response = login(alice).post(URL, {"default_sort": "newest"} | bad)

    assert response.status_code == 422
    assert not UserPreferences.objects.exists()


def test_it_offers_the_categories_of_the_own_tenant(alice: User, charlie: User, login) -> None:
    SkillFactory(author=alice, category="writing")
    SkillFactory(author=charlie, category="secret-project")

    response = login(alice).get(URL)

    assert "writing" in response.text
    assert "secret-project" not in response.text


def test_saving_it_gives_no_consent(alice: User, login) -> None:
    login(alice).post(URL, {"default_sort": "uses", "training_data_consent": "on"})

    assert not UserPreferences.objects.get(user=alice).training_data_consent


def test_a_form_opened_before_a_withdrawal_does_not_undo_it(alice: User) -> None:
    give_consent(user=alice, surface=Surface.PREFERENCES_PAGE)
    opened = PreferencesForm(
        {"default_sort": "newest"}, instance=UserPreferences.of(alice), categories=[]
    )
    withdraw_consent(user=alice, surface=Surface.PREFERENCES_PAGE)

    assert opened.is_valid()
    opened.save_preferences()

    preferences = UserPreferences.objects.get(user=alice)
    assert preferences.default_sort == "newest"
    assert not preferences.training_data_consent
