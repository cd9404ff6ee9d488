"""How long events are kept. The days' counts and the training examples stay; both outlive their events."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import Tenant
from settings_app.models import DEFAULT_EVENT_RETENTION_DAYS
from tracking.models import TokenMeasurement, UsageEvent

# The oldest first, found by the index of tenant and time; rows that somebody else has locked are left for next time.
_DELETE = """
    DELETE FROM {table} WHERE id IN (
        SELECT id FROM {table} WHERE tenant_id = %s AND created_at < %s
        ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED
    )
"""


def prune_events(*, tenant: Tenant, batch: int) -> Iterator[int]:
    """Delete the tenant's events and token measurements of before its retention, `batch` rows at a time.

    Each batch is a transaction of its own, and its row count is yielded. Safe beside ingest and beside itself.
    """
    site_settings = getattr(tenant, "site_settings", None)
    days = site_settings.event_retention_days if site_settings else DEFAULT_EVENT_RETENTION_DAYS
    before = timezone.now() - timedelta(days=days)
    for model in (UsageEvent, TokenMeasurement):
        statement = _DELETE.format(table=connection.ops.quote_name(model._meta.db_table))
        while True:
            with connection.cursor() as cursor:
                cursor.execute(statement, [tenant.pk, before, batch])
                count = cursor.rowcount
            if not count:
                break
            yield count
