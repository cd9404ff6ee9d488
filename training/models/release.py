"""A release: a named version of a skill's approved examples that never changes, except by withdrawal."""

from typing import Any, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from skills.models import Skill
from training.models.choices import Split

NAME_VALIDATOR = RegexValidator(
    r"\A[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?\Z",
    "Use 1–64 of a–z, 0–9, dot, hyphen and underscore, with a letter or digit at both ends.",
)


class Release(models.Model):
    """Its texts stand where they always stood, in the examples and their revisions; a release only points at them.

    So withdrawing an example takes its text out of every release in the same moment. The database refuses to change
    a release or a member afterwards (the migration's triggers).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="releases")
    name = models.CharField(max_length=64, validators=[NAME_VALIDATOR])
    notes = models.TextField(blank=True, default="")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # What was asked for: {"sources": [...], "minimum_quality": n or null}.
    filters = models.JSONField(default=dict)
    split_seed = models.CharField(max_length=40)
    sanitizer_version = models.CharField(max_length=20)
    # At its making: {"examples": n, "train": n, "validation": n, "test": n, "held_out": n, "twins": n}.
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                name="release_name_unique_per_skill",
                fields=["skill", "name"],
                violation_error_message="This skill already has a release of this name.",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ReleaseMemberQuerySet(models.QuerySet["ReleaseMember"]):
    def withdrawn(self) -> Self:
        return self.exclude(models.Exists(_example_of_member()))

    def of_examples(self, **examples: Any) -> Self:
        """The members whose examples match: `of_examples(user_id=...)`."""
        return self.filter(models.Exists(_example_of_member().filter(**examples)))


def _example_of_member() -> "models.QuerySet[Any]":
    feedback = ReleaseMember._meta.apps.get_model("training", "SkillFeedback")
    return feedback._default_manager.filter(pk=models.OuterRef("feedback_id"))


class ReleaseMember(models.Model):
    """One example in one release: which text of it, and what stood beside it then."""

    id = models.BigAutoField(primary_key=True)
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="members")
    position = models.PositiveIntegerField()
    # Not a foreign key: the place stays when the example is withdrawn, and says so.
    feedback_id = models.UUIDField(db_index=True)
    text_number = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    cluster_id = models.UUIDField()
    split = models.CharField(max_length=10, choices=Split.choices)
    quality_score = models.PositiveSmallIntegerField(null=True)

    objects = ReleaseMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="member_once_per_position", fields=["release", "position"]
            ),
            models.UniqueConstraint(
                name="member_once_per_example", fields=["release", "feedback_id"]
            ),
            models.CheckConstraint(
                name="member_on_a_side",
                condition=models.Q(split__in=[Split.TRAIN, Split.VALIDATION, Split.TEST]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.feedback_id} in {self.release_id}"


class Tombstone(models.Model):
    """The hash of a released example that was withdrawn: public, so that whoever has a copy can drop it.

    Written by the database itself (the migration's trigger), whoever deletes the example and however.
    """

    content_hash = models.CharField(max_length=64, primary_key=True)
    withdrawn_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["withdrawn_at", "content_hash"]

    def __str__(self) -> str:
        return self.content_hash
