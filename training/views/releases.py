"""Releases of a skill's examples: make one, look at one, compare two."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import PageRequest
from skills.models import Skill
from training.access import skill_to_read, skill_to_review
from training.exports.formats import FORMATS
from training.forms import ReleaseForm
from training.models import Release, SkillFeedback
from training.page import page_context
from training.releases import EmptyReleaseError, changes, count_changes, make_release
from training.sanitizer import SanitizerError
from training.views.exports import SIDES, release_of

SHOWN_CHANGES = 100


@require_http_methods(["GET", "HEAD", "POST"])
def release_list(request: PageRequest, *, slug: str) -> HttpResponse:
    post = request.method == "POST"
    skill = skill_to_review(request, slug) if post else skill_to_read(request, slug)
    form = ReleaseForm(request.POST if post else None)
    if post and form.is_valid() and (release := _make(request, skill, form)):
        messages.success(request, f"Release {release.name} is made. It will not change any more.")
        return redirect("training:release-detail", slug=slug, name=release.name)
    context = page_context(
        request,
        skill,
        page_name="Releases",
        form=form,
        releases=skill.releases.select_related("created_by"),
    )
    return render(request, "training/release_list.html", context, status=422 if post else 200)


@require_safe
def release_detail(request: PageRequest, *, slug: str, name: str) -> HttpResponse:
    skill = skill_to_read(request, slug)
    release = release_of(skill, name)
    context = page_context(
        request,
        skill,
        page_name="Releases",
        release=release,
        withdrawn=release.members.withdrawn().count(),
        formats=FORMATS.values(),
        sides=SIDES,
        older=skill.releases.filter(created_at__lt=release.created_at),
    )
    return render(request, "training/release_detail.html", context)


@require_safe
def release_compare(request: PageRequest, *, slug: str, name: str, older: str) -> HttpResponse:
    """What came, went and changed from the older to the newer."""
    skill = skill_to_read(request, slug)
    new, old = release_of(skill, name), release_of(skill, older)
    differences = list(changes(old, new, limit=SHOWN_CHANGES))
    still_there = SkillFeedback.objects.of_skill(skill).in_bulk(
        [change.feedback_id for change in differences]
    )
    counts_of_changes = count_changes(old, new)
    context = page_context(
        request,
        skill,
        page_name="Releases",
        release=new,
        older=old,
        change_counts=counts_of_changes,
        more=sum(counts_of_changes.values()) - len(differences),
        differences=[(change, still_there.get(change.feedback_id)) for change in differences],
    )
    return render(request, "training/release_compare.html", context)


def _make(request: PageRequest, skill: Skill, form: ReleaseForm) -> Release | None:
    try:
        return make_release(
            skill=skill,
            name=form.cleaned_data["name"],
            notes=form.cleaned_data["notes"],
            choice=form.choice(),
            made_by=request.user,
        )
    except EmptyReleaseError:
        form.add_error(None, "No approved example fits, so there is nothing to release yet.")
    except SanitizerError:
        form.add_error("notes", "The notes could not be checked for secrets. Try shorter ones.")
    except IntegrityError:
        form.add_error("name", "This skill already has a release of this name.")
    return None
