"""The endpoint that agents call at every use of a skill."""

from http import HTTPStatus

from django.http import HttpResponse

from everyskill.after_response import HandOverResponse, Job
from tracking.api.bodies import read_json_object
from tracking.api.endpoint import ApiRequest, api_view
from tracking.api.problems import malformed
from tracking.api.schema import InvalidEvent, TrackEvent, read_event
from tracking.events import StoredEvent, insert_tracking_event
from training.capture import capture_usage_as_training

MAX_EVENT_BYTES = 64 * 1024


@api_view("POST")
def track(request: ApiRequest) -> HttpResponse:
    """Store one event: 200 with an empty body once it is committed, also for an `event_id` known already."""
    document = read_json_object(request, max_bytes=MAX_EVENT_BYTES)
    try:
        event, happened_at = read_event(document)
    except InvalidEvent as invalid:
        raise malformed(*invalid.errors) from None
    stored = insert_tracking_event(caller=request.api_key, event=event, happened_at=happened_at)
    response = HandOverResponse(status=HTTPStatus.OK)
    del response.headers["Content-Type"]
    response.jobs = captures_later(request, event, stored)
    return response


def captures_later(request: ApiRequest, event: TrackEvent, stored: StoredEvent) -> tuple[Job, ...]:
    """The capture to hand over: none for an event without both texts, without a known skill, or seen before."""
    if not (
        stored.is_new and stored.skill_id and event.tool_input_snippet and event.tool_output_snippet
    ):
        return ()
    job = Job(
        job_id=stored.id,
        function=capture_usage_as_training,
        kwargs={
            "usage_event_id": stored.id,
            "tenant_id": request.api_key.tenant_id,
            "user_id": request.api_key.user_id,
            "skill_id": stored.skill_id,
            "tool_name": stored.tool_name,
            "input_text": event.tool_input_snippet,
            "output_text": event.tool_output_snippet,
        },
    )
    return (job,)
