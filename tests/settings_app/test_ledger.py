"""The ledger: what a row holds, how rows are chained, and that the database refuses to change them."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from accounts.models import Tenant, User
from settings_app import wording
from settings_app.decisions import give_consent, switch_capture_on
from settings_app.ledger import GENESIS, chain_problems, hash_of, hold_chain
from settings_app.models import ConsentChain, ConsentRecord, Decision, Surface

TABLES = ["settings_app_consentrecord", "settings_app_consentchain"]


def test_it_says_who_decided_what_on_which_words_where_and_when(bob: User) -> None:
    before = datetime.now(UTC)
    record = give_consent(user=bob, surface=Surface.PREFERENCES_PAGE)
    record.refresh_from_db()

    assert record.tenant_id == bob.tenant_id
    assert record.decision == Decision.CONSENT_GIVEN
    assert record.actor_id == record.subject_id == bob.pk
    assert record.wording_name == "training-consent"
    assert record.wording_version == wording.CONSENT.version
    assert record.wording_sha256 == wording.CONSENT.sha256
    assert record.language == "en"
    assert record.surface == Surface.PREFERENCES_PAGE
    assert before <= record.recorded_at <= datetime.now(UTC)


def test_it_chains_the_rows_of_a_tenant(ada: User, bob: User) -> None:
    first = switch_capture_on(tenant=ada.tenant, actor=ada, surface=Surface.CAPTURE_PAGE)
    second = give_consent(user=bob, surface=Surface.PREFERENCES_PAGE)

    assert (first.sequence, first.previous_hash) == (1, GENESIS)
    assert (second.sequence, second.previous_hash) == (2, first.record_hash)
    assert ConsentChain.objects.get(pk=ada.tenant_id).head_hash == second.record_hash
    assert list(chain_problems(ada.tenant_id)) == []


def test_it_keeps_a_chain_for_each_tenant(bob: User, charlie: User) -> None:
    give_consent(user=bob, surface=Surface.PREFERENCES_PAGE)
    record = give_consent(user=charlie, surface=Surface.PREFERENCES_PAGE)

    assert (record.sequence, record.previous_hash) == (1, GENESIS)


def test_its_hash_is_the_same_when_read_again(bob: User) -> None:
    record = give_consent(user=bob, surface=Surface.PREFERENCES_PAGE)

    assert hash_of(ConsentRecord.objects.get(pk=record.pk)) == record.record_hash


def test_a_chain_is_only_held_inside_a_transaction() -> None:
    with pytest.raises(TransactionManagementError):
        hold_chain(tenant_id=None)


@pytest.mark.parametrize("table", TABLES)
def test_the_database_refuses_delete(bob: User, table: str) -> None:
    give_consent(user=bob, surface=Surface.PREFERENCES_PAGE)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", TABLES)
def test_the_database_refuses_truncate(bob: User, table: str) -> None:
    give_consent(user=bob, surface=Surface.PREFERENCES_PAGE)
    trigger = table.replace("settings_app_consent", "consent_") + "_never_truncated"
    with connection.cursor() as cursor:
        # A table with constraint checks still waiting cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")

    with pytest.raises(DatabaseError, match="append-only"):
        connection.cursor().execute(f"TRUNCATE {table} CASCADE")


def test_the_database_refuses_update(bob: User) -> None:
    record = give_consent(user=bob, surface=Surface.PREFERENCES_PAGE)

    with pytest.raises(DatabaseError, match="append-only"):
        ConsentRecord.objects.filter(pk=record.pk).update(decision=Decision.CONSENT_WITHDRAWN)


def test_the_database_refuses_update_from_a_replication_role_too(bob: User) -> None:
    record = give_consent(user=bob, surface=Surface.PREFERENCES_PAGE)
    connection.cursor().execute("SET LOCAL session_replication_role = replica")

    with pytest.raises(DatabaseError, match="append-only"):
        ConsentRecord.objects.filter(pk=record.pk).update(decision=Decision.CONSENT_WITHDRAWN)


def test_the_database_refuses_to_move_a_chains_end_back(bob: User) -> None:
    give_consent(user=bob, surface=Surface.PREFERENCES_PAGE)

    with pytest.raises(DatabaseError, match="one row at a time"), transaction.atomic():
        ConsentChain.objects.update(length=0, head_hash=GENESIS)


def test_the_database_refuses_a_consent_given_by_somebody_else(ada: User, bob: User) -> None:
    with (
        pytest.raises(IntegrityError, match="consent_is_a_persons_own"),
        transaction.atomic(),
    ):
        hold_chain(bob.tenant_id).append(
            decision=Decision.CONSENT_GIVEN,
            wording=wording.CONSENT,
            surface=Surface.ADMIN_SITE,
            actor_id=ada.pk,
            subject_id=bob.pk,
        )


def test_it_outlives_the_tenant_and_then_names_nobody(bob: User, tenant: Tenant) -> None:
    record = give_consent(user=bob, surface=Surface.PREFERENCES_PAGE)
    tenant_id, bob_id = tenant.pk, bob.pk

    tenant.delete()

    assert not User.objects.filter(pk=bob_id).exists()
    kept = ConsentRecord.objects.get(pk=record.pk)
    assert (kept.tenant_id, kept.subject_id) == (tenant_id, bob_id)
    assert list(chain_problems(tenant_id)) == []
