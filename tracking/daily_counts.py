"""Each person's uses of a skill by the day, counted beside the events' own statement.

What a process stored is added up in its memory and written once a second (`everyskill/later.py`), so that a use costs
its answer nothing and no two uses wait for one row. A killed process loses its last second's
counts, not its events, and so does a connection that broke after an event's commit: when a day is over, it is counted
again from them. A connection that breaks while the counts are committed may have them counted twice.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import connection, transaction

from accounts.models import Tenant
from everyskill.later import Later
from tracking.event_rows import EventRow

# Tenant, skill, person and day, as text.
type Key = tuple[str, str, str, str]

# Who or what was deleted meanwhile is left out, or counted for nobody. Both statements go in the order of the unique
# key, so that two cannot wait for each other in a ring.
_ADD = """
    INSERT INTO tracking_skilldailyusage AS daily (tenant_id, skill_id, user_id, day, uses)
    SELECT skill.tenant_id, skill.id, person.id, new.day, new.uses
    FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::date[], %s::bigint[])
        AS new (tenant_id, skill_id, user_id, day, uses)
    JOIN skills_skill AS skill ON skill.id = new.skill_id AND skill.tenant_id = new.tenant_id
    LEFT JOIN accounts_user AS person ON person.id = new.user_id
    ORDER BY 2, 3, 4
    ON CONFLICT (skill_id, user_id, day) DO UPDATE SET uses = daily.uses + EXCLUDED.uses
"""
_COUNT_AGAIN = """
    INSERT INTO tracking_skilldailyusage AS daily (tenant_id, skill_id, user_id, day, uses)
    SELECT event.tenant_id, skill_id, user_id, (event.created_at AT TIME ZONE 'UTC')::date AS day, count(*)
    FROM tracking_usageevent AS event
    JOIN skills_skill AS skill ON skill.id = event.skill_id
    JOIN accounts_user AS person ON person.id = event.user_id
    WHERE event.tenant_id = %(tenant)s
        AND event.created_at >= (%(first)s::date::timestamp AT TIME ZONE 'UTC')
        AND event.created_at < ((%(last)s::date + 1)::timestamp AT TIME ZONE 'UTC')
    GROUP BY event.tenant_id, skill_id, user_id, day
    ORDER BY skill_id, user_id, day
    ON CONFLICT (skill_id, user_id, day) DO UPDATE SET uses = EXCLUDED.uses WHERE daily.uses < EXCLUDED.uses
"""


def count_uses(rows: Iterable[EventRow]) -> None:
    """Count events, just stored, on the day (UTC) that they were stored. Never raises."""
    uses: dict[Key, int] = {}
    for row in rows:
        if row.skill_id is not None:
            key = row.tenant_id, row.skill_id, row.user_id, row.created_at[: len("2026-01-31")]
            uses[key] = uses.get(key, 0) + 1
    if uses:
        _counts.add_all(uses)


def count_again(tenant: Tenant, *, first: date, last: date) -> None:
    """Raise the counts of these days to what the events say; events that were pruned lower none."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_AGAIN, {"tenant": tenant.pk, "first": first, "last": last})


def _write(counts: Mapping[Key, int]) -> None:
    columns = [*zip(*counts, strict=True), counts.values()]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_ADD, [list(column) for column in columns])


_counts: Later[Key] = Later("daily_uses", _write)
