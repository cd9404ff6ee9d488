"""A skill of alice's, and where its pages are."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from accounts.models import User
from skills.models import Skill
from tests.factories import SkillFactory


@pytest.fixture
def skill(alice: User) -> Skill:
    return SkillFactory(author=alice, slug="release-notes")


@pytest.fixture
def url(skill: Skill) -> Callable[..., str]:
    """`url("example-edit", example)`: a page about this skill's examples."""

    def of(name: str, example: object = None, /, **kwargs: object) -> str:
        if example is not None:
            kwargs["example_id"] = example.pk
        return reverse(f"training:{name}", kwargs={"slug": skill.slug, **kwargs})

    return of
