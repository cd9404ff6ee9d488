"""The review queue, one card at a time; complete without a script, quicker with one."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import PageRequest
from skills.models import Skill
from training.access import skill_to_review
from training.decisions import describe, undo_decision
from training.decisions_for_many import undo_many
from training.filters import QUEUE_FIELDS, ExampleFilter
from training.forms import QUALITY_CHOICES
from training.models import NothingToUndo, Revision, StaleDecision
from training.page import page_context
from training.queue import LastDecision, Queue
from training.views.from_queue import to_queue


@require_safe
def queue_show(request: PageRequest, *, slug: str) -> HttpResponse:
    """`?at=` names the example to show; the filter is that of the list."""
    skill = skill_to_review(request, slug)
    filters = ExampleFilter(request.GET, only=QUEUE_FIELDS)
    queue = Queue(skill, filters)
    context = page_context(
        request,
        skill,
        page_name="Review",
        filters=filters,
        card=queue.card(_uuid(request.GET.get("at"))),
        matching=queue.count() if filters.chosen else None,
        qualities=QUALITY_CHOICES[1:],
        last=LastDecision.of(request.user, skill),
    )
    return render(request, "training/queue.html", context)


@require_POST
def queue_undo(request: PageRequest, *, slug: str) -> HttpResponse:
    """Take back what this reviewer did last in this skill, together with what was decided with it."""
    skill = skill_to_review(request, slug)
    last = LastDecision.of(request.user, skill)
    filters = ExampleFilter(request.POST, only=QUEUE_FIELDS)
    if last is None:
        messages.info(request, "There is nothing left to undo.")
        return to_queue(skill, filters)
    example = last.revision.feedback
    try:
        messages.success(request, _undo(request, skill, last.revision))
    except StaleDecision as stale:
        messages.warning(
            request, f"Not undone: since then the example was {describe(stale.current)}."
        )
    except NothingToUndo:
        messages.info(request, "There is nothing left to undo.")
    return to_queue(skill, filters, at=example.pk)


def _undo(request: PageRequest, skill: Skill, revision: Revision) -> str:
    if revision.batch_id:
        count = undo_many(batch_id=revision.batch_id, skill_id=skill.pk, reviewer=request.user)
        return f"Undone: {count} examples are as they were."
    example = revision.feedback
    if example.revisions.undoable().newest_first().first() != revision:
        raise StaleDecision(example)
    undo_decision(example, reviewer=request.user, version=example.version)
    return f"Undone: it is no longer {revision.get_action_display().lower()}."


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
