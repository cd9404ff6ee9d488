"""A decision that was made on a card of the review queue."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User
from accounts.requests import PageRequest
from skills.models import Skill
from training.decisions import describe
from training.decisions_for_many import decide_many
from training.filters import QUEUE_FIELDS, ExampleFilter
from training.forms import CardForm
from training.models import NothingToUndo, SkillFeedback, StaleDecision, Status
from training.queue import Queue


def decide(request: PageRequest, skill: Skill, example_id: UUID) -> HttpResponse:
    """Carry it out and show the next card.

    Where the example is gone or somebody was quicker, nothing is changed, and the queue says so and goes on.
    """
    form = CardForm(request.POST)
    filters = ExampleFilter(request.POST, only=QUEUE_FIELDS)
    if not form.is_valid():
        return HttpResponseBadRequest(
            "Send decision, version and, if you like, quality_score 1–10."
        )
    example = SkillFeedback.objects.of_skill(skill).filter(pk=example_id).first()
    if example is None:
        messages.warning(request, "That example is no longer here: it was withdrawn or deleted.")
        return to_queue(skill, filters)
    queue = Queue(skill, filters)
    following = queue.after(example)
    try:
        messages.success(request, _carry_out(form, example, queue, request.user))
    except StaleDecision as stale:
        said = describe(stale.current)
        messages.warning(request, f"Not done: since you saw it, that example was {said}.")
    except NothingToUndo:
        messages.info(request, "There was nothing left to undo.")
    return to_queue(skill, filters, at=following)


def to_queue(skill: Skill, filters: ExampleFilter, *, at: UUID | None = None) -> HttpResponse:
    query = "&".join(part for part in (filters.query(), f"at={at}" if at else "") if part)
    url = reverse("training:queue", kwargs={"slug": skill.slug})
    return redirect(f"{url}?{query}" if query else url)


def _carry_out(form: CardForm, example: SkillFeedback, queue: Queue, reviewer: User) -> str:
    twins_too = form.cleaned_data["twins"]
    if not twins_too:
        return form.decide(example, reviewer=reviewer)
    # One batch, so that one undo takes all of it back.
    batch = uuid4()
    with transaction.atomic():
        twins = list(queue.twins_of(example).values_list("pk", flat=True))
        done = form.decide(example, reviewer=reviewer, batch_id=batch)
        same = Status(example.status)
        status = same if twins_too == CardForm.SAME else Status.REJECTED
        others = SkillFeedback.objects.pending().filter(pk__in=twins)
        _, count = decide_many(others, status=status, reviewer=reviewer, batch_id=batch)
    return f"{done} {count} like it {status.label.lower()}."
