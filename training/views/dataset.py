"""A skill's dataset at a glance, and its downloads."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import PageRequest
from training.access import skill_to_read
from training.exports.formats import FORMATS
from training.glance import glance
from training.page import page_context
from training.views.exports import SIDES


@require_safe
def dataset_show(request: PageRequest, *, slug: str) -> HttpResponse:
    skill = skill_to_read(request, slug)
    context = page_context(request, skill, page_name="Dataset", formats=FORMATS.values())
    context |= glance(skill, context["counts"]) | {"side_names": SIDES}
    return render(request, "training/dataset.html", context)
