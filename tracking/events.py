"""Storing what was tracked: the event, its tokens and the day's count, in one statement and one commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import IntegrityError, OperationalError, connection
from msgspec import UNSET, UnsetType
from uuid_utils.compat import uuid7

from accounts import callers
from accounts.callers import Caller
from settings_app.consent import Gate
from tracking import outages, skill_references
from tracking.api.schema import ReadEvent, TrackEvent
from tracking.group_commit import GroupCommit
from tracking.labels import clean_id, clean_label
from tracking.prices import Tokens, cost_in_microdollars, provider_of
from tracking.skill_references import find_skill


class Metadata(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an event says of its use, without any of its text."""

    source: str
    skill_name: str
    client_timestamp: datetime
    server_timestamp: datetime
    hook_event: str | UnsetType = UNSET
    session_id: str | UnsetType = UNSET
    latency_ms: int | UnsetType = UNSET
    input_length: int | UnsetType = UNSET
    output_length: int | UnsetType = UNSET


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """One event as the statement takes it; the token columns are null when the event came without tokens."""

    id: UUID
    tenant_id: UUID
    user_id: UUID
    api_key_id: UUID
    skill_id: UUID | None
    skill_ref: str
    tool_name: str
    event_id: str | None
    metadata: Metadata
    created_at: datetime
    has_tokens: bool
    token_id: UUID | None = None
    message_id: str | None = None
    model_name: str = ""
    model_provider: str = ""
    input_tokens: int = 0
    cache_read_input_tokens: int = 0
    cache_creation_input_tokens: int = 0
    output_tokens: int = 0
    latency_ms: int | None = None
    cost_microdollars: int | None = None


# One round trip and one commit for any number of events. A row that is known already (by its id, when a broken
# connection made us ask twice, or by the client's event id) is left as it is and not returned. Both inserts go in
# the order of their unique keys, so that two statements with the same events cannot wait for each other in a ring.
# What the gate says at this moment comes back with the row: with a gate shut no capture need be handed over. The
# capture itself asks again, and holds it.
_INSERT = """
    WITH incoming AS MATERIALIZED (
        SELECT * FROM json_to_recordset(%s::json) AS row (
            id uuid, tenant_id uuid, user_id uuid, api_key_id uuid, skill_id uuid, skill_ref text, tool_name text,
            event_id text, metadata jsonb, created_at timestamptz, has_tokens boolean, token_id uuid,
            message_id text, model_name text, model_provider text, input_tokens bigint,
            cache_read_input_tokens bigint, cache_creation_input_tokens bigint, output_tokens bigint,
            latency_ms bigint, cost_microdollars bigint
        )
    ), stored AS (
        INSERT INTO tracking_usageevent
            (id, tenant_id, user_id, api_key_id, skill_id, skill_ref, tool_name, event_id, metadata, created_at)
        SELECT id, tenant_id, user_id, api_key_id, skill_id, skill_ref, tool_name, event_id, metadata, created_at
        FROM incoming ORDER BY event_id, id
        ON CONFLICT DO NOTHING
        RETURNING id, tenant_id, skill_id, user_id, created_at
    ), counted AS (
        INSERT INTO tracking_skilldailyusage AS daily (tenant_id, skill_id, user_id, day, uses)
        SELECT tenant_id, skill_id, user_id, (created_at AT TIME ZONE 'UTC')::date AS day, count(*)
        FROM stored WHERE skill_id IS NOT NULL
        GROUP BY tenant_id, skill_id, user_id, day ORDER BY skill_id, user_id, day
        ON CONFLICT (skill_id, user_id, day) DO UPDATE SET uses = daily.uses + EXCLUDED.uses
    ), measured AS (
        INSERT INTO tracking_tokenmeasurement
            (id, tenant_id, user_id, skill_id, usage_event_id, message_id, model_name, model_provider, input_tokens,
             cache_read_input_tokens, cache_creation_input_tokens, output_tokens, latency_ms, cost_microdollars,
             created_at)
        SELECT token_id, tenant_id, user_id, skill_id, id, message_id, model_name, model_provider, input_tokens,
            cache_read_input_tokens, cache_creation_input_tokens, output_tokens, latency_ms, cost_microdollars,
            created_at
        FROM incoming JOIN (SELECT id FROM stored) AS new USING (id) WHERE has_tokens ORDER BY message_id, id
        ON CONFLICT DO NOTHING
    )
    SELECT stored.id,
        EXISTS (SELECT FROM settings_app_sitesettings AS site
                WHERE site.tenant_id = stored.tenant_id AND site.training_data_capture_enabled),
        EXISTS (SELECT FROM settings_app_userpreferences AS person
                WHERE person.user_id = stored.user_id AND person.training_data_consent)
    FROM stored
"""


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """What became of an event. `gate` is None when its event id was known already: then nothing new was stored."""

    id: UUID
    skill_id: UUID | None
    tool_name: str
    gate: Gate | None


def insert_tracking_event(*, caller: Caller, event: ReadEvent) -> StoredEvent:
    """Store one event, in one statement with those that other threads store at the moment.

    Returns what became of it once it is committed. An event whose skill is unknown is stored without one. Raises
    `django.db.Error` when it could not be stored.
    """
    row = _row(caller, event.sent, event.happened_at)
    try:
        gate = _together.store(row)
    except IntegrityError:
        # A skill, or the key, was deleted while it was remembered here.
        _forget_all()
        row = _row(caller, event.sent, event.happened_at)
        gate = _together.store(row)
    return _stored(row, gate)


def insert_tracking_events(*, caller: Caller, events: Sequence[ReadEvent]) -> list[StoredEvent]:
    """Store a batch of one caller's events, all or none, in a statement of its own; otherwise like one event."""
    if not events:
        return []
    rows = [_row(caller, event.sent, event.happened_at) for event in events]
    try:
        gates = store_rows(rows)
    except IntegrityError:
        _forget_all()
        rows = [_row(caller, event.sent, event.happened_at) for event in events]
        gates = store_rows(rows)
    return [_stored(row, gate) for row, gate in zip(rows, gates, strict=True)]


def store_rows(rows: Sequence[EventRow]) -> list[Gate | None]:
    """Run the statement; each row's gate as the statement saw it, None for a row that was known already.

    A connection that broke, or a deadlock, is tried once more: the rows' ids make that safe. A row that the first
    try had committed counts as known then, so its capture is left out.
    """
    try:
        return _run(rows)
    except OperationalError as error:
        if connection.in_atomic_block or not outages.is_worth_repeating(error):
            raise
        outages.drop_dead_connections()
        return _run(rows)


def _run(rows: Sequence[EventRow]) -> list[Gate | None]:
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [msgspec.json.encode(rows).decode()])
        gates = {id: _gate(*decisions) for id, *decisions in cursor.fetchall()}
    return [gates.get(row.id) for row in rows]


def _gate(tenant_says: bool, person_says: bool) -> Gate:
    if not tenant_says:
        return Gate.TENANT_OFF
    return Gate.OPEN if person_says else Gate.NO_CONSENT


# Measured: docs/decisions/0040-one-statement-shared-by-threads.md. `largest` is more than there are threads, so who
# waits is served by the next statement.
_together = GroupCommit(store_rows, writers=4, largest=200)


def _stored(row: EventRow, gate: Gate | None) -> StoredEvent:
    return StoredEvent(id=row.id, skill_id=row.skill_id, tool_name=row.tool_name, gate=gate)


def _forget_all() -> None:
    callers.forget_all()
    skill_references.forget_all()


def _row(caller: Caller, event: TrackEvent, happened_at: datetime) -> EventRow:
    now = datetime.now(UTC)
    skill = find_skill(tenant_id=caller.tenant_id, reference=event.skill_id)
    skill_ref = clean_label(event.skill_id)
    return EventRow(
        id=uuid7(),
        tenant_id=caller.tenant_id,
        user_id=caller.user_id,
        api_key_id=caller.key_id,
        skill_id=skill.id if skill else None,
        skill_ref=skill_ref,
        tool_name=clean_label(event.tool_name),
        event_id=_given(event.event_id, clean_id),
        metadata=Metadata(
            source="hook",
            skill_name=skill.slug if skill else skill_ref,
            client_timestamp=happened_at,
            server_timestamp=now,
            hook_event=clean_label(event.hook_event) if event.hook_event else UNSET,
            session_id=clean_id(event.session_id) if event.session_id else UNSET,
            latency_ms=event.latency_ms,
            input_length=_length(event.tool_input_snippet),
            output_length=_length(event.tool_output_snippet),
        ),
        created_at=now,
        **_tokens(caller, event, happened_at),
    )


def _tokens(caller: Caller, event: TrackEvent, happened_at: datetime) -> dict[str, Any]:
    counts = (
        event.input_tokens,
        event.cache_read_input_tokens,
        event.cache_creation_input_tokens,
        event.output_tokens,
    )
    if all(count is UNSET for count in counts):
        return {"has_tokens": False}
    tokens = Tokens(*(count or 0 for count in counts))
    model_name = clean_label(event.model_name) if event.model_name else ""
    return {
        "has_tokens": True,
        "token_id": uuid7(),
        "message_id": _given(event.message_id, clean_id),
        "model_name": model_name[:100],
        "model_provider": provider_of(model_name),
        "input_tokens": tokens.input,
        "cache_read_input_tokens": tokens.cache_read,
        "cache_creation_input_tokens": tokens.cache_creation,
        "output_tokens": tokens.output,
        "latency_ms": None if event.latency_ms is UNSET else event.latency_ms,
        "cost_microdollars": cost_in_microdollars(
            tokens, model_name=model_name, tenant_id=caller.tenant_id, day=happened_at.date()
        ),
    }


def _given(text: str | UnsetType, clean: Any) -> str | None:
    return None if text is UNSET else clean(text)


def _length(snippet: str | UnsetType) -> int | UnsetType:
    return UNSET if snippet is UNSET else len(snippet)
