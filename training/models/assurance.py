"""What the assurance page reports: daily counts of captures, and the last verification. No text, no person."""

from django.db import models
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models import Tenant


class CaptureCount(models.Model):
    """How often something happened to captures of a tenant on one day (UTC).

    `what` is an outcome of `training.capture`, or `redacted:` and a kind of secret.
    """

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, related_name="capture_counts", db_index=False
    )
    day = models.DateField()
    what = models.CharField(max_length=80)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="capture_count_once_a_day", fields=["tenant", "day", "what"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.what}: {self.count} on {self.day}"


class Verification(models.Model):
    """One run of the proof for one tenant: what was read and what was found wrong."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="verifications")
    verified_at = models.DateTimeField(default=timezone.now, editable=False)
    records = models.PositiveBigIntegerField()
    examples = models.PositiveBigIntegerField()
    # Sentences that name rows by id.
    problems = models.JSONField(default=list)
    canary_planted = models.PositiveIntegerField()
    canary_survived = models.JSONField(default=list)
    sanitizer_version = models.CharField(max_length=20)

    class Meta:
        get_latest_by = "verified_at"
        indexes = [models.Index(fields=["tenant", "-verified_at"], name="verification_newest")]

    def __str__(self) -> str:
        return f"{self.records} rows, {len(self.problems)} problems"

    @property
    def is_clean(self) -> bool:
        return not self.problems and not self.canary_survived

    @property
    def canary_stopped(self) -> int:
        return self.canary_planted - len(self.canary_survived)

    @property
    def canary_note(self) -> str:
        return f"of {self.canary_planted}, by sanitizer {self.sanitizer_version}"
