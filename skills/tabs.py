"""The tabs of a skill's pages, which belong to three apps."""

from typing import TypedDict

from django.urls import reverse

from skills.models import Skill


class Tab(TypedDict):
    label: str
    url: str
    current: bool
    count: int | None


def skill_tabs(skill: Skill, current: str) -> list[Tab]:
    """Overview, Usage, and Training with its count (one query); `current` is the label of the one shown.

    The later two are pages of the apps above, known here by their addresses' names only.
    """
    pages = {
        "Overview": "skills:skill-detail",
        "Usage": "tracking:skill-usage",
        "Training": "training:example-list",
    }
    counts = {"Training": skill.training_example_count}
    return [
        Tab(
            label=label,
            url=reverse(name, kwargs={"slug": skill.slug}),
            current=label == current,
            count=counts.get(label),
        )
        for label, name in pages.items()
    ]
