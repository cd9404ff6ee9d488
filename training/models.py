"""What people say of a skill. Its most valuable kind is the training example: an input, and what came of it."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models import Tenant
from settings_app.models import ConsentRecord
from skills.models import Skill


def keep_golden_only(collector, field, sub_objs, using):
    """On a person's deletion: what was captured from them goes, what they wrote as an author stays, unnamed."""
    models.CASCADE(collector, field, sub_objs.filter(source=Source.USAGE_CAPTURE), using)
    models.SET_NULL(collector, field, sub_objs.exclude(source=Source.USAGE_CAPTURE), using)


class FeedbackType(models.TextChoices):
    TRAINING_EXAMPLE = "training_example", "Training example"
    THUMBS_UP = "thumbs_up", "Thumbs up"
    THUMBS_DOWN = "thumbs_down", "Thumbs down"


class Status(models.TextChoices):
    PENDING = "pending", "Pending"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"


class Source(models.TextChoices):
    WEB = "web", "Golden"
    USAGE_CAPTURE = "usage_capture", "Captured"


class SkillFeedbackQuerySet(models.QuerySet["SkillFeedback"]):
    def training_examples(self):
        return self.filter(feedback_type=FeedbackType.TRAINING_EXAMPLE)

    def captured(self):
        return self.filter(source=Source.USAGE_CAPTURE)

    def golden(self):
        return self.training_examples().filter(source=Source.WEB)

    def pending(self):
        return self.filter(status=Status.PENDING)

    def approved(self):
        return self.filter(status=Status.APPROVED)

    def newest_first(self):
        return self.order_by("-created_at", "-id")


class SkillFeedback(models.Model):
    """Texts here have passed the sanitizer; `redactions` counts what it removed, by kind, never the values."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="feedback")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="feedback")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=keep_golden_only,
        related_name="feedback",
        null=True,
        blank=True,
    )
    feedback_type = models.CharField(max_length=20, choices=FeedbackType.choices)
    tool_name = models.CharField(max_length=200, blank=True, default="")
    example_input = models.TextField(blank=True, default="")
    example_output = models.TextField(blank=True, default="")
    expected_output = models.TextField(blank=True, default="")
    quality_score = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    source = models.CharField(max_length=20, choices=Source.choices)
    # Not a foreign key: events are pruned, what was learned from them stays.
    usage_event_id = models.UUIDField(null=True, blank=True, unique=True)
    # The two ledger rows a captured example rests on: the tenant's switch and the person's consent.
    capture_record = models.ForeignKey(
        ConsentRecord,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
    )
    consent_record = models.ForeignKey(
        ConsentRecord,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_notes = models.TextField(blank=True, default="")
    redactions = models.JSONField(default=dict, blank=True)
    sanitizer_version = models.CharField(max_length=20, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SkillFeedbackQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "skill feedback"
        indexes = [
            models.Index(fields=["skill", "status", "-created_at"], name="feedback_by_skill"),
            models.Index(fields=["user", "source"], name="feedback_by_person"),
        ]
        constraints = [
            models.CheckConstraint(
                name="feedback_quality_1_to_10",
                condition=models.Q(quality_score__isnull=True)
                | models.Q(quality_score__range=(1, 10)),
            ),
            models.CheckConstraint(
                name="feedback_status_known", condition=models.Q(status__in=Status.values)
            ),
            models.CheckConstraint(
                name="feedback_capture_has_event_and_person",
                condition=~models.Q(source=Source.USAGE_CAPTURE)
                | models.Q(usage_event_id__isnull=False, user__isnull=False),
            ),
            models.CheckConstraint(
                name="feedback_capture_rests_on_two_decisions",
                condition=~models.Q(source=Source.USAGE_CAPTURE)
                | models.Q(capture_record__isnull=False, consent_record__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_feedback_type_display()} {self.pk}"
