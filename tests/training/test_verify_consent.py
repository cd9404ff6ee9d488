"""`verify_consent` finds whatever was done to the ledger behind the triggers, and examples without consent."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from settings_app.decisions import give_consent, switch_capture_off, switch_capture_on
from settings_app.ledger import hash_of
from settings_app.models import ConsentRecord, SiteSettings, Surface, UserPreferences
from tests.factories import CapturedExampleFactory, SkillFactory
from training.consent.erasure import withdraw_consent
from training.models import SkillFeedback, Verification

LEDGER_TABLES = ["settings_app_consentrecord", "settings_app_consentchain"]
FOLLOWING_TABLES = ["settings_app_userpreferences", "settings_app_sitesettings"]


def run(*arguments: str) -> str:
    """The command's standard output; raises CommandError, as a shell sees exit code 1."""
    out = StringIO()
    call_command("verify_consent", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def problems(*arguments: str) -> str:
    err = StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("verify_consent", *arguments, stdout=StringIO(), stderr=err)
    assert caught.value.returncode == 1
    return err.getvalue()


@pytest.fixture
def as_database_owner() -> Callable[[str, list], None]:
    """Do what only the owner of the database can: take the triggers away, change a row, put them back."""

    def execute(sql: str, values: list | None = None) -> None:
        tables = LEDGER_TABLES + FOLLOWING_TABLES
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
            cursor.execute(sql, values)
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")

    return execute


@pytest.fixture
def captured(ada: User, bob: User) -> SkillFeedback:
    """An example of bob's after: switched on, consented, and a colleague's consent, so that rows follow his."""
    switch_capture_on(tenant=ada.tenant, actor=ada, surface=Surface.CAPTURE_PAGE)
    example = CapturedExampleFactory(user=bob, skill=SkillFactory(tenant=ada.tenant))
    give_consent(user=ada, surface=Surface.PREFERENCES_PAGE)
    return example


def test_all_is_well_after_ordinary_use(captured, ada: User, bob: User, charlie: User) -> None:
    CapturedExampleFactory(user=charlie, skill=SkillFactory(author=charlie))
    withdraw_consent(user=bob, surface=Surface.PREFERENCES_PAGE)
    switch_capture_off(tenant=ada.tenant, actor=ada, surface=Surface.CAPTURE_PAGE)

    assert run() == "Whole: 7 ledger rows. Both consents: 1 captured examples.\n"


def test_an_empty_installation_is_whole(db: None) -> None:
    assert run() == "Whole: 0 ledger rows. Both consents: 0 captured examples.\n"


def test_it_finds_a_changed_row(captured, as_database_owner) -> None:
    record = captured.consent_record
    as_database_owner(
        "UPDATE settings_app_consentrecord SET recorded_at = recorded_at - interval '1 day' WHERE id = %s",
        [record.pk],
    )

    assert f"record {record.pk} (row 2): was changed after it was written" in problems()


def test_it_finds_a_changed_row_whose_hash_was_made_to_fit(captured, as_database_owner) -> None:
    record = captured.consent_record
    record.actor_id = record.subject_id = uuid4()
    as_database_owner(
        "UPDATE settings_app_consentrecord SET actor_id = %s, subject_id = %s, record_hash = %s"
        " WHERE id = %s",
        [record.actor_id, record.subject_id, hash_of(record), record.pk],
    )

    assert "(row 3): does not continue the row before it" in problems()


def test_it_finds_a_removed_row(captured, as_database_owner) -> None:
    as_database_owner("DELETE FROM settings_app_consentrecord WHERE sequence = 2")

    assert "row 2 of the chain is missing before it" in problems()


def test_it_finds_the_last_row_removed(captured, as_database_owner) -> None:
    as_database_owner("DELETE FROM settings_app_consentrecord WHERE sequence = 3")

    assert "the chain ends at row 2, but should end at row 3" in problems()


def test_it_finds_a_whole_ledger_removed(captured, as_database_owner) -> None:
    as_database_owner("DELETE FROM settings_app_consentrecord")

    found = problems()
    assert "the chain ends at row 0, but should end at row 3" in found
    assert f"example {captured.pk}: rests on no consent" in found


def test_it_finds_an_inserted_row(captured, as_database_owner) -> None:
    last = ConsentRecord.objects.get(sequence=3)
    last.pk, last.sequence, last.previous_hash = uuid4(), 4, last.record_hash
    last.record_hash = hash_of(last)
    last.save(force_insert=True)

    assert "the chain ends at row 4, but should end at row 3" in problems()


def test_it_finds_words_that_were_never_shown(captured, as_database_owner) -> None:
    as_database_owner(
        "UPDATE settings_app_consentrecord SET wording_sha256 = repeat('0', 64) WHERE sequence = 2"
    )

    assert "the wording it names is not one this program has shown" in problems()


def test_it_finds_an_example_resting_on_another_persons_consent(captured, ada: User) -> None:
    stranger = give_consent(user=ada, surface=Surface.PREFERENCES_PAGE)
    SkillFeedback.objects.filter(pk=captured.pk).update(consent_record=stranger)

    assert f"example {captured.pk}: rests on no consent of its person" in problems()


def test_it_finds_an_example_older_than_its_consent(captured) -> None:
    long_ago = timezone.now() - timedelta(days=400)
    SkillFeedback.objects.filter(pk=captured.pk).update(created_at=long_ago)

    found = problems()
    assert f"example {captured.pk}: is older than the consent it names" in found
    assert f"example {captured.pk}: is older than the switch-on it names" in found


def test_it_finds_an_example_that_outlived_a_withdrawal(captured, bob: User) -> None:
    kept = SkillFeedback.objects.get(pk=captured.pk)
    withdraw_consent(user=bob, surface=Surface.PREFERENCES_PAGE)
    kept.save(force_insert=True)

    assert f"example {captured.pk}: still stands after its person withdrew" in problems()


def test_it_finds_an_example_captured_after_the_switch_off(captured, ada: User) -> None:
    switch_capture_off(tenant=ada.tenant, actor=ada, surface=Surface.CAPTURE_PAGE)
    SkillFeedback.objects.filter(pk=captured.pk).update(created_at=timezone.now())

    assert f"example {captured.pk}: was captured after capture had been switched off" in problems()


def test_it_finds_a_consent_the_ledger_does_not_have(captured, ada, as_database_owner) -> None:
    withdraw_consent(user=ada, surface=Surface.PREFERENCES_PAGE)
    as_database_owner(
        "UPDATE settings_app_userpreferences SET training_data_consent = true WHERE user_id = %s",
        [ada.pk],
    )

    preferences = UserPreferences.objects.get(user=ada)
    assert f"preferences {preferences.pk}: a consent that the ledger does not have" in problems()


def test_it_finds_a_switch_the_ledger_does_not_have(captured, ada, as_database_owner) -> None:
    switch_capture_off(tenant=ada.tenant, actor=ada, surface=Surface.CAPTURE_PAGE)
    as_database_owner("UPDATE settings_app_sitesettings SET training_data_capture_enabled = true")

    site_settings = SiteSettings.objects.get(tenant=ada.tenant)
    assert f"settings {site_settings.pk}: the switch does not say" in problems()


def test_it_reads_ledgers_of_tenants_that_are_gone(captured, ada, as_database_owner) -> None:
    ada.tenant.delete()
    assert "Whole: 3 ledger rows" in run()

    as_database_owner("DELETE FROM settings_app_consentrecord WHERE sequence = 2")
    assert "row 2 of the chain is missing" in problems()


def test_a_receipt_downloaded_before_shows_a_rewritten_ledger(
    captured, bob: User, login, tmp_path, as_database_owner
) -> None:
    receipt = tmp_path / "receipt.json"
    receipt.write_bytes(login(bob).get("/settings/consent/receipt.json").content)
    assert "Whole" in run("--receipt", str(receipt))

    record = captured.consent_record
    as_database_owner(
        "UPDATE settings_app_consentrecord SET record_hash = repeat('0', 64) WHERE id = %s",
        [record.pk],
    )
    assert f"record {record.pk}: {receipt} has it, the ledger has not" in problems(
        "--receipt", str(receipt)
    )


@pytest.mark.parametrize("content", ["", "[]", json.dumps({"records": [{"id": 1}]})])
def test_a_file_that_is_no_receipt_is_said_to_be_none(db: None, tmp_path, content: str) -> None:
    path = tmp_path / "file.json"
    path.write_text(content)

    with pytest.raises(CommandError, match="is no receipt that can be read"):
        run("--receipt", str(path))


def test_the_result_is_kept_for_the_assurance_page(captured) -> None:
    run()

    verification = Verification.objects.get(tenant=captured.tenant)
    assert (verification.records, verification.examples) == (3, 1)
    assert verification.problems == []


def test_its_queries_do_not_grow_with_the_examples(captured, bob: User) -> None:
    with CaptureQueriesContext(connection) as one:
        run()
    CapturedExampleFactory.create_batch(5, user=bob, skill=captured.skill)
    with CaptureQueriesContext(connection) as six:
        run()

    assert len(six) == len(one)
