"""What an organisation and a person have decided. A missing row means the default, and the default is *no*."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from uuid_utils.compat import uuid7

from accounts.models import (
    DEFAULT_KEY_EXPIRY_DAYS,
    DEFAULT_RATE_LIMIT_PER_MINUTE,
    Tenant,
    User,
)

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
    # The ledger row of the last switch, on or off.
    capture_record = models.ForeignKey(
        "ConsentRecord",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "site settings"
        constraints = [
            models.CheckConstraint(
                name="capture_on_has_ledger_row",
                condition=models.Q(training_data_capture_enabled=False)
                | models.Q(capture_record__isnull=False),
                violation_error_message="Capture is switched by settings_app.decisions only.",
            )
        ]

    def __str__(self) -> str:
        return f"Settings of {self.tenant}"

    @classmethod
    def of(cls, tenant: Tenant) -> "SiteSettings":
        """The tenant's settings, or unsaved defaults while it has none."""
        found = cls.objects.select_related("capture_record").filter(tenant=tenant).first()
        return found or cls(tenant=tenant)


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
    # The ledger row of the person's last decision, given or withdrawn.
    consent_record = models.ForeignKey(
        "ConsentRecord",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
    )
    preferred_categories = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    default_sort = models.CharField(
        max_length=10, choices=SkillSort.choices, default=SkillSort.USES
    )
    claude_md_workflow_notes = models.TextField(blank=True, default="", max_length=10_000)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "user preferences"
        constraints = [
            models.CheckConstraint(
                name="consent_has_ledger_row",
                condition=models.Q(training_data_consent=False)
                | models.Q(consent_record__isnull=False),
                violation_error_message="Consent is given by settings_app.decisions only.",
            )
        ]

    def __str__(self) -> str:
        return f"Preferences of {self.user}"

    @classmethod
    def of(cls, user: User) -> "UserPreferences":
        """The person's preferences, or unsaved defaults while they have none."""
        found = cls.objects.select_related("consent_record").filter(user=user).first()
        return found or cls(user=user)

    def consents_in(self, tenant: Tenant) -> bool:
        """Whether the consent counts in this tenant: it does where it was given. What pages show, never the gate."""
        record = self.consent_record
        return self.training_data_consent and record is not None and record.tenant_id == tenant.pk


class Decision(models.TextChoices):
    CONSENT_GIVEN = "consent_given", "Consent given"
    CONSENT_WITHDRAWN = "consent_withdrawn", "Consent withdrawn"
    CAPTURE_ON = "capture_on", "Capture switched on"
    CAPTURE_OFF = "capture_off", "Capture switched off"
    EXAMPLES_KEPT = "examples_kept", "Captured examples kept"
    EXAMPLES_PURGED = "examples_purged", "Captured examples purged"


class Surface(models.TextChoices):
    """Where the decision was made."""

    PREFERENCES_PAGE = "preferences_page", "Preferences page"
    CAPTURE_PAGE = "capture_page", "Capture page"
    ADMIN_SITE = "admin_site", "Admin site"
    COMMAND = "command", "Command of the operator"


class ConsentRecord(models.Model):
    """One row of the ledger. Written by `settings_app.ledger` alone; the database refuses to change or delete it.

    The ids are no foreign keys: the row outlives the person and the tenant, and then names nobody.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_id = models.UUIDField(editable=False)
    sequence = models.PositiveBigIntegerField(editable=False)
    decision = models.CharField(max_length=20, choices=Decision.choices, editable=False)
    actor_id = models.UUIDField(null=True, editable=False)
    subject_id = models.UUIDField(null=True, editable=False)
    wording_name = models.CharField(max_length=50, editable=False)
    wording_version = models.PositiveSmallIntegerField(editable=False)
    wording_sha256 = models.CharField(max_length=64, editable=False)
    language = models.CharField(max_length=10, editable=False)
    surface = models.CharField(max_length=20, choices=Surface.choices, editable=False)
    effect = models.JSONField(default=dict, editable=False)
    recorded_at = models.DateTimeField(editable=False)
    previous_hash = models.CharField(max_length=64, editable=False)
    record_hash = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        ordering = ["tenant_id", "sequence"]
        indexes = [models.Index(fields=["subject_id", "sequence"], name="consent_by_subject")]
        constraints = [
            models.UniqueConstraint(
                name="consent_sequence_unique_per_tenant", fields=["tenant_id", "sequence"]
            ),
            models.CheckConstraint(
                name="consent_decision_known", condition=models.Q(decision__in=Decision.values)
            ),
            models.CheckConstraint(
                name="consent_is_a_persons_own",
                condition=~models.Q(
                    decision__in=[Decision.CONSENT_GIVEN, Decision.CONSENT_WITHDRAWN]
                )
                | models.Q(subject_id__isnull=False, actor_id=models.F("subject_id")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_decision_display()} ({self.sequence})"


class ConsentChain(models.Model):
    """Where a tenant's chain ends. Its row is what appending decisions queue for."""

    tenant_id = models.UUIDField(primary_key=True, editable=False)
    length = models.PositiveBigIntegerField(editable=False)
    head_hash = models.CharField(max_length=64, editable=False)

    def __str__(self) -> str:
        return f"Chain of {self.length} rows"
