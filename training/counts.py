"""Counts of captures by tenant, day and outcome, kept in the database for the assurance page.

A refused capture must cost next to nothing, since with the gates shut every reported use is one. So a process adds up
in its memory and writes at most once in `CAPTURE_WRITE_SECONDS`: the first count after a quiet time at once, the
others with the next write, which a timer makes if nothing else does. A killed process loses its last interval's counts.
"""

import atexit
import logging
import threading
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction

logger = logging.getLogger(__name__)

type Key = tuple[UUID, date, str]

UPSERT = """
INSERT INTO training_capturecount (tenant_id, day, what, count)
SELECT tenant.id, new.day, new.what, new.count
  FROM unnest(%s::uuid[], %s::date[], %s::text[], %s::bigint[]) AS new (tenant_id, day, what, count)
  JOIN accounts_tenant tenant ON tenant.id = new.tenant_id
 ORDER BY 1, 2, 3
    ON CONFLICT (tenant_id, day, what) DO UPDATE SET count = training_capturecount.count + EXCLUDED.count
"""

_lock = threading.Lock()
_pending: Counter[Key] = Counter()
_written_at = 0.0
_timer: threading.Timer | None = None


def count_captures(*, tenant_id: UUID, counts: Mapping[str, int]) -> None:
    """Add to the tenant's counts of today (UTC). Never raises."""
    global _timer
    if not counts:
        return
    today = datetime.now(UTC).date()
    with _lock:
        for what, times in counts.items():
            _pending[tenant_id, today, str(what)] += times
        wait = _written_at + settings.CAPTURE_WRITE_SECONDS - time.monotonic()
        if wait > 0:
            if _timer is None:
                _timer = threading.Timer(wait, _write_from_timer)
                _timer.daemon = True
                _timer.start()
            return
    write_counts()


def write_counts() -> None:
    """Write what this process has counted and not written yet. Never raises; what fails is kept for the next time."""
    global _written_at
    with _lock:
        taken = Counter(_pending)
        _pending.clear()
        _written_at = time.monotonic()
    if not taken:
        return
    columns = [*zip(*taken, strict=True), taken.values()]
    try:
        # Its own savepoint: a count that cannot be written must not undo its caller's work.
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(UPSERT, [list(column) for column in columns])
    except DatabaseError as error:
        logger.warning("capture counts not written: %s", type(error).__name__)
        with _lock:
            _pending.update(taken)


def _write_from_timer() -> None:
    global _timer
    with _lock:
        _timer = None
    try:
        write_counts()
    finally:
        connections.close_all()


# After the capture pool has drained: its threads are joined before the handlers registered here run.
atexit.register(write_counts)
