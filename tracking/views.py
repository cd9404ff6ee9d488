"""The endpoints that agents call at every use of a skill."""

from typing import Any
from uuid import UUID

import msgspec

from everyskill.answers import Answer
from everyskill.jobs import Group, Job
from settings_app.consent import Gate
from tracking.api.bodies import CONTENT_TYPE, read_body, read_json_object
from tracking.api.endpoint import ApiRequest, api_view, over_limit
from tracking.api.problems import FieldError, Problem, malformed
from tracking.api.rate_limits import Allowance, spend_more
from tracking.api.schema import (
    MAX_BATCH_BYTES,
    MAX_BATCH_EVENTS,
    MAX_EVENT_BYTES,
    BatchAnswer,
    InvalidEvent,
    ItemStored,
    ReadEvent,
    read_event,
)
from tracking.events import StoredEvent, insert_tracking_event, insert_tracking_events
from training.capture import capture_usage_as_training, capture_waiting, note_refused


@api_view("POST")
def track(request: ApiRequest) -> Answer:
    """Store one event: 200 with an empty body once it is committed, also for an `event_id` known already."""
    body = read_body(request, max_bytes=MAX_EVENT_BYTES)
    try:
        event = read_event(read_json_object(body))
    except InvalidEvent as invalid:
        raise malformed(*invalid.errors) from None
    stored = insert_tracking_event(caller=request.api_key, event=event)
    return Answer(jobs=captures_later(request, [(event, stored)]))


@api_view("POST")
def track_batch(request: ApiRequest) -> Answer:
    """Store up to 500 events in one statement: one result per event in order, the good ones stored.

    Each event is a unit of the key's rate limit; those past it get a 429 of their own, and the answer says in
    `Retry-After` when to send them again. The whole answer is a problem only when nothing was stored of any: no list
    of events, no key, or 503.
    """
    document = read_json_object(read_body(request, max_bytes=MAX_BATCH_BYTES))
    items = document.get("events")
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_BATCH_EVENTS:
        raise malformed(
            FieldError(f"Expected a list of 1 to {MAX_BATCH_EVENTS} events.", "/events")
        )
    request.allowance = spend_more(request.api_key, request.allowance, len(items) - 1)
    judged = [judge(item, index, request.allowance) for index, item in enumerate(items)]
    good = [event for event in judged if isinstance(event, ReadEvent)]
    stored = insert_tracking_events(caller=request.api_key, events=good)
    results = [ItemStored() if isinstance(event, ReadEvent) else event for event in judged]
    headers = {"Content-Type": CONTENT_TYPE}
    if request.allowance.granted < len(items):
        headers["Retry-After"] = str(request.allowance.reset_seconds)
    return Answer(
        headers=headers,
        body=msgspec.json.encode(BatchAnswer(results=results)),
        jobs=captures_later(request, list(zip(good, stored, strict=True))),
    )


def judge(item: Any, index: int, allowance: Allowance) -> ReadEvent | Problem:
    """The event of a batch's item, or the problem that stands in its place."""
    if index >= allowance.granted:
        return over_limit(allowance).problem
    try:
        return read_event(item, pointer=f"/events/{index}")
    except InvalidEvent as invalid:
        return malformed(*invalid.errors).problem


def captures_later(
    request: ApiRequest, events: list[tuple[ReadEvent, StoredEvent]]
) -> tuple[Job, ...]:
    """The captures to hand over: of new events with both texts and a known skill. One person's may run together."""
    worth = [(event, stored) for event, stored in events if is_worth_capturing(event, stored)]
    if not worth:
        return ()
    group = Group((request.api_key.tenant_id, request.api_key.user_id), capture_waiting)
    return tuple(
        Job(
            job_id=(usage_event_id := UUID(stored.id)),
            function=capture_usage_as_training,
            kwargs={
                "usage_event_id": usage_event_id,
                "tenant_id": request.api_key.tenant_id,
                "user_id": request.api_key.user_id,
                "skill_id": UUID(stored.skill_id),
                "tool_name": stored.tool_name,
                "input_text": event.sent.tool_input_snippet,
                "output_text": event.sent.tool_output_snippet,
            },
            group=group,
        )
        for event, stored in worth
    )


def is_worth_capturing(event: ReadEvent, stored: StoredEvent) -> bool:
    """Whether to hand the capture over. A gate found shut is counted as what the capture would have said."""
    if not (
        stored.gate
        and stored.skill_id
        and event.sent.tool_input_snippet
        and event.sent.tool_output_snippet
    ):
        return False
    if stored.gate is not Gate.OPEN:
        note_refused(stored.gate)
        return False
    return True
