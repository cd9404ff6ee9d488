"""Decisions about one example: approve, reject, undo, edit, delete."""

from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import PageRequest
from skills.models import Skill
from training.access import example_of, skill_to_review
from training.decisions import describe
from training.filters import ExampleFilter
from training.forms import DecisionForm, EditForm
from training.models import NothingToUndo, SkillFeedback, StaleDecision
from training.page import page_context
from training.sanitizer import SanitizerError
from training.views import from_queue


@require_POST
def example_decide(request: PageRequest, *, slug: str, example_id: UUID) -> HttpResponse:
    """Approve, reject or undo; then back to where the reviewer was."""
    skill = skill_to_review(request, slug)
    if request.POST.get("place") == "queue":
        return from_queue.decide(request, skill, example_id)
    example = example_of(skill, example_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(
            "Send decision, version and, if you like, quality_score 1–10."
        )
    try:
        done = form.decide(example, reviewer=request.user)
    except StaleDecision as stale:
        return _stale(request, skill, stale.current)
    except NothingToUndo:
        messages.info(request, "There was nothing left to undo.")
    else:
        messages.success(request, done)
    return _back(request, skill, example)


@require_http_methods(["GET", "HEAD", "POST"])
def example_edit(request: PageRequest, *, slug: str, example_id: UUID) -> HttpResponse:
    """`?place=queue` goes back to the queue afterwards, to the same card."""
    skill = skill_to_review(request, slug)
    example = example_of(skill, example_id)
    form = EditForm(request.POST or None, example=example)
    status = 200
    if request.method == "POST":
        if form.is_valid() and _edit(request, example, form):
            messages.success(
                request, "The example is changed. What it was before stands in its history."
            )
            return _back(request, skill, example)
        status = 409 if form.stale else 422
    context = page_context(request, skill, page_name="Examples", example=example, form=form)
    return render(request, "training/example_edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def example_delete(request: PageRequest, *, slug: str, example_id: UUID) -> HttpResponse:
    """For good, out of every release too; asked once more before."""
    skill = skill_to_review(request, slug)
    example = example_of(skill, example_id)
    if request.method == "POST":
        example.delete()
        messages.success(request, "The example and its history are deleted.")
        return redirect("training:example-list", slug=skill.slug)
    context = page_context(request, skill, page_name="Examples", example=example)
    return render(request, "training/example_delete.html", context)


def _edit(request: PageRequest, example: SkillFeedback, form: EditForm) -> bool:
    try:
        form.edit(example, reviewer=request.user)
    except StaleDecision as stale:
        form.stale = stale.current
        form.add_error(
            None,
            f"Not saved: meanwhile the example was {describe(stale.current)}. What you typed is still below; "
            "compare it with the example as it is now, then save again.",
        )
        form.accept_version(stale.current.version)
    except SanitizerError:
        form.add_error(
            None,
            "A text could not be checked for secrets, so nothing was stored. Try a shorter one.",
        )
    except IntegrityError:
        form.add_error(None, "The skill has another golden example with exactly this text.")
    else:
        return True
    return False


def _stale(request: PageRequest, skill: Skill, current: SkillFeedback) -> HttpResponse:
    """Refused: the reviewer decided on something that is no longer so. Shows what it has become."""
    context = page_context(
        request, skill, page_name="Examples", example=current, said=describe(current)
    )
    return render(request, "training/example_stale.html", context, status=409)


def _back(request: PageRequest, skill: Skill, example: SkillFeedback) -> HttpResponse:
    """To the list as it was filtered, to the example's own page, or to its card in the queue."""
    place = request.POST.get("place") or request.GET.get("place")
    if place == "example":
        return redirect("training:example-detail", slug=skill.slug, example_id=example.pk)
    if place == "queue":
        return from_queue.to_queue(skill, ExampleFilter(request.GET), at=example.pk)
    query = ExampleFilter(request.POST).query()
    url = reverse("training:example-list", kwargs={"slug": skill.slug})
    return redirect(f"{url}?{query}" if query else url)
