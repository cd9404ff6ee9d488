"""Consent as a person meets it: told, given, withdrawn with one click, with a receipt."""

import json
import re
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from settings_app import wording
from settings_app.models import ConsentRecord, Decision, UserPreferences
from tests.factories import CapturedExampleFactory, GoldenExampleFactory, SkillFactory
from training.models import SkillFeedback, Status

PAGE = "/settings/preferences/"


def give(browser: Client, version: int | str = wording.CONSENT.version):
    return browser.post("/settings/consent/give/", {"wording_version": version}, follow=True)


def withdraw(browser: Client):
    return browser.post("/settings/consent/withdraw/", follow=True)


def test_it_is_off_until_given_and_nothing_is_ticked_beforehand(bob: User, login) -> None:
    page = login(bob).get(PAGE).text

    assert "I agree: keep examples of my use" in page
    assert not re.search(r"<input[^>]*\bchecked\b", page)


def test_the_page_shows_the_very_words_that_the_ledger_names(bob: User, login) -> None:
    browser = login(bob)
    page = browser.get(PAGE).text.replace("&#x27;", "'")
    for paragraph in wording.CONSENT.paragraphs:
        assert paragraph in page

    give(browser)
    record = ConsentRecord.objects.get(subject_id=bob.pk)
    assert record.wording_sha256 == wording.CONSENT.sha256
    assert record.surface == "preferences_page"


def test_giving_is_recorded_and_shown(bob: User, login) -> None:
    page = give(login(bob)).text

    assert UserPreferences.objects.get(user=bob).training_data_consent
    assert "You consent" in page
    assert "0 examples</strong> captured from you" in page


@pytest.mark.parametrize("version", ["0", "", "x"])
def test_words_that_were_not_the_newest_are_not_agreed_to(bob: User, login, version) -> None:
    page = give(login(bob), version).text

    assert "The words have changed meanwhile" in page
    assert not ConsentRecord.objects.exists()


def test_a_link_can_neither_give_nor_withdraw(bob: User, login) -> None:
    assert login(bob).get("/settings/consent/give/").status_code == 405
    assert login(bob).get("/settings/consent/withdraw/").status_code == 405


def test_before_withdrawing_the_page_says_how_many_and_what_will_happen(bob: User, login) -> None:
    CapturedExampleFactory.create_batch(3, user=bob, skill=SkillFactory(tenant=bob.tenant))

    page = login(bob).get(PAGE).text

    assert "3 examples</strong> captured from you are kept now" in page
    assert "these examples are deleted in the same moment" in page
    assert "Withdraw and delete 3 examples" in page


def test_withdrawing_deletes_what_was_captured_in_every_status(
    alice: User, bob: User, login
) -> None:
    skill = SkillFactory(author=alice)
    for status in Status.values:
        CapturedExampleFactory(user=bob, skill=skill, status=status)
    of_alice = CapturedExampleFactory(user=alice, skill=skill)
    golden = GoldenExampleFactory(skill=skill, user=bob)

    page = withdraw(login(bob)).text

    assert set(SkillFeedback.objects.all()) == {of_alice, golden}
    assert not UserPreferences.objects.get(user=bob).training_data_consent
    assert UserPreferences.objects.get(user=alice).training_data_consent
    assert "3 examples deleted" in page
    assert skill.slug in page


def test_the_receipt_is_the_ledger_row(alice: User, bob: User, login) -> None:
    skill = SkillFactory(author=alice)
    CapturedExampleFactory.create_batch(2, user=bob, skill=skill)

    page = withdraw(login(bob)).text

    record = ConsentRecord.objects.get(decision=Decision.CONSENT_WITHDRAWN)
    assert record.effect == {"deleted": 2, "skills": {str(skill.pk): 2}, "releases": {}}
    assert record.record_hash in page


def test_the_receipt_can_be_read_after_the_skill_is_gone(alice: User, bob: User, login) -> None:
    skill = SkillFactory(author=alice)
    CapturedExampleFactory(user=bob, skill=skill)
    withdraw(login(bob))
    record = ConsentRecord.objects.get(decision=Decision.CONSENT_WITHDRAWN)
    skill.delete()

    page = login(bob).get(f"/settings/consent/receipts/{record.pk}/").text

    assert "a skill that no longer exists" in page


def test_withdrawing_twice_records_once(bob: User, login) -> None:
    browser = login(bob)
    give(browser)
    withdraw(browser)
    page = withdraw(browser).text

    assert "There was no consent to withdraw" in page
    assert ConsentRecord.objects.filter(decision=Decision.CONSENT_WITHDRAWN).count() == 1


def test_a_receipt_is_its_persons_alone(alice: User, bob: User, charlie: User, login) -> None:
    browser = login(bob)
    give(browser)
    withdraw(browser)
    record = ConsentRecord.objects.get(decision=Decision.CONSENT_WITHDRAWN)
    url = f"/settings/consent/receipts/{record.pk}/"

    assert browser.get(url).status_code == 200
    assert login(alice).get(url).status_code == 404
    assert login(charlie).get(url).status_code == 404
    assert browser.get(f"/settings/consent/receipts/{uuid4()}/").status_code == 404


def test_a_person_can_download_everything_captured_from_them(alice: User, bob: User, login) -> None:
    skill = SkillFactory(author=alice)
    mine = CapturedExampleFactory.create_batch(2, user=bob, skill=skill)
    CapturedExampleFactory(user=alice, skill=skill)
    GoldenExampleFactory(skill=skill, user=bob)

    response = login(bob).get("/settings/consent/captured.json")

    file = json.loads(response.getvalue())
    assert [row["id"] for row in file["captured_examples"]] == [str(row.pk) for row in mine]
    assert file["captured_examples"][0]["example_input"] == mine[0].example_input
    assert file["captured_examples"][0]["skill"] == skill.slug
    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]


def test_nothing_captured_is_an_empty_file(bob: User, login) -> None:
    response = login(bob).get("/settings/consent/captured.json")

    assert json.loads(response.getvalue())["captured_examples"] == []


def test_the_receipt_file_holds_the_persons_rows_with_their_words(
    alice: User, bob: User, login
) -> None:
    give(login(alice))
    browser = login(bob)
    give(browser)
    withdraw(browser)

    records = json.loads(browser.get("/settings/consent/receipt.json").content)["records"]

    assert [record["decision"] for record in records] == ["consent_given", "consent_withdrawn"]
    assert records[0]["wording"] == wording.CONSENT.text
    hashes = ConsentRecord.objects.filter(subject_id=bob.pk).order_by("sequence")
    assert [record["record_hash"] for record in records] == [row.record_hash for row in hashes]


def test_the_page_asks_few_queries(bob: User, login, django_assert_num_queries) -> None:
    CapturedExampleFactory.create_batch(3, user=bob, skill=SkillFactory(tenant=bob.tenant))
    browser = login(bob)

    # Session, person, tenant; preferences with their record; categories; count; the switch; the records.
    with django_assert_num_queries(8):
        browser.get(PAGE)
