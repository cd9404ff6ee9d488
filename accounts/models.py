"""Who is who: the organisation, its people, and the keys their agents send."""

from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser
from django.db import models, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts import api_keys

DEFAULT_KEY_EXPIRY_DAYS = 90
DEFAULT_RATE_LIMIT_PER_MINUTE = 6000


class Tenant(models.Model):
    """An organisation. Nothing crosses from one to another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def key_expiry_days(self) -> int:
        """Days that a new API key lives: the tenant's setting, or the default while it has none."""
        site_settings = getattr(self, "site_settings", None)
        return site_settings.key_expiry_days if site_settings else DEFAULT_KEY_EXPIRY_DAYS

    @property
    def rate_limit_per_minute(self) -> int:
        """Tracked events a minute that each API key may send: the tenant's setting, or the default."""
        site_settings = getattr(self, "site_settings", None)
        return (
            site_settings.rate_limit_per_minute if site_settings else DEFAULT_RATE_LIMIT_PER_MINUTE
        )


class User(AbstractUser):
    """A person. Belongs to one tenant; only a platform operator (`is_superuser`) may have none.

    `is_staff` makes a person an administrator of their own tenant.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, related_name="users", null=True, blank=True
    )
    email = models.EmailField("e-mail address", unique=True)

    REQUIRED_FIELDS = ["email"]

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                name="user_has_tenant_or_is_operator",
                condition=models.Q(tenant__isnull=False) | models.Q(is_superuser=True),
                violation_error_message="Choose a tenant: only a platform operator may have none.",
            )
        ]

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.username

    @property
    def is_tenant_admin(self) -> bool:
        return self.is_active and self.is_staff and self.tenant_id is not None


class ApiKey(models.Model):
    """A key that an agent's hook sends. The secret itself is shown once and never stored."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="api_keys")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=api_keys.PREFIX_LENGTH, unique=True, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API key"
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @classmethod
    def issue(cls, *, user: User, name: str) -> tuple["ApiKey", str]:
        """Make a key for the user; returns the row and the secret, which exists nowhere else."""
        if user.tenant is None:
            raise ValueError("A platform operator without a tenant has no use for an API key.")
        secret = api_keys.generate()
        now = timezone.now()
        key = cls.objects.create(
            tenant=user.tenant,
            user=user,
            name=name,
            prefix=api_keys.lookup_prefix(secret),
            secret_hash=api_keys.digest(secret),
            created_at=now,
            expires_at=now + timedelta(days=user.tenant.key_expiry_days),
        )
        return key, secret

    def is_usable_at(self, moment: datetime) -> bool:
        return self.revoked_at is None and self.expires_at > moment

    @transaction.atomic
    def revoke(self) -> None:
        """Stop the key for good. Revoking twice keeps the first moment."""
        type(self).objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=timezone.now())
        self.refresh_from_db(fields=["revoked_at"])


class Attempt(models.Model):
    """One failed log-in, or one reset e-mail asked for: who, as a keyed hash, and when. Kept for an hour."""

    id = models.BigAutoField(primary_key=True)
    who = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["who", "at"], name="attempt_by_who"),
            models.Index(fields=["at"], name="attempt_by_time"),
        ]

    def __str__(self) -> str:
        return f"attempt at {self.at:%Y-%m-%d %H:%M}"
