"""What agents report: each use of a skill, and the tokens it took. No text of a use is ever in here."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Least
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models import ApiKey, Tenant
from skills.models import Skill


class UsageEvent(models.Model):
    """One use of a skill by one person's agent. `skill` is null when the reference matched none.

    `skill_id` may also be the id of a skill that has gone, which no other ever gets: ask `Skill`, not for null, whether
    a skill is known, and read `skill` only after `select_related`, which makes it None then.

    The database does not check the references: at this rate the checks would cost more than the row
    (docs/decisions/0041-no-foreign-key-checks-on-events.md). The inserting statement looks up tenant and person, and
    `prune_events` takes out the person of a row that slipped through beside a deletion.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Rows come by the million, so no index that another one's first column makes superfluous.
    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.CASCADE,
        related_name="usage_events",
        db_index=False,
        db_constraint=False,
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="usage_events",
        null=True,
        db_constraint=False,
    )
    # Which key an event came with and which skill it used is history: it stays when they have gone, and needs no index
    # to be taken out by. Deleting a skill would otherwise write to millions of rows while somebody waits for the page.
    api_key = models.ForeignKey(
        ApiKey,
        on_delete=models.DO_NOTHING,
        related_name="usage_events",
        null=True,
        db_index=False,
        db_constraint=False,
    )
    skill = models.ForeignKey(
        Skill,
        on_delete=models.DO_NOTHING,
        related_name="usage_events",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    skill_ref = models.CharField(max_length=200)
    tool_name = models.CharField(max_length=200)
    event_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - absent is not empty
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        # Upwards, though the newest are read: rows are added at the end then, and leave no page half empty.
        indexes = [models.Index(fields=["tenant", "created_at"], name="event_by_tenant_and_time")]
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
    """Tokens of one assistant message. An unknown model's cost is null: unknown, not nothing.

    `skill_id` may be the id of a skill that has gone, as in an event.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Unchecked references, as in an event.
    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.CASCADE,
        related_name="token_measurements",
        db_index=False,
        db_constraint=False,
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        db_constraint=False,
    )
    skill = models.ForeignKey(
        Skill,
        on_delete=models.DO_NOTHING,
        related_name="token_measurements",
        null=True,
        blank=True,
        db_index=False,
        db_constraint=False,
    )
    usage_event_id = models.UUIDField()
    message_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - absent is not empty
    model_name = models.CharField(max_length=100, blank=True, default="")
    model_provider = models.CharField(max_length=50, blank=True, default="")
    input_tokens = models.BigIntegerField(default=0)
    cache_read_input_tokens = models.BigIntegerField(default=0)
    cache_creation_input_tokens = models.BigIntegerField(default=0)
    output_tokens = models.BigIntegerField(default=0)
    latency_ms = models.BigIntegerField(null=True, blank=True)
    cost_microdollars = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["tenant", "created_at"], name="tokens_by_tenant_and_time")]
        constraints = [
            models.UniqueConstraint(
                name="message_id_unique_per_tenant",
                fields=["tenant", "message_id"],
                condition=models.Q(message_id__isnull=False),
            ),
            # One for all five: the server reads each constraint anew for each statement.
            models.CheckConstraint(
                name="no_token_figure_is_negative",
                condition=GreaterThanOrEqual(
                    Least(
                        "input_tokens",
                        "cache_read_input_tokens",
                        "cache_creation_input_tokens",
                        "output_tokens",
                        "latency_ms",
                    ),
                    0,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model_name or 'unknown model'}: {self.input_tokens} in, {self.output_tokens} out"


class TokenPrice(models.Model):
    """A tenant's own price of a model, in US dollars for a million tokens, from a day on. It wins over the list."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="token_prices")
    model_name = models.CharField(max_length=100)
    since = models.DateField()
    input = models.DecimalField(max_digits=10, decimal_places=4, validators=[MinValueValidator(0)])
    cache_read = models.DecimalField(
        max_digits=10, decimal_places=4, validators=[MinValueValidator(0)]
    )
    cache_write = models.DecimalField(
        max_digits=10, decimal_places=4, validators=[MinValueValidator(0)]
    )
    output = models.DecimalField(max_digits=10, decimal_places=4, validators=[MinValueValidator(0)])

    class Meta:
        ordering = ["model_name", "-since"]
        constraints = [
            models.UniqueConstraint(
                name="token_price_once_a_day", fields=["tenant", "model_name", "since"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.model_name} since {self.since}"


class RateWindow(models.Model):
    """How many events of a key this minute has seen, over all processes. Its table is not logged: a crash of the
    database server empties it, and the counting begins anew."""

    api_key = models.OneToOneField(
        ApiKey, on_delete=models.CASCADE, primary_key=True, related_name="rate_window"
    )
    number = models.BigIntegerField()
    used = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.used} in minute {self.number}"


class SkillDailyUsage(models.Model):
    """One person's uses of a skill on one day (UTC), counted within a second; what lists and charts read.

    Events are pruned, these counts stay. The person is null once their account is gone.
    """

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, related_name="daily_usage", db_index=False
    )
    skill = models.ForeignKey(
        Skill, on_delete=models.CASCADE, related_name="daily_usage", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="daily_usage", null=True
    )
    day = models.DateField()
    uses = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "skill daily usage"
        indexes = [models.Index(fields=["tenant", "day"], name="daily_usage_by_tenant")]
        constraints = [
            models.UniqueConstraint(
                name="daily_usage_once_per_person", fields=["skill", "user", "day"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.uses} on {self.day}"


class TokenDay(models.Model):
    """The token measurements of one finished day (UTC), added up by skill, person and model; see `usage.rollup`.

    `unpriced` of the `messages` are of unknown cost, `timed` of them have a latency.
    """

    id = models.BigAutoField(primary_key=True)
    tenant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, related_name="token_days", db_index=False
    )
    day = models.DateField()
    skill = models.ForeignKey(
        Skill, on_delete=models.SET_NULL, related_name="token_days", null=True, blank=True
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True
    )
    model_name = models.CharField(max_length=100, blank=True, default="")
    messages = models.PositiveBigIntegerField()
    input_tokens = models.PositiveBigIntegerField()
    cache_read_input_tokens = models.PositiveBigIntegerField()
    cache_creation_input_tokens = models.PositiveBigIntegerField()
    output_tokens = models.PositiveBigIntegerField()
    cost_microdollars = models.BigIntegerField()
    unpriced = models.PositiveBigIntegerField()
    latency_ms = models.PositiveBigIntegerField()
    timed = models.PositiveBigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["tenant", "day"], name="token_day_by_tenant")]

    def __str__(self) -> str:
        return f"{self.messages} messages on {self.day}"


class TokenRollup(models.Model):
    """The last day of which a tenant's token measurements are added up."""

    tenant = models.OneToOneField(
        Tenant, on_delete=models.CASCADE, primary_key=True, related_name="token_rollup"
    )
    through = models.DateField()

    def __str__(self) -> str:
        return f"{self.tenant} through {self.through}"
