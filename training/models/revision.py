"""An example's history: one row for each decision, holding what it replaced."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7


class Action(models.TextChoices):
    APPROVE = "approve", "Approved"
    REJECT = "reject", "Rejected"
    EDIT = "edit", "Edited"
    UNDO = "undo", "Undone"


class RevisionQuerySet(models.QuerySet["Revision"]):
    def undoable(self) -> Self:
        return self.exclude(action=Action.UNDO).filter(undone_at=None)

    def newest_first(self) -> Self:
        return self.order_by("-version")


class Revision(models.Model):
    """The state that a decision replaced, so that the decision can be undone.

    Texts stand here only when the decision changed them (`text_number` says which text of the example this was):
    they are what a release made before goes on to show, and the lesser half of a preference pair. They came through
    the same door as the example's own and go with it: deleting the example deletes its revisions.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # The migration makes the constraint itself, ON DELETE CASCADE in the database: a withdrawal deletes in plain SQL.
    feedback = models.ForeignKey(
        "training.SkillFeedback",
        on_delete=models.CASCADE,
        related_name="revisions",
        db_constraint=False,
    )
    # The example's version that was replaced.
    version = models.PositiveIntegerField()
    action = models.CharField(max_length=10, choices=Action.choices)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True
    )
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)
    # Decisions made together, undone together.
    batch_id = models.UUIDField(null=True, editable=False)

    status = models.CharField(max_length=10)
    quality_score = models.PositiveSmallIntegerField(null=True)
    review_notes = models.TextField(blank=True, default="")
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True
    )
    reviewed_at = models.DateTimeField(null=True)

    text_number = models.PositiveIntegerField(null=True)
    example_input = models.TextField(blank=True, default="")
    expected_output = models.TextField(blank=True, default="")
    redactions = models.JSONField(default=dict, blank=True)
    sanitizer_version = models.CharField(max_length=20, blank=True, default="")
    content_hash = models.CharField(max_length=64, blank=True, default="")

    objects = RevisionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["batch_id"],
                name="revision_by_batch",
                condition=models.Q(batch_id__isnull=False),
            ),
            models.Index(fields=["made_by", "-made_at"], name="revision_by_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="revision_once_per_version", fields=["feedback", "version"]
            ),
            models.UniqueConstraint(
                name="revision_once_per_text",
                fields=["feedback", "text_number"],
                condition=models.Q(text_number__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.feedback_id} at version {self.version}"

    @property
    def replaced_text(self) -> bool:
        return self.text_number is not None
