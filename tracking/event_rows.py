"""What of a tracked event is kept, as one row for the inserting statement. None of its text is."""

from datetime import UTC, datetime

import msgspec
from msgspec import UNSET, UnsetType
from uuid_utils import uuid7

from accounts.callers import Caller
from tracking.api.schema import ReadEvent, TrackEvent
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


class EventRow(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One event as the statement takes it: what is no number is text. Without a `token_id` it came without tokens."""

    id: str
    tenant_id: str
    user_id: str
    api_key_id: str
    skill_id: str | None
    skill_ref: str
    tool_name: str
    event_id: str | None
    metadata: Metadata
    created_at: str
    token_id: str | None = None
    message_id: str | None = None
    model_name: str | None = None
    model_provider: str | None = None
    input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    output_tokens: int | None = None
    latency_ms: int | None = None
    cost_microdollars: int | None = None


def make_row(caller: Caller, event: ReadEvent) -> EventRow:
    """The row of a judged event. An event whose skill is unknown gets a row without one."""
    sent = event.sent
    now = datetime.now(UTC)
    skill = find_skill(tenant_id=caller.tenant_id, reference=sent.skill_id)
    skill_ref = clean_label(sent.skill_id)
    row = EventRow(
        id=str(uuid7()),
        tenant_id=caller.tenant_text,
        user_id=caller.user_text,
        api_key_id=caller.key_text,
        skill_id=skill.id if skill else None,
        skill_ref=skill_ref,
        tool_name=clean_label(sent.tool_name),
        event_id=_id(sent.event_id),
        metadata=Metadata(
            source="hook",
            skill_name=skill.slug if skill else skill_ref,
            client_timestamp=event.happened_at,
            server_timestamp=now,
            hook_event=clean_label(sent.hook_event) if sent.hook_event else UNSET,
            session_id=clean_id(sent.session_id) if sent.session_id else UNSET,
            latency_ms=sent.latency_ms,
            input_length=UNSET if (text := sent.tool_input_snippet) is UNSET else len(text),
            output_length=UNSET if (text := sent.tool_output_snippet) is UNSET else len(text),
        ),
        created_at=str(now),
    )
    _add_tokens(row, caller, event)
    return row


def _add_tokens(row: EventRow, caller: Caller, event: ReadEvent) -> None:
    sent: TrackEvent = event.sent
    if (
        sent.input_tokens is UNSET
        and sent.cache_read_input_tokens is UNSET
        and sent.cache_creation_input_tokens is UNSET
        and sent.output_tokens is UNSET
    ):
        return
    tokens = Tokens(
        input=sent.input_tokens or 0,
        cache_read=sent.cache_read_input_tokens or 0,
        cache_creation=sent.cache_creation_input_tokens or 0,
        output=sent.output_tokens or 0,
    )
    model_name = clean_label(sent.model_name) if sent.model_name else ""
    row.token_id = str(uuid7())
    row.message_id = _id(sent.message_id)
    row.model_name = model_name[:100]
    row.model_provider = provider_of(model_name)
    row.input_tokens = tokens.input
    row.cache_read_input_tokens = tokens.cache_read
    row.cache_creation_input_tokens = tokens.cache_creation
    row.output_tokens = tokens.output
    row.latency_ms = None if sent.latency_ms is UNSET else sent.latency_ms
    row.cost_microdollars = cost_in_microdollars(
        tokens, model_name=model_name, tenant_id=caller.tenant_id, day=event.happened_at.date()
    )


def _id(text: str | UnsetType) -> str | None:
    return None if text is UNSET else clean_id(text)
