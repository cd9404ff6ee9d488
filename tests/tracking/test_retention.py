"""Old events go, tenant by tenant; what was counted and learned from them stays."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.factories import ApiKeyFactory, SiteSettingsFactory
from tracking.models import SkillDailyUsage, TokenMeasurement, UsageEvent


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
