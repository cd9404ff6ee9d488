"""The tenant's switch: who may turn it, and what becomes of what was captured."""

import pytest

from accounts.models import User
from settings_app.models import ConsentRecord, Decision, SiteSettings
from tests.factories import CapturedExampleFactory, GoldenExampleFactory, SkillFactory
from training.models import SkillFeedback

URL = "/settings/capture/"


def is_on(person: User) -> bool:
    return SiteSettings.objects.get(tenant=person.tenant).training_data_capture_enabled


def decisions_of(person: User) -> list[tuple]:
    records = ConsentRecord.objects.filter(tenant_id=person.tenant_id, subject_id=None)
    return list(records.order_by("sequence").values_list("decision", "actor_id"))


def test_an_administrator_switches_it_on(ada: User, login) -> None:
    page = login(ada).post(URL, {"action": "on"}, follow=True).text

    assert is_on(ada)
    assert decisions_of(ada) == [(Decision.CAPTURE_ON, ada.pk)]
    assert "Capture is on" in page


def test_switching_off_and_keeping_is_recorded(ada: User, bob: User, login) -> None:
    example = CapturedExampleFactory(user=bob, skill=SkillFactory(tenant=ada.tenant))

    login(ada).post(URL, {"action": "off_keep"})

    assert not is_on(ada)
    assert decisions_of(ada)[1:] == [
        (Decision.CAPTURE_OFF, ada.pk),
        (Decision.EXAMPLES_KEPT, ada.pk),
    ]
    assert SkillFeedback.objects.filter(pk=example.pk).exists()


def test_switching_off_and_purging_deletes_what_was_captured_here_only(
    ada: User, alice: User, bob: User, charlie: User, login
) -> None:
    skill = SkillFactory(author=alice)
    CapturedExampleFactory(user=bob, skill=skill)
    CapturedExampleFactory(user=alice, skill=skill, status="approved")
    golden = GoldenExampleFactory(skill=skill)
    elsewhere = CapturedExampleFactory(user=charlie, skill=SkillFactory(author=charlie))

    page = login(ada).post(URL, {"action": "off_purge"}, follow=True).text

    assert set(SkillFeedback.objects.all()) == {golden, elsewhere}
    last = ConsentRecord.objects.filter(tenant_id=ada.tenant_id).last()
    assert last.decision == Decision.EXAMPLES_PURGED
    assert last.effect["deleted"] == 2
    assert "Deleted: 2 captured examples." in page


def test_what_was_kept_can_be_purged_later(ada: User, bob: User, login) -> None:
    CapturedExampleFactory(user=bob, skill=SkillFactory(tenant=ada.tenant))
    browser = login(ada)
    browser.post(URL, {"action": "off_keep"})

    browser.post(URL, {"action": "purge"})

    assert not SkillFeedback.objects.exists()


def test_purging_while_capture_is_on_is_refused(ada: User, bob: User, login) -> None:
    CapturedExampleFactory(user=bob, skill=SkillFactory(tenant=ada.tenant))

    page = login(ada).post(URL, {"action": "purge"}, follow=True).text

    assert "Switch capture off first" in page
    assert SkillFeedback.objects.count() == 1


@pytest.mark.parametrize("action", ["", "explode"])
def test_an_unknown_action_changes_nothing(ada: User, login, action: str) -> None:
    response = login(ada).post(URL, {"action": action})

    assert response.status_code == 422
    assert decisions_of(ada) == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_but_the_tenants_administrators_may(
    alice: User, bob: User, login, method: str
) -> None:
    for person in (alice, bob):
        assert getattr(login(person), method)(URL, {"action": "on"}).status_code == 403
    assert not SiteSettings.objects.exists()


def test_its_history_names_who_switched(ada: User, login) -> None:
    ada.first_name, ada.last_name = "Ada", "Lovelace"
    ada.save()
    browser = login(ada)
    browser.post(URL, {"action": "on"})
    browser.post(URL, {"action": "off_keep"})

    page = browser.get(URL).text

    assert page.count("Ada Lovelace") >= 3
    assert "Capture switched off" in page
