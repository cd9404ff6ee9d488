"""What every page about a skill's examples has in common: where it is, and what stands beside it."""

from typing import Any

from django.urls import reverse

from accounts.requests import PageRequest
from skills.models import Skill
from skills.tabs import Tab, skill_tabs
from training.access import is_author, may_read
from training.models import SkillFeedback, Status

PAGES = {
    "Examples": "training:example-list",
    "Review": "training:queue",
    "Many at once": "training:bulk",
    "Dataset": "training:dataset",
    "Releases": "training:release-list",
    "Import": "training:import",
    "Try the sanitizer": "training:sanitizer-try",
}
FOR_AUTHORS = ("Review", "Many at once", "Import", "Try the sanitizer")


def page_context(
    request: PageRequest, skill: Skill, *, page_name: str, **context: Any
) -> dict[str, Any]:
    """Two queries: the count on the skill's tab, and the counts by status."""
    counts = SkillFeedback.objects.of_skill(skill).count_by_status()
    author = is_author(request.user, skill)
    return {
        "section": "skills",
        "skill": skill,
        "tabs": skill_tabs(skill, "Training"),
        "is_author": author,
        "counts": counts,
        "example_count": sum(counts.values()),
        "reviewed_count": counts[Status.APPROVED] + counts[Status.REJECTED],
        "training_tabs": (
            _training_tabs(skill, page_name, counts, author)
            if may_read(request.user, skill)
            else []
        ),
        **context,
    }


def _training_tabs(skill: Skill, current: str, counts: dict[str, int], author: bool) -> list[Tab]:
    numbers = {"Review": counts[Status.PENDING]}
    return [
        Tab(
            label=label,
            url=reverse(name, kwargs={"slug": skill.slug}),
            current=label == current,
            count=numbers.get(label),
        )
        for label, name in PAGES.items()
        if author or label not in FOR_AUTHORS
    ]
