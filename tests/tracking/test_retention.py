"""Old events go, tenant by tenant; what was counted and learned from them stays."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.factories import ApiKeyFactory, SiteSettingsFactory
from tracking.models import SkillDailyUsage, TokenDay, TokenMeasurement, UsageEvent


def age(days: int) -> None:
    moment = timezone.now() - timedelta(days=days)
    UsageEvent.objects.filter(created_at__gt=moment).update(created_at=moment)
    TokenMeasurement.objects.filter(created_at__gt=moment).update(created_at=moment)


def test_events_older_than_the_tenant_keeps_them_are_deleted_in_batches(
    send, event, skill, tenant, capsys
):
    SiteSettingsFactory(tenant=tenant, event_retention_days=30)
    for _ in range(7):
        send(event | {"input_tokens": 1})
    age(31)
    send(event | {"input_tokens": 1})
    call_command("prune_events", "--batch", "3", "--pause", "0")
    assert UsageEvent.objects.count() == TokenMeasurement.objects.count() == 1
    assert "acme: 14 rows deleted" in capsys.readouterr().out
    assert SkillDailyUsage.objects.get().uses == 8


def test_another_tenants_retention_is_its_own(send, event, tenant, charlie, capsys):
    SiteSettingsFactory(tenant=tenant, event_retention_days=30)
    send(event)
    send(event, key=ApiKeyFactory(user=charlie).secret)
    age(31)
    call_command("prune_events")
    assert UsageEvent.objects.get().tenant == charlie.tenant


def test_a_useless_batch_size_is_refused(db):
    with pytest.raises(CommandError, match="--batch"):
        call_command("prune_events", "--batch", "0")


def test_a_day_is_added_up_before_its_events_go(send, event, skill, tenant):
    SiteSettingsFactory(tenant=tenant, event_retention_days=1)
    for _ in range(3):
        send(event | {"input_tokens": 5})
    age(3)
    SkillDailyUsage.objects.update(day=timezone.now().date() - timedelta(days=3), uses=1)
    call_command("prune_events")
    assert not UsageEvent.objects.exists()
    assert TokenDay.objects.get().input_tokens == 15
    assert SkillDailyUsage.objects.get().uses == 3


def test_events_of_a_day_that_is_not_added_up_yet_wait_for_the_next_time(
    send, event, skill, tenant
):
    SiteSettingsFactory(tenant=tenant, event_retention_days=1)
    send(event)
    moment = datetime.combine(timezone.now().date() - timedelta(days=1), time(0), tzinfo=UTC)
    UsageEvent.objects.update(created_at=moment)
    call_command("prune_events")
    assert UsageEvent.objects.exists()
