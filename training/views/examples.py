"""The Training tab: a skill's examples, and the form that adds a golden one."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import PageRequest
from skills.models import Skill
from training.access import example_of, may_read, skill_of_tenant, skill_to_read, skill_to_review
from training.diffs import history_of
from training.filters import ExampleFilter
from training.forms import GoldenForm
from training.golden import TwinError, create_training_example
from training.models import SkillFeedback
from training.page import page_context
from training.sanitizer import SanitizerError

PAGE_SIZE = 20


@require_safe
def example_list(request: PageRequest, *, slug: str) -> HttpResponse:
    """The author and the tenant's administrators see the examples, a colleague how many there are."""
    skill = skill_of_tenant(request, slug)
    if not may_read(request.user, skill):
        return render(
            request,
            "training/example_count.html",
            page_context(request, skill, page_name="Examples"),
        )
    return render_list(request, skill, form=GoldenForm())


@require_POST
def example_create(request: PageRequest, *, slug: str) -> HttpResponse:
    skill = skill_to_review(request, slug)
    form = GoldenForm(request.POST)
    if form.is_valid() and (example := _create(request, skill, form)):
        messages.success(request, _what_was_added(example))
        return redirect(
            f"{reverse('training:example-list', kwargs={'slug': slug})}?new={example.pk}"
        )
    return render_list(request, skill, form=form, status=422)


@require_safe
def example_detail(request: PageRequest, *, slug: str, example_id: UUID) -> HttpResponse:
    """One example with all its texts and its history, each edit as a diff."""
    skill = skill_to_read(request, slug)
    example = example_of(skill, example_id)
    context = page_context(request, skill, page_name="Examples", example=example)
    context["history"] = history_of(example)
    return render(request, "training/example_detail.html", context)


def render_list(
    request: PageRequest, skill: Skill, *, form: GoldenForm, status: int = 200
) -> HttpResponse:
    filters = ExampleFilter(request.GET)
    examples = filters.apply(SkillFeedback.objects.of_skill(skill)).newest_first()
    if "cluster" not in filters.chosen:
        examples = examples.one_of_each_kind()
    page = Paginator(examples.with_people(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = page_context(
        request,
        skill,
        page_name="Examples",
        form=form,
        filters=filters,
        page=page,
        new_id=request.GET.get("new", ""),
    )
    return render(request, "training/example_list.html", context, status=status)


def _create(request: PageRequest, skill: Skill, form: GoldenForm) -> SkillFeedback | None:
    try:
        return create_training_example(
            tenant_id=skill.tenant_id,
            skill_id=skill.pk,
            user_id=request.user.pk,
            **form.cleaned_data,
        )
    except TwinError:
        form.add_error(None, "This skill already has a golden example with exactly this text.")
    except SanitizerError:
        form.add_error(
            None,
            "The text could not be checked for secrets, so nothing was stored. Try a shorter or simpler one.",
        )
    return None


def _what_was_added(example: SkillFeedback) -> str:
    count = sum(example.redactions.values())
    if not count:
        return "The golden example is added, and approved."
    things = "1 secret was" if count == 1 else f"{count} secrets were"
    return f"The golden example is added, and approved. {things} taken out before it was stored; the marks say what."
