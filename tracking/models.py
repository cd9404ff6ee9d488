"""What agents report: each use of a skill, and the tokens it took. No text of a use is ever in here."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models import ApiKey, Tenant
from skills.models import Skill


class UsageEvent(models.Model):
    """One use of a skill by one person's agent. `skill` is null while the reference matches none."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="usage_events")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="usage_events", null=True
    )
    api_key = models.ForeignKey(
        ApiKey, on_delete=models.SET_NULL, related_name="usage_events", null=True
    )
    skill = models.ForeignKey(
        Skill, on_delete=models.SET_NULL, related_name="usage_events", null=True, blank=True
    )
    skill_ref = models.CharField(max_length=200)
    tool_name = models.CharField(max_length=200)
    event_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - absent is not empty
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["tenant", "-created_at"], name="event_by_tenant"),
            models.Index(fields=["skill", "-created_at"], name="event_by_skill"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="event_id_unique_per_tenant",
                fields=["tenant", "event_id"],
                condition=models.Q(event_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.tool_name} of {self.skill_ref}"


class TokenMeasurement(models.Model):
    """Tokens of one assistant message. An unknown model's cost is null: unknown, not nothing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="token_measurements")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True
    )
    skill = models.ForeignKey(
        Skill, on_delete=models.SET_NULL, related_name="token_measurements", null=True, blank=True
    )
    usage_event_id = models.UUIDField()
    message_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - absent is not empty
    model_name = models.CharField(max_length=100, blank=True, default="")
    model_provider = models.CharField(max_length=50, blank=True, default="")
    input_tokens = models.PositiveBigIntegerField(default=0)
    cache_read_input_tokens = models.PositiveBigIntegerField(default=0)
    cache_creation_input_tokens = models.PositiveBigIntegerField(default=0)
    output_tokens = models.PositiveBigIntegerField(default=0)
    latency_ms = models.PositiveBigIntegerField(null=True, blank=True)
    cost_microdollars = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["tenant", "-created_at"], name="tokens_by_tenant")]
        constraints = [
            models.UniqueConstraint(
                name="message_id_unique_per_tenant",
                fields=["tenant", "message_id"],
                condition=models.Q(message_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.model_name or 'unknown model'}: {self.input_tokens} in, {self.output_tokens} out"
