"""Usage and cost: of the tenant or oneself, and of one skill."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.models import Tenant
from accounts.requests import PageRequest
from skills.tabs import skill_tabs
from tracking.charts import bar_chart
from tracking.figures import Figures, Usage, latest_latencies, usage_of

MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table; `url` and `title` are empty where there is nothing to lead to or to name."""

    title: str
    figures: Figures
    url: str = ""


@require_GET
def usage_overview(request: PageRequest) -> HttpResponse:
    """Everyone's figures added up, or (`?of=me`) one's own; by person for the tenant's administrators only."""
    is_own = request.GET.get("of") == "me"
    user_id = request.user.pk if is_own else None
    usage = usage_of(request.tenant, user_id=user_id)
    sees_people = request.user.is_tenant_admin and not is_own
    context = usage_context(usage) | {
        "latencies": latest_latencies(request.tenant, user_id=user_id),
        "tabs": scope_tabs(is_own=is_own),
        "is_own": is_own,
        "skill_rows": skill_rows(request.tenant, usage),
        "person_rows": person_rows(request.tenant, usage) if sees_people else None,
    }
    return render(request, "tracking/usage_overview.html", context)


@require_GET
def skill_usage(request: PageRequest, *, slug: str) -> HttpResponse:
    skill = get_object_or_404(request.tenant.skills, slug=slug)
    usage = usage_of(request.tenant, skill_id=skill.pk)
    sees_people = request.user.is_tenant_admin
    context = usage_context(usage) | {
        "section": "skills",
        "skill": skill,
        "tabs": skill_tabs(skill, "Usage"),
        "person_rows": person_rows(request.tenant, usage) if sees_people else None,
    }
    return render(request, "tracking/skill_usage.html", context)


def usage_context(usage: Usage) -> dict[str, object]:
    return {
        "section": "usage",
        "usage": usage,
        "chart": bar_chart([(day, figures.uses) for day, figures in usage.series()]),
        "model_rows": rows(
            {name: (name or "not named", "") for name in usage.by_model}, usage.by_model
        ),
    }


def scope_tabs(*, is_own: bool) -> list[dict[str, object]]:
    url = reverse("tracking:usage-overview")
    return [
        {"label": "Everyone", "url": url, "current": not is_own, "count": None},
        {"label": "Me", "url": f"{url}?of=me", "current": is_own, "count": None},
    ]


def skill_rows(tenant: Tenant, usage: Usage) -> list[Row]:
    """The most used first, at most 50. What named no skill of ours is one line."""
    skills = tenant.skills.only("slug", "name").in_bulk([key for key in usage.by_skill if key])
    names: dict[UUID | None, tuple[str, str]] = {None: ("no skill that is here", "")}
    for key, skill in skills.items():
        names[key] = (skill.name, reverse("tracking:skill-usage", kwargs={"slug": skill.slug}))
    return rows(names, usage.by_skill)


def person_rows(tenant: Tenant, usage: Usage) -> list[Row]:
    people = tenant.users.in_bulk([key for key in usage.by_person if key])
    names: dict[UUID | None, tuple[str, str]] = {None: ("accounts that are gone", "")}
    for key, person in people.items():
        names[key] = (person.display_name, "")
    return rows(names, usage.by_person)


def rows[Key](names: dict[Key, tuple[str, str]], figures: dict[Key, Figures]) -> list[Row]:
    """A row for each key that has a name, by uses and then tokens."""
    found = [
        Row(names[key][0], part, names[key][1]) for key, part in figures.items() if key in names
    ]
    found.sort(key=lambda row: (-row.figures.uses, -row.figures.tokens, row.title))
    return found[:MOST_ROWS]
