"""What a tracked event looks like, and the one place that judges it. The OpenAPI document is made from this."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from tracking.api.problems import FieldError

MAX_EVENT_BYTES = 64 * 1024
MAX_BATCH_BYTES = 4 * 1024 * 1024
MAX_BATCH_EVENTS = 500
MAX_COUNT = 1_000_000_000

Label = Annotated[str, Meta(min_length=1, max_length=200)]
Snippet = Annotated[
    str,
    Meta(max_length=16_000, description="Redacted before it is kept, and kept only by consent."),
]
Count = Annotated[int, Meta(ge=0, le=MAX_COUNT)]


class TrackEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One use of a skill. Names that are not listed are ignored."""

    skill_id: Annotated[
        str, Meta(min_length=1, max_length=200, description="The skill's id, or its name.")
    ]
    tool_name: Label
    ts: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=64,
            description="When it happened, ISO 8601. Without an offset it is read as UTC.",
            extra_json_schema={"format": "date-time"},
        ),
    ]
    hook_event: Label | UnsetType = UNSET
    event_id: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=200,
                description="Makes repeating safe: an event with a known id is stored once.",
            ),
        ]
        | UnsetType
    ) = UNSET
    session_id: Label | UnsetType = UNSET
    message_id: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=200,
                description="The assistant's message that called the tool: its tokens count once.",
            ),
        ]
        | UnsetType
    ) = UNSET
    tool_input_snippet: Snippet | UnsetType = UNSET
    tool_output_snippet: Snippet | UnsetType = UNSET
    model_name: Annotated[str, Meta(max_length=100)] | UnsetType = UNSET
    input_tokens: Count | UnsetType = UNSET
    output_tokens: Count | UnsetType = UNSET
    cache_read_input_tokens: Count | UnsetType = UNSET
    cache_creation_input_tokens: Count | UnsetType = UNSET
    latency_ms: Count | UnsetType = UNSET


_fields = msgspec.structs.fields(TrackEvent)

# The names that a pointer may show; any other name could be a value in disguise.
KNOWN_NAMES = frozenset({"events", *(field.encode_name for field in _fields)})


class TrackBatch(msgspec.Struct, frozen=True):
    """Several events at once; each is judged by itself, and what is no event gets a problem in its place."""

    events: Annotated[
        list[Any],
        Meta(
            min_length=1,
            max_length=MAX_BATCH_EVENTS,
            extra_json_schema={
                "items": {"anyOf": [{"$ref": "#/components/schemas/TrackEvent"}, {}]}
            },
        ),
    ]


class HookSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a client needs to know before it sends text."""

    capture: Annotated[bool, Meta(description="Whether text may be sent: both gates are open.")]
    gate: Annotated[
        Literal["open", "tenant_off", "no_consent"],
        Meta(description="Which gate is shut, the organisation's first."),
    ]
    personal_data: Annotated[
        bool, Meta(description="Whether personal data must be redacted, too, before text is sent.")
    ]
    snippet_length: Annotated[
        int, Meta(description="Characters of a text that are of use; more would be cut.")
    ]
    max_age: Annotated[
        int, Meta(description="Seconds that this answer may be gone by; then ask again.")
    ]


class ItemStored(msgspec.Struct, frozen=True):
    """The event is stored."""

    status: Literal[200] = 200


class BatchAnswer(msgspec.Struct, frozen=True):
    """One result for each event, in order: stored, or the problem with it."""

    results: Annotated[
        list[Any],
        Meta(
            extra_json_schema={
                "items": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/ItemStored"},
                        {"$ref": "#/components/schemas/Problem"},
                    ]
                }
            }
        ),
    ]


class ReadEvent(msgspec.Struct, frozen=True):
    """An event that was judged good, and its `ts` in UTC."""

    sent: TrackEvent
    happened_at: datetime


class InvalidEvent(Exception):
    """Says all that is wrong with an event, without its values."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__("invalid event")
        self.errors = errors


def read_event(document: Any, *, pointer: str = "") -> ReadEvent:
    """The event in a parsed JSON value. Raises `InvalidEvent` with every error found.

    `pointer` is where the value stands in the request's body.
    """
    try:
        event = msgspec.convert(document, TrackEvent)
    except msgspec.ValidationError:
        raise InvalidEvent(*_errors(document, pointer)) from None
    happened_at = read_time(event.ts)
    if happened_at is None:
        raise InvalidEvent(_time_error(pointer))
    return ReadEvent(event, happened_at)


def _errors(document: Any, pointer: str) -> list[FieldError]:
    if not isinstance(document, dict):
        return [FieldError("Expected an object.", pointer)]
    errors = []
    for field in _fields:
        place = f"{pointer}/{field.encode_name}"
        if field.encode_name not in document:
            if field.required:
                errors.append(FieldError("This field is required.", place))
            continue
        try:
            value = msgspec.convert(document[field.encode_name], field.type)
        except msgspec.ValidationError as error:
            errors.append(FieldError(f"{error}.".replace("`", ""), place))
        else:
            if field.encode_name == "ts" and read_time(value) is None:
                errors.append(_time_error(pointer))
    return errors


def read_time(text: str) -> datetime | None:
    """ISO 8601 as a time in UTC, which it is taken for without an offset; None for anything else."""
    try:
        moment = datetime.fromisoformat(text.upper())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _time_error(pointer: str) -> FieldError:
    return FieldError(
        "Expected a date and time in ISO 8601, such as 2026-01-31T12:00:00Z.", f"{pointer}/ts"
    )
