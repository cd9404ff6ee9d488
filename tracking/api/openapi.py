"""The API's description, OpenAPI 3.1, made from the types that validate: it cannot say anything else than they do."""

from functools import cache
from typing import Any

import msgspec

from tracking.api.problems import CONTENT_TYPE as PROBLEM_TYPE
from tracking.api.problems import Problem
from tracking.api.schema import (
    MAX_BATCH_BYTES,
    MAX_EVENT_BYTES,
    BatchAnswer,
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
        [TrackEvent, TrackBatch, BatchAnswer, ItemStored, Problem],
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
    name: str, summary: str, description: str, *, body: str, answer: dict[str, Any]
) -> dict[str, Any]:
    problems = {
        str(status): {
            "description": description,
            "headers": _headers(EXTRA_HEADERS.get(status, {})),
            "content": _content(PROBLEM_TYPE, "Problem"),
        }
        for status, description in PROBLEMS.items()
    }
    return {
        "operationId": name,
        "summary": summary,
        "description": description,
        "requestBody": {"required": True, "content": _content(JSON_TYPE, body)},
        "responses": {"200": {**answer, "headers": _headers({})}, **problems},
    }


def _content(media_type: str, schema: str) -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _headers(extra: dict[str, str]) -> dict[str, Any]:
    described = {
        "RateLimit-Policy": "The key's limit: `q` events in `w` seconds.",
        "RateLimit": "What is left: `r` events, `t` seconds until the next window.",
        **extra,
    }
    return {
        name: {"description": text, "required": True, "schema": {"type": "string"}}
        for name, text in described.items()
    }
