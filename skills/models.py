"""A skill: one SKILL.md that a team shares."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models import Tenant


class Skill(models.Model):
    """`slug` is the SKILL.md's `name`, unique in the tenant; agents send it (or the id) with every use."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="skills")
    # A skill outlives its author's account: an administrator names a new one.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="skills",
        null=True,
        blank=True,
    )
    slug = models.SlugField(max_length=64)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=1024)
    category = models.CharField(max_length=50, blank=True, default="")
    content = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(
                name="skill_slug_unique_per_tenant",
                fields=["tenant", "slug"],
                violation_error_message="Your organisation already has a skill of this name.",
            )
        ]

    def __str__(self) -> str:
        return self.slug
