"""Counts of captures by tenant, day and outcome, kept in the database for the assurance page.

A refused capture must cost next to nothing, since with the gates shut every reported use is one. So a process adds up
in its memory first; see `everyskill/later.py`.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import connection, transaction

from everyskill.later import Later

type Key = tuple[UUID, date, str]

UPSERT = """
INSERT INTO training_capturecount (tenant_id, day, what, count)
SELECT tenant.id, new.day, new.what, new.count
  FROM unnest(%s::uuid[], %s::date[], %s::text[], %s::bigint[]) AS new (tenant_id, day, what, count)
  JOIN accounts_tenant tenant ON tenant.id = new.tenant_id
 ORDER BY 1, 2, 3
    ON CONFLICT (tenant_id, day, what) DO UPDATE SET count = training_capturecount.count + EXCLUDED.count
"""


def count_captures(*, tenant_id: UUID, counts: Mapping[str, int]) -> None:
    """Add to the tenant's counts of today (UTC). Never raises."""
    today = datetime.now(UTC).date()
    _counts.add_all({(tenant_id, today, str(what)): times for what, times in counts.items()})


def write_counts() -> None:
    """Write what this process has counted and not written yet. Never raises; what fails is kept for the next time."""
    _counts.write_now()


def _write(counts: Mapping[Key, int]) -> None:
    columns = [*zip(*counts, strict=True), counts.values()]
    # Its own savepoint: a count that cannot be written must not undo its caller's work.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(UPSERT, [list(column) for column in columns])


_counts: Later[Key] = Later("capture_counts", _write)
