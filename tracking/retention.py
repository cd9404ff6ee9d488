"""How long events are kept. The days' figures and the training examples stay; both outlive their events."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

from accounts.models import Tenant
from settings_app.models import DEFAULT_EVENT_RETENTION_DAYS
from tracking.models import TokenMeasurement, UsageEvent
from tracking.token_days import add_up_token_days

# The oldest first, found by the index of tenant and time; rows that somebody else has locked are left for next time.
_DELETE = """
    DELETE FROM {table} WHERE id IN (
        SELECT id FROM {table} WHERE tenant_id = %s AND created_at < %s
        ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED
    )
"""


# Beside a deletion that is under way an event may be stored with the person who is being deleted; nothing checks the
# reference. Looked for among the newest, since the command runs daily.
_FORGET = """
    UPDATE {table} SET user_id = NULL
    WHERE tenant_id = %s AND created_at > now() - interval '3 days'
        AND NOT EXISTS (SELECT FROM accounts_user AS person WHERE person.id = user_id) AND user_id IS NOT NULL
"""


def forget_the_gone(*, tenant: Tenant) -> int:
    """Take people whose account has gone out of the tenant's newest rows; how many rows named one."""
    forgotten = 0
    with connection.cursor() as cursor:
        for model in (UsageEvent, TokenMeasurement):
            cursor.execute(
                _FORGET.format(table=connection.ops.quote_name(model._meta.db_table)), [tenant.pk]
            )
            forgotten += cursor.rowcount
    return forgotten


def prune_events(*, tenant: Tenant, batch: int) -> Iterator[int]:
    """Delete the tenant's events and token measurements of before its retention, `batch` rows at a time.

    Their days are added up first; one that cannot be yet, since it ended less than a day ago, waits for the next time.
    Each batch is a transaction of its own, and its row count is yielded. Safe beside ingest and beside itself.
    """
    now = timezone.now()
    unread = add_up_token_days(tenant, today=now.date())
    site_settings = getattr(tenant, "site_settings", None)
    days = site_settings.event_retention_days if site_settings else DEFAULT_EVENT_RETENTION_DAYS
    before = min(
        now - timedelta(days=days), datetime.combine(unread, datetime.min.time(), tzinfo=UTC)
    )
    for model in (UsageEvent, TokenMeasurement):
        statement = _DELETE.format(table=connection.ops.quote_name(model._meta.db_table))
        while True:
            with connection.cursor() as cursor:
                cursor.execute(statement, [tenant.pk, before, batch])
                count = cursor.rowcount
            if not count:
                break
            yield count
