"""What was deleted while a process still remembered it is left out of an event, which is stored all the same."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Tenant, User
from tests.factories import SiteSettingsFactory
from tracking.models import SkillDailyUsage, TokenMeasurement, UsageEvent

# What was looked up moments ago is remembered still, however slowly a test runs.
pytestmark = pytest.mark.usefixtures("clock")

TOKENS = {"input_tokens": 5, "model_name": "claude-sonnet-4-5"}


@pytest.fixture
def remembered(send, event, skill):
    """The key and the skill were used moments ago, so nobody looks them up again."""
    assert send(event | TOKENS).status_code == 200


def test_the_skill_of_an_event_that_was_just_deleted_is_left_out(send, event, skill, remembered):
    skill.delete()
    assert send(event | TOKENS).status_code == 200
    stored = UsageEvent.objects.latest("id")
    assert (stored.skill_id, stored.skill_ref) == (None, "release-notes")
    assert set(TokenMeasurement.objects.values_list("skill", flat=True)) == {None}
    assert not SkillDailyUsage.objects.exists()


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
