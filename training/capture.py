"""Captured examples: a use of a skill, kept when the organisation and the person both said yes."""

import logging
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import F
from prometheus_client import Counter

from settings_app.consent import Gate, hold_gate, read_gate
from settings_app.models import SiteSettings
from training.counts import count_captures
from training.models import FeedbackType, SkillFeedback, Source, Status
from training.redaction import redact
from training.sanitizer import SanitizerError
from training.splits import place_new_examples

logger = logging.getLogger(__name__)

CAPTURES = Counter("everyskill_captures", "Captures by what became of them.", ["outcome"])


class Outcome(StrEnum):
    CAPTURED = "captured"
    REFUSED_TENANT_OFF = "refused_tenant_off"
    REFUSED_NO_CONSENT = "refused_no_consent"
    REFUSED_BY_SANITIZER = "refused_by_sanitizer"
    ALREADY_CAPTURED = "already_captured"
    TWIN = "twin"


REFUSALS = {
    Gate.TENANT_OFF: Outcome.REFUSED_TENANT_OFF,
    Gate.NO_CONSENT: Outcome.REFUSED_NO_CONSENT,
}


def capture_usage_as_training(
    *,
    usage_event_id: UUID,
    tenant_id: UUID,
    user_id: UUID,
    skill_id: UUID,
    tool_name: str,
    input_text: str,
    output_text: str,
) -> Outcome:
    """Keep one use of a skill as a pending training example, if both gates are open when it is inserted.

    Runs in a thread after the response; the raw texts are in this call's memory and nowhere else. Sanitizing
    comes before the transaction, so that the gate's lock is held for the insert alone. A second call with the
    same event keeps the first example. A text that the skill has already, golden or from the same person, is counted
    on that example and not stored twice; a colleague's twin is stored, since it rests on a consent of its own.
    Database errors are raised to the thread hook, which counts them.
    """
    outcome = _capture(
        usage_event_id=usage_event_id,
        tenant_id=tenant_id,
        user_id=user_id,
        skill_id=skill_id,
        tool_name=tool_name,
        input_text=input_text,
        output_text=output_text,
    )
    CAPTURES.labels(outcome).inc()
    count_captures(tenant_id=tenant_id, counts={outcome: 1})
    if outcome is Outcome.CAPTURED:
        # Its own transaction, after the gate's lock is gone; what fails here is made up for by the next placing.
        place_new_examples(skill_id)
    return outcome


def note_refused(gate: Gate) -> None:
    """Count a capture that was not handed over, because the gate was shut when its event was stored."""
    CAPTURES.labels(REFUSALS[gate]).inc()


def _capture(
    *,
    usage_event_id: UUID,
    tenant_id: UUID,
    user_id: UUID,
    skill_id: UUID,
    tool_name: str,
    input_text: str,
    output_text: str,
) -> Outcome:
    # A look before the work: with a gate shut the texts are not even read.
    gate = read_gate(tenant_id=tenant_id, user_id=user_id)
    if gate is not Gate.OPEN:
        return REFUSALS[gate]
    site_settings = SiteSettings.objects.get(tenant_id=tenant_id)
    try:
        clean = redact(input_text, output_text, personal_data=site_settings.redact_personal_data)
    except SanitizerError as error:
        logger.warning("event %s not captured: %s", usage_event_id, type(error).__name__)
        return Outcome.REFUSED_BY_SANITIZER
    example = SkillFeedback(
        tenant_id=tenant_id,
        skill_id=skill_id,
        user_id=user_id,
        feedback_type=FeedbackType.TRAINING_EXAMPLE,
        tool_name=tool_name,
        example_input=clean.texts[0],
        example_output=clean.texts[1],
        status=Status.PENDING,
        source=Source.USAGE_CAPTURE,
        usage_event_id=usage_event_id,
        redactions=clean.redactions,
        sanitizer_version=clean.sanitizer_version,
    )
    example.content_hash = example.twin_hash = example.hash_content()
    with transaction.atomic():
        held = hold_gate(tenant_id=tenant_id, user_id=user_id)
        if held.gate is not Gate.OPEN:
            return REFUSALS[held.gate]
        example.capture_record_id = held.capture_record_id
        example.consent_record_id = held.consent_record_id
        # The database's clock, as in the ledger: an example's time never precedes the decisions it rests on.
        example.created_at = held.held_at or example.created_at
        if SkillFeedback.objects.filter(usage_event_id=usage_event_id).exists():
            return Outcome.ALREADY_CAPTURED
        if SkillFeedback.objects.twins_of(example).update(times_seen=F("times_seen") + 1):
            return Outcome.TWIN
        SkillFeedback.objects.bulk_create([example], ignore_conflicts=True)
    redacted = {f"redacted:{kind}": times for kind, times in clean.redactions.items()}
    count_captures(tenant_id=tenant_id, counts=redacted)
    return Outcome.CAPTURED
