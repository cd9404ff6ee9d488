"""Storing what was tracked: the event and its tokens, in one statement and one commit; then the day's count."""

from collections.abc import Sequence

import msgspec

from accounts.callers import Caller
from everyskill.kept_connections import MOST_KEPT
from settings_app.consent import Gate
from tracking.api.schema import ReadEvent
from tracking.daily_counts import count_uses
from tracking.event_rows import EventRow, make_row
from tracking.event_store import store_rows
from tracking.group_commit import GroupCommit


class StoredEvent(msgspec.Struct, frozen=True):
    """What became of an event. `gate` is None when its event id was known already: then nothing new was stored."""

    id: str
    skill_id: str | None
    tool_name: str
    gate: Gate | None


def insert_tracking_event(*, caller: Caller, event: ReadEvent) -> StoredEvent:
    """Store one event, in one statement with those that other threads store at the moment.

    Returns what became of it once it is committed. An event whose skill is unknown is stored without one. Raises
    `django.db.Error` when it could not be stored.
    """
    row = make_row(caller, event)
    gate = _together.store(row)
    if gate is not None:
        count_uses([row])
    return _stored(row, gate)


def insert_tracking_events(*, caller: Caller, events: Sequence[ReadEvent]) -> list[StoredEvent]:
    """Store a batch of one caller's events, all or none, in a statement of its own; otherwise like one event."""
    if not events:
        return []
    rows = [make_row(caller, event) for event in events]
    gates = store_rows(rows)
    count_uses(row for row, gate in zip(rows, gates, strict=True) if gate is not None)
    return [_stored(row, gate) for row, gate in zip(rows, gates, strict=True)]


# Measured: docs/decisions/0040-one-statement-shared-by-threads.md. `largest` is more than there are threads, so who
# waits is served by the next statement.
_together = GroupCommit(store_rows, writers=MOST_KEPT, largest=200)


def _stored(row: EventRow, gate: Gate | None) -> StoredEvent:
    return StoredEvent(id=row.id, skill_id=row.skill_id, tool_name=row.tool_name, gate=gate)
