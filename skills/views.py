"""/skills/: find, read, write and take along."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.requests import PageRequest
from skills.forms import SkillFilter, SkillForm
from skills.models import Skill
from skills.rendering import render_skill_body
from skills.skill_md import body_of
from skills.tabs import skill_tabs

PAGE_SIZE = 20


@require_GET
def skill_list(request: PageRequest) -> HttpResponse:
    preferences = getattr(request.user, "preferences", None)
    form = SkillFilter(
        request.GET,
        tenant=request.tenant,
        usual_sort=preferences.default_sort if preferences else "uses",
        preferred=preferences.preferred_categories if preferences else [],
    )
    # Sorting needs one figure of every skill, the page all figures of a few: two queries, neither reads any text.
    found = form.find()
    paginator = Paginator(form.in_order(found).values_list("pk", flat=True), PAGE_SIZE)
    # Else it would count by adding up once more what the order needs.
    paginator.count = found.count()
    page = paginator.get_page(request.GET.get("page"))
    shown = (
        request.tenant.skills.with_figures()
        .defer("content", "search_text")
        .select_related("author")
        .in_bulk(list(page))
    )
    skills = [shown[pk] for pk in page if pk in shown]
    context = {"section": "skills", "form": form, "page": page, "skills": skills}
    return render(request, "skills/skill_list.html", context)


@require_GET
def skill_detail(request: PageRequest, *, slug: str) -> HttpResponse:
    known = request.tenant.skills.with_figures().select_related("author")
    skill = get_object_or_404(known, slug=slug)
    context = {
        "section": "skills",
        "skill": skill,
        "tabs": skill_tabs(skill, "Overview"),
        "html": render_skill_body(body_of(skill.content)),
        "may_edit": skill.is_written_by(request.user),
    }
    return render(request, "skills/skill_detail.html", context)


@require_GET
def skill_download(request: PageRequest, *, slug: str) -> HttpResponse:
    """The SKILL.md as it was saved, to lay into a folder of the skill's name."""
    skill = get_object_or_404(request.tenant.skills, slug=slug)
    headers = {"Content-Disposition": 'attachment; filename="SKILL.md"'}
    return HttpResponse(skill.content, content_type="text/markdown; charset=utf-8", headers=headers)


@never_cache
@require_http_methods(["GET", "POST"])
def skill_create(request: PageRequest) -> HttpResponse:
    return save_or_show(request, None)


@never_cache
@require_http_methods(["GET", "POST"])
def skill_edit(request: PageRequest, *, slug: str) -> HttpResponse:
    """For its author; for everybody else there is no such page."""
    skill = get_object_or_404(request.tenant.skills, slug=slug, author=request.user)
    return save_or_show(request, skill)


def save_or_show(request: PageRequest, skill: Skill | None) -> HttpResponse:
    is_sent = request.method == "POST"
    form = SkillForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        tenant=request.tenant,
        author=request.user,
        skill=skill,
    )
    if is_sent and form.is_valid() and (saved := form.save()):
        messages.success(request, f"“{saved.name}” is saved.")
        return redirect("skills:skill-detail", slug=saved.slug)
    context = {
        "section": "skills",
        "form": form,
        "skill": skill,
        "categories": request.tenant.skills.categories(),
    }
    return render(request, "skills/skill_form.html", context, status=422 if form.errors else 200)
