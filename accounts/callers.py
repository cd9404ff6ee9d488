"""Who calls the API: an `Authorization` field's key becomes a `Caller`."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from accounts import api_keys
from accounts.models import ApiKey
from everyskill.short_memory import ShortMemory

# A revoked key, or the key of a person switched off, stops on every process within this time.
CACHE_SECONDS = 3.0
LAST_USED_EVERY = timedelta(minutes=1)

_SCHEME = "bearer"
_NO_DIGEST = api_keys.digest("")

# By the digest of the whole key, so who finds an entry has shown the key.
_callers: ShortMemory[str, "Caller"] = ShortMemory(seconds=CACHE_SECONDS, size=10_000)


@dataclass(frozen=True, slots=True)
class Caller:
    """The key that a request came with, and whose it is."""

    key_id: UUID
    tenant_id: UUID
    user_id: UUID
    expires_at: datetime
    rate_limit_per_minute: int


def identify(authorization: str) -> Caller | None:
    """The caller of an `Authorization: Bearer esk_…` field; None when the key is not usable, whatever the reason.

    What a key stands for is remembered for `CACHE_SECONDS`; its expiry is judged at every call. Keys that are not
    usable are not remembered. Comparing takes the same time for a known and an unknown key's prefix.
    """
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != _SCHEME:
        return None
    secret = secret.strip()
    digest = api_keys.digest(secret)
    caller = _callers.get(digest)
    if caller is None:
        caller = _load(secret, digest) if api_keys.is_well_formed(secret) else None
    if caller is None or caller.expires_at <= datetime.now(UTC):
        return None
    return caller


def forget_all() -> None:
    """Look every key up afresh: a row that a key stood for has gone."""
    _callers.clear()


def _load(secret: str, digest: str) -> Caller | None:
    now = timezone.now()
    key = (
        ApiKey.objects.usable_at(now)
        .select_related("tenant__site_settings")
        .filter(prefix=api_keys.lookup_prefix(secret))
        .first()
    )
    is_right = hmac.compare_digest(key.secret_hash if key else _NO_DIGEST, digest)
    if key is None or not is_right:
        return None
    caller = Caller(
        key_id=key.pk,
        tenant_id=key.tenant_id,
        user_id=key.user_id,
        expires_at=key.expires_at,
        rate_limit_per_minute=key.tenant.rate_limit_per_minute,
    )
    _callers.set(digest, caller)
    _note_use(key, now)
    return caller


def _note_use(key: ApiKey, now: datetime) -> None:
    """Write `last_used_at`, at most once a minute: keys are looked up far more often than that."""
    if key.last_used_at is None or key.last_used_at < now - LAST_USED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
