"""What an organisation and a person have decided. A missing row means the default, and the default is *no*."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from uuid_utils.compat import uuid7

from accounts.models import DEFAULT_KEY_EXPIRY_DAYS, Tenant

DEFAULT_RATE_LIMIT_PER_MINUTE = 6000
DEFAULT_EVENT_RETENTION_DAYS = 365


class SiteSettings(models.Model):
    """A tenant's settings."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, related_name="site_settings")
    training_data_capture_enabled = models.BooleanField(
        "capture training data",
        default=False,
        help_text="Keep redacted inputs and outputs of people who have consented. Off: nothing is kept.",
    )
    redact_personal_data = models.BooleanField(
        default=True,
        help_text="Redact e-mail addresses, phone numbers and the like in captured examples, too.",
    )
    key_expiry_days = models.PositiveSmallIntegerField(
        default=DEFAULT_KEY_EXPIRY_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text="Days that a new API key lives.",
    )
    rate_limit_per_minute = models.PositiveIntegerField(
        default=DEFAULT_RATE_LIMIT_PER_MINUTE,
        validators=[MinValueValidator(1)],
        help_text="Tracked events a minute that one API key may send.",
    )
    event_retention_days = models.PositiveIntegerField(
        default=DEFAULT_EVENT_RETENTION_DAYS,
        validators=[MinValueValidator(1)],
        help_text="Days that usage events are kept.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "site settings"

    def __str__(self) -> str:
        return f"Settings of {self.tenant}"


class SkillSort(models.TextChoices):
    USES = "uses", "Most used"
    QUALITY = "quality", "Best quality"
    NEWEST = "newest", "Newest"


class UserPreferences(models.Model):
    """A person's preferences. The consent is theirs alone: an administrator sees it and cannot set it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences"
    )
    training_data_consent = models.BooleanField(default=False)
    preferred_categories = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    default_sort = models.CharField(
        max_length=10, choices=SkillSort.choices, default=SkillSort.USES
    )
    claude_md_workflow_notes = models.TextField(blank=True, default="", max_length=10_000)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "user preferences"

    def __str__(self) -> str:
        return f"Preferences of {self.user}"
