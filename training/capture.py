"""Captured examples: a use of a skill, kept when the organisation and the person both said yes."""

import logging
import math
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connections, transaction

from everyskill.after_response import has_waiting
from everyskill.late_metrics import late_counter
from everyskill.making_way import begin_piece, make_way
from settings_app.consent import Gate, HeldGate, hold_gate, read_gate
from settings_app.models import SiteSettings
from training.counts import count_captures
from training.models import FeedbackType, SkillFeedback, Source, Status
from training.redaction import redact
from training.sanitizer import SanitizerError
from training.splits import try_to_place

logger = logging.getLogger(__name__)

CAPTURES = late_counter("everyskill_captures", "Captures by what became of them.", ["outcome"])


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One use of a skill, with its raw texts."""

    usage_event_id: UUID
    skill_id: UUID
    tool_name: str
    input_text: str = field(repr=False)
    output_text: str = field(repr=False)


def capture_usage_as_training(*, tenant_id: UUID, user_id: UUID, **use: Any) -> Outcome:
    """Keep one use of a skill (the fields of `Use`) as a pending training example; see `capture_uses`."""
    return capture_uses([Use(**use)], tenant_id=tenant_id, user_id=user_id)[0]


def capture_waiting(arguments: Sequence[dict[str, Any]]) -> None:
    """Several waiting calls of `capture_usage_as_training` at once, all of one tenant and person."""
    owner = {name: arguments[0][name] for name in ("tenant_id", "user_id")}
    uses = [Use(**{name: one[name] for name in one if name not in owner}) for one in arguments]
    capture_uses(uses, **owner)


def capture_uses(uses: Sequence[Use], *, tenant_id: UUID, user_id: UUID) -> list[Outcome]:
    """Keep one person's uses as pending training examples, if both gates are open when they are inserted.

    Runs after the response; the raw texts are in this call's memory and in that of who called it. Sanitizing
    comes before the transaction, so that the gate's lock is held for the insert alone. A second call with the
    same event keeps the first example. A text that the skill has already, golden or from the same person, is counted
    on that example and not stored twice; a colleague's twin is stored, since it rests on a consent of its own.
    Returns one outcome for each use. Database errors are raised to the thread hook, which counts them; nothing is
    stored then.
    """
    outcomes, redactions = _capture(uses, tenant_id=tenant_id, user_id=user_id)
    counts = Counter(outcomes)
    for outcome, times in counts.items():
        CAPTURES.inc(outcome, by=times)
    redacted = {f"redacted:{kind}": times for kind, times in redactions.items()}
    count_captures(
        tenant_id=tenant_id,
        counts={**{str(outcome): times for outcome, times in counts.items()}, **redacted},
    )
    _place(
        use.skill_id
        for use, outcome in zip(uses, outcomes, strict=True)
        if outcome is Outcome.CAPTURED
    )
    return outcomes


# Skills whose new examples have no cluster and side yet: while captures wait, while another process places there, or
# since this one did so less than `LATE_WRITE_SECONDS` ago. Placing many costs little more than placing one.
_unplaced: set[UUID] = set()
_placed_at = -math.inf
_timer: threading.Timer | None = None
_timer_lock = threading.Lock()


def _place(skill_ids: Iterable[UUID]) -> None:
    """Its own transaction, after the gate's lock is gone. What stays here is placed with the captures that wait, by a
    timer, or by whoever exports, releases or adds examples of the skill."""
    global _placed_at
    _unplaced.update(skill_ids)
    if not _unplaced or has_waiting():
        return
    wait = _placed_at + settings.LATE_WRITE_SECONDS - time.monotonic()
    if wait > 0:
        _place_later(wait)
        return
    _placed_at = time.monotonic()
    taken = set(_unplaced)
    _unplaced.difference_update(taken)
    try:
        taken = try_to_place(taken)
    except DatabaseError as error:
        logger.warning("new examples not placed yet: %s", type(error).__name__)
    _unplaced.update(taken)


def _place_later(wait: float) -> None:
    global _timer
    with _timer_lock:
        if _timer is None:
            _timer = threading.Timer(wait, _place_from_timer)
            _timer.daemon = True
            _timer.start()


def _place_from_timer() -> None:
    global _timer
    with _timer_lock:
        _timer = None
    begin_piece()
    try:
        _place(())
    finally:
        connections.close_all()


def note_refused(gate: Gate) -> None:
    """Count a capture that was not handed over, because the gate was shut when its event was stored."""
    CAPTURES.inc(REFUSALS[gate])


def _capture(
    uses: Sequence[Use], *, tenant_id: UUID, user_id: UUID
) -> tuple[list[Outcome], Counter[str]]:
    """An outcome for each use, and what was redacted in those that were stored."""
    # A look before the work: with a gate shut the texts are not even read.
    gate = read_gate(tenant_id=tenant_id, user_id=user_id)
    if gate is not Gate.OPEN:
        return [REFUSALS[gate]] * len(uses), Counter()
    site_settings = SiteSettings.objects.get(tenant_id=tenant_id)
    owner = {"tenant_id": tenant_id, "user_id": user_id}
    cleaned = [_clean(use, owner, site_settings.redact_personal_data) for use in uses]
    examples = [example for example in cleaned if example is not None]
    stored = _store(examples, **owner) if examples else {}
    outcomes = [
        Outcome.REFUSED_BY_SANITIZER if example is None else stored[example.pk]
        for example in cleaned
    ]
    redactions = Counter[str]()
    for example in examples:
        if stored[example.pk] is Outcome.CAPTURED:
            redactions.update(example.redactions)
    return outcomes, redactions


def _clean(use: Use, owner: dict[str, UUID], personal_data: bool) -> SkillFeedback | None:
    """The example as it may be stored; None when the sanitizer could not judge its texts."""
    make_way()
    try:
        clean = redact(use.input_text, use.output_text, personal_data=personal_data)
    except SanitizerError as error:
        logger.warning("event %s not captured: %s", use.usage_event_id, type(error).__name__)
        return None
    example = SkillFeedback(
        **owner,
        skill_id=use.skill_id,
        feedback_type=FeedbackType.TRAINING_EXAMPLE,
        tool_name=use.tool_name,
        example_input=clean.texts[0],
        example_output=clean.texts[1],
        status=Status.PENDING,
        source=Source.USAGE_CAPTURE,
        usage_event_id=use.usage_event_id,
        redactions=clean.redactions,
        sanitizer_version=clean.sanitizer_version,
    )
    example.content_hash = example.twin_hash = example.hash_content()
    return example


@transaction.atomic
def _store(
    examples: Sequence[SkillFeedback], *, tenant_id: UUID, user_id: UUID
) -> dict[UUID, Outcome]:
    """Insert with the gate held; what became of each example, by its id."""
    held = hold_gate(tenant_id=tenant_id, user_id=user_id)
    if held.gate is not Gate.OPEN:
        return dict.fromkeys((example.pk for example in examples), REFUSALS[held.gate])
    events = [example.usage_event_id for example in examples]
    known = set(
        SkillFeedback.objects.filter(usage_event_id__in=events).values_list(
            "usage_event_id", flat=True
        )
    )
    outcomes: dict[UUID, Outcome] = {}
    by_text: dict[str, list[SkillFeedback]] = {}
    for example in examples:
        if example.usage_event_id in known:
            outcomes[example.pk] = Outcome.ALREADY_CAPTURED
        else:
            by_text.setdefault(example.twin_hash, []).append(example)
    counted = SkillFeedback.objects.count_twins(
        {text: len(same) for text, same in by_text.items()},
        skill_ids={example.skill_id for example in examples},
        user_id=user_id,
    )
    fresh = []
    # In the order of their unique hashes, so that two inserts cannot wait for each other in a ring.
    for text, same in sorted(by_text.items()):
        outcomes |= dict.fromkeys((example.pk for example in same), Outcome.TWIN)
        if text in counted:
            continue
        first = same[0]
        first.times_seen = len(same)
        _rest_on(held, first)
        outcomes[first.pk] = Outcome.CAPTURED
        fresh.append(first)
    if fresh:
        SkillFeedback.objects.insert_new(fresh)
    return outcomes


def _rest_on(held: HeldGate, example: SkillFeedback) -> None:
    example.capture_record_id = held.capture_record_id
    example.consent_record_id = held.consent_record_id
    # The database's clock, as in the ledger: an example's time never precedes the decisions it rests on.
    example.created_at = held.held_at or example.created_at
