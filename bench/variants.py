"""Ways to store an event that were tried against the product's, each behind the product's own frame.

The frame (key, rate limit, strict JSON, validation) is the product's in all of them; only the storing differs, so
the table shows what the storing costs. `frame` stores nothing at all.
"""

import msgspec

from everyskill.answers import Answer
from skills.models import Skill
from tracking.api.bodies import read_body, read_json_object
from tracking.api.endpoint import ApiRequest, api_view
from tracking.api.schema import MAX_EVENT_BYTES, ReadEvent, read_event
from tracking.event_rows import make_row
from tracking.event_store import store_rows
from tracking.models import SkillDailyUsage, TokenMeasurement, UsageEvent


def _read(request: ApiRequest) -> ReadEvent:
    return read_event(read_json_object(read_body(request, max_bytes=MAX_EVENT_BYTES)))


@api_view("POST")
def frame(request: ApiRequest) -> Answer:
    _read(request)
    return Answer()


@api_view("POST")
def prepared(request: ApiRequest) -> Answer:
    """Everything but the storing: the row is made and encoded, and thrown away."""
    event = _read(request)
    msgspec.json.encode([make_row(request.api_key, event)])
    return Answer()


@api_view("POST")
def alone(request: ApiRequest) -> Answer:
    """The product's statement, one for each request."""
    event = _read(request)
    store_rows([make_row(request.api_key, event)])
    return Answer()


@api_view("POST")
def orm(request: ApiRequest) -> Answer:
    """What one would write first: a query for the skill, an INSERT each for event, tokens and count."""
    event, caller = _read(request), request.api_key
    skill = Skill.objects.filter(tenant_id=caller.tenant_id, slug=event.sent.skill_id).first()
    row = make_row(caller, event)
    UsageEvent.objects.create(
        id=row.id,
        tenant_id=caller.tenant_id,
        user_id=caller.user_id,
        api_key_id=caller.key_id,
        skill=skill,
        skill_ref=row.skill_ref,
        tool_name=row.tool_name,
        event_id=row.event_id,
        metadata=msgspec.to_builtins(row.metadata),
    )
    TokenMeasurement.objects.create(
        tenant_id=caller.tenant_id,
        user_id=caller.user_id,
        skill=skill,
        usage_event_id=row.id,
        message_id=row.message_id,
        model_name=row.model_name,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cost_microdollars=row.cost_microdollars,
    )
    daily, _ = SkillDailyUsage.objects.get_or_create(
        tenant_id=caller.tenant_id, skill=skill, user_id=caller.user_id, day=row.created_at[:10]
    )
    SkillDailyUsage.objects.filter(pk=daily.pk).update(uses=daily.uses + 1)
    return Answer()


VIEWS = {"frame": frame, "prepared": prepared, "alone": alone, "orm": orm}
