"""What was deleted, perhaps while a process still remembered it, costs no event; nobody sees it any more."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Tenant, User
from tests.factories import SiteSettingsFactory, SkillFactory
from tracking.models import SkillDailyUsage, TokenDay, TokenMeasurement, UsageEvent

# What was looked up moments ago is remembered still, however slowly a test runs.
pytestmark = pytest.mark.usefixtures("clock")

TOKENS = {"input_tokens": 5, "model_name": "claude-sonnet-4-5"}


@pytest.fixture
def remembered(send, event, skill):
    """The key and the skill were used moments ago, so nobody looks them up again."""
    assert send(event | TOKENS).status_code == 200


def test_events_of_a_skill_that_was_deleted_are_shown_as_of_none(
    send, event, skill, login, bob, remembered
):
    skill.delete()
    assert send(event | TOKENS).status_code == 200
    assert set(UsageEvent.objects.values_list("skill_ref", flat=True)) == {"release-notes"}
    assert not SkillDailyUsage.objects.exists()
    response = login(bob).get(reverse("tracking:usage-overview"))
    assert [(row.title, row.figures.input_tokens) for row in response.context["skill_rows"]] == [
        ("no skill that is here", 10)
    ]


@pytest.mark.parametrize("is_deleted", [True, False])
def test_days_of_a_skill_that_was_deleted_are_added_up_as_of_none(
    send, event, skill, login, bob, remembered, is_deleted
):
    if is_deleted:
        skill.delete()
    TokenMeasurement.objects.update(created_at=timezone.now() - timedelta(days=5))
    UsageEvent.objects.update(created_at=timezone.now() - timedelta(days=5))
    response = login(bob).get(reverse("tracking:usage-overview"))
    assert response.context["usage"].total.input_tokens == 5
    day = TokenDay.objects.get()
    connection.check_constraints()  # as at a commit
    assert (day.skill_id, day.user, day.input_tokens) == (
        None if is_deleted else skill.pk,
        bob,
        5,
    )


def test_a_day_of_a_person_who_slipped_through_is_added_up_as_of_nobody(login, alice, remembered):
    TokenMeasurement.objects.update(
        user=User(pk=uuid4()), created_at=timezone.now() - timedelta(days=5)
    )
    assert login(alice).get(reverse("tracking:usage-overview")).status_code == 200
    connection.check_constraints()  # as at a commit
    assert TokenDay.objects.get().user is None


def test_the_administration_shows_what_a_deleted_skills_event_was(
    send, event, skill, login, ada, remembered
):
    kept = SkillFactory(author=skill.author, slug="kept")
    assert send(event | {"skill_id": "kept"}).status_code == 200
    gone = UsageEvent.objects.get(skill=skill)
    skill.delete()
    assert send(event | {"skill_id": "never-was"}).status_code == 200
    browser = login(ada)
    listing = reverse("admin:tracking_usageevent_changelist")

    def shown(**query):
        listed = browser.get(listing, query).context["cl"].result_list
        return {(row.skill_ref, row.is_skill_here) for row in listed}

    unknown = {("release-notes", False), ("never-was", False)}
    assert shown() == {("kept", True), *unknown}
    assert shown(known="yes") == {(kept.slug, True)}
    assert shown(known="no") == unknown
    tokens = TokenMeasurement.objects.get()
    assert browser.get(reverse("admin:tracking_tokenmeasurement_changelist")).status_code == 200
    for row in (gone, tokens):
        page = browser.get(reverse(f"admin:tracking_{row._meta.model_name}_change", args=[row.pk]))
        assert page.status_code == 200
        assert str(skill.pk) not in page.text


def test_deleting_a_skill_touches_no_event(skill, remembered):
    with CaptureQueriesContext(connection) as queries:
        skill.delete()
    said = " ".join(query["sql"] for query in queries)
    assert "skills_skill" in said
    assert "tracking_usageevent" not in said
    assert "tracking_tokenmeasurement" not in said


def test_a_person_who_was_just_deleted_is_left_out(send, event, bob, remembered):
    key = bob.api_keys.get().pk
    bob.delete()
    assert send(event | TOKENS).status_code == 200
    assert set(UsageEvent.objects.values_list("user", "api_key_id")) == {(None, key)}
    assert set(TokenMeasurement.objects.values_list("user", flat=True)) == {None}


def test_of_an_organisation_that_was_just_deleted_nothing_is_stored(send, event, remembered):
    # As the database sees it when another process has deleted it.
    gone = UsageEvent.objects.get()
    Tenant.objects.filter(pk=gone.tenant_id).delete()
    assert send(event).status_code == 200
    assert not UsageEvent.objects.exists()
    assert not TokenMeasurement.objects.exists()


def test_a_row_that_names_somebody_who_has_gone_is_cleaned_by_the_daily_command(
    send, event, tenant, bob, remembered
):
    SiteSettingsFactory(tenant=tenant, event_retention_days=30)
    nobody = uuid4()
    UsageEvent.objects.update(user=User(pk=nobody))
    TokenMeasurement.objects.update(user=User(pk=nobody))
    send(event)
    call_command("prune_events")
    assert sorted(UsageEvent.objects.values_list("user", flat=True), key=str) == sorted(
        [None, bob.pk], key=str
    )
    assert set(TokenMeasurement.objects.values_list("user", flat=True)) == {None}


def test_only_the_newest_rows_are_searched_for_people_who_have_gone(send, event, remembered):
    old = timezone.now() - timedelta(days=10)
    UsageEvent.objects.update(user=User(pk=uuid4()), created_at=old)
    call_command("prune_events")
    assert UsageEvent.objects.get().user_id is not None


def test_the_skill_of_an_event_needs_no_index(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'tracking_%'")
        indexes = [definition for (definition,) in cursor]
    assert any("tracking_usageevent" in index for index in indexes)
    assert not [
        index
        for index in indexes
        if "skill_id" in index
        and ("tracking_usageevent" in index or "tracking_tokenmeasurement" in index)
    ]
