"""What every page about a skill's examples has in common: where it is, and what stands beside it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from skills.models import Skill
from training.access import is_author, may_read
from training.models import SkillFeedback


def page_context(request: HttpRequest, skill: Skill, *, tab: str, **context: Any) -> dict[str, Any]:
    """One query: the counts by status that the tabs carry."""
    counts = SkillFeedback.objects.of_skill(skill).count_by_status()
    return {
        "section": "skills",
        "skill": skill,
        "is_author": is_author(request.user, skill),
        "counts": counts,
        "example_count": sum(counts.values()),
        "training_tabs": tabs(skill, tab, counts) if may_read(request.user, skill) else [],
        **context,
    }


def tabs(skill: Skill, current: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    entries = [
        ("examples", "Examples", "training:example-list", sum(counts.values())),
    ]
    return [
        {
            "label": label,
            "url": reverse(name, kwargs={"slug": skill.slug}),
            "current": key == current,
            "count": count,
        }
        for key, label, name, count in entries
    ]
