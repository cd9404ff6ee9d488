"""Who may see a skill's examples: its author works on them, the tenant's administrators read along.

A colleague sees their count and nothing else; for everybody outside the tenant the skill does not exist.
"""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.requests import PageRequest
from skills.models import Skill
from training.models import SkillFeedback


def is_author(user: User, skill: Skill) -> bool:
    return skill.author_id == user.pk


def may_read(user: User, skill: Skill) -> bool:
    return is_author(user, skill) or user.is_tenant_admin


def skill_of_tenant(request: PageRequest, slug: str) -> Skill:
    return get_object_or_404(request.tenant.skills.select_related("author"), slug=slug)


def skill_to_read(request: PageRequest, slug: str) -> Skill:
    """404 for whoever may not read its examples."""
    skill = skill_of_tenant(request, slug)
    if not may_read(request.user, skill):
        raise Http404
    return skill


def skill_to_review(request: PageRequest, slug: str) -> Skill:
    """404 for whoever may not read its examples, 403 for an administrator, who may only read."""
    skill = skill_to_read(request, slug)
    if not is_author(request.user, skill):
        raise PermissionDenied("Only the skill's author may do this.")
    return skill


def example_of(skill: Skill, example_id: UUID) -> SkillFeedback:
    """The training example of this skill; 404 also when it has been withdrawn meanwhile."""
    examples = SkillFeedback.objects.training_examples().filter(skill=skill)
    return get_object_or_404(examples.select_related("user", "reviewed_by", "skill"), pk=example_id)
