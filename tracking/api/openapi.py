"""The API's description, OpenAPI 3.1, made from the types that validate: it cannot say anything else than they do."""

from collections.abc import Container
from functools import cache
from typing import Any

import msgspec

from tracking.api.problems import CONTENT_TYPE as PROBLEM_TYPE
from tracking.api.problems import Problem
from tracking.api.schema import (
    MAX_BATCH_BYTES,
    MAX_EVENT_BYTES,
    BatchAnswer,
    HookSettings,
    ItemStored,
    TrackBatch,
    TrackEvent,
)

JSON_TYPE = "application/json"

PROBLEMS = {
    400: "The body is malformed. Sending it again unchanged is useless.",
    401: "The key is missing, unknown, revoked or expired. One and the same answer for each.",
    405: "Another method.",
    413: "The body is too large. Nothing of it was read.",
    415: "Another content type.",
    429: "The key has used up its minute.",
    503: "The event could not be stored. Keep it and send it again.",
}
WITHOUT_BODY = (401, 405, 429, 503)
EXTRA_HEADERS = {
    401: {"WWW-Authenticate": "The scheme: Bearer."},
    405: {"Allow": "The method to use."},
    429: {"Retry-After": "Seconds until the next minute."},
    503: {"Retry-After": "Seconds to wait before trying again."},
}


@cache
def document() -> dict[str, Any]:
    """The whole document as JSON-ready values."""
    _, schemas = msgspec.json.schema_components(
        [TrackEvent, TrackBatch, BatchAnswer, ItemStored, HookSettings, Problem],
        ref_template="#/components/schemas/{name}",
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "EverySkill",
            "version": "1",
            "description": "Agents report here each use of a skill. An event that was answered 200 is stored.",
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": {
            "/api/track": {
                "post": _operation(
                    "track",
                    "Report one use of a skill",
                    f"Up to {MAX_EVENT_BYTES // 1024} KiB. A repeated `event_id` is answered alike and stored once.",
                    body="TrackEvent",
                    answer={"description": "The event is stored. The body is empty."},
                )
            },
            "/api/track/batch": {
                "post": _operation(
                    "track_batch",
                    "Report several uses at once",
                    f"Up to {MAX_BATCH_BYTES // 1024**2} MiB. Good events are stored even when others are bad: "
                    "`results` has one entry for each event, in order.",
                    body="TrackBatch",
                    answer={
                        "description": "Every event was judged.",
                        "content": _content(JSON_TYPE, "BatchAnswer"),
                    },
                    extra={
                        "Retry-After": "Only when an event was answered 429: seconds until the next minute."
                    },
                )
            },
            "/api/hook-settings": {
                "get": _operation(
                    "hook_settings",
                    "Ask whether text may be sent",
                    "Whether both gates are open for the key's person, and how text must be prepared.",
                    answer={
                        "description": "The settings for this key.",
                        "content": _content(JSON_TYPE, "HookSettings"),
                    },
                    problems=WITHOUT_BODY,
                )
            },
        },
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key: esk_…"}
            },
        },
    }


def _operation(
    name: str,
    summary: str,
    description: str,
    *,
    answer: dict[str, Any],
    body: str = "",
    problems: Container[int] = PROBLEMS,
    extra: dict[str, str] | None = None,
) -> dict[str, Any]:
    """An operation that can fail with these `problems`; `extra` headers of its 200 are not always there."""
    headers = _headers({}) | _headers(extra or {}, always={}, required=False)
    responses = {"200": {**answer, "headers": headers}} | {
        str(status): {
            "description": said,
            "headers": _headers(EXTRA_HEADERS.get(status, {})),
            "content": _content(PROBLEM_TYPE, "Problem"),
        }
        for status, said in PROBLEMS.items()
        if status in problems
    }
    operation = {
        "operationId": name,
        "summary": summary,
        "description": description,
        "responses": responses,
    }
    if body:
        operation["requestBody"] = {"required": True, "content": _content(JSON_TYPE, body)}
    return operation


def _content(media_type: str, schema: str) -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


ALWAYS = {
    "RateLimit-Policy": "The key's limit: `q` events in `w` seconds.",
    "RateLimit": "What is left: `r` events, `t` seconds until the next window.",
}


def _headers(
    extra: dict[str, str], *, always: dict[str, str] = ALWAYS, required: bool = True
) -> dict[str, Any]:
    return {
        name: {"description": text, "required": required, "schema": {"type": "string"}}
        for name, text in (always | extra).items()
    }
