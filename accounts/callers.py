"""Who calls the API: an `Authorization` field's key becomes a `Caller`."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from accounts import api_keys
from accounts.models import DEFAULT_RATE_LIMIT_PER_MINUTE, ApiKey
from everyskill.kept_connections import Statement, kept
from everyskill.later import Later
from everyskill.short_memory import ShortMemory

# A revoked key, or the key of a person switched off, stops on every process within this time.
CACHE_SECONDS = 4.0
# `last_used_at` is written at most so often: keys are looked up far more often than that.
LAST_USED_EVERY = timedelta(minutes=1)

# The usable key of an active person, as `ApiKey.is_usable_at` and `Tenant.rate_limit_per_minute` have it. A statement,
# not the ORM: keys are looked up under load, and a request waits for it.
_USABLE = Statement(
    "everyskill_usable_key",
    """
    SELECT key.secret_hash::text, key.id::text, key.tenant_id::text, key.user_id::text, key.expires_at::text,
        coalesce(key.last_used_at, 'epoch')::text, coalesce(site.rate_limit_per_minute, $3::int)::text
    FROM accounts_apikey AS key
    JOIN accounts_user AS person ON person.id = key.user_id AND person.is_active
    LEFT JOIN settings_app_sitesettings AS site ON site.tenant_id = key.tenant_id
    WHERE key.prefix = $1::text AND key.revoked_at IS NULL AND key.expires_at > $2::timestamptz
    """,
)
_DEFAULT_LIMIT = str(DEFAULT_RATE_LIMIT_PER_MINUTE).encode()

_SCHEME = "bearer"
_NO_DIGEST = api_keys.digest("")

# By the digest of the whole key, so who finds an entry has shown the key, and no key stands here.
_callers: ShortMemory[str, "Caller"] = ShortMemory(seconds=CACHE_SECONDS, size=10_000)


@dataclass(frozen=True, slots=True)
class Caller:
    """The key that a request came with, and whose it is. The ids also as the text that a statement takes."""

    key_id: UUID
    tenant_id: UUID
    user_id: UUID
    expires_at: datetime
    rate_limit_per_minute: int
    key_text: str = field(init=False)
    tenant_text: str = field(init=False)
    user_text: str = field(init=False)

    def __post_init__(self) -> None:
        for name in ("key", "tenant", "user"):
            object.__setattr__(self, f"{name}_text", str(getattr(self, f"{name}_id")))


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


def _load(secret: str, digest: str) -> Caller | None:
    now = timezone.now()
    found = kept.look_up(
        _USABLE, [api_keys.lookup_prefix(secret).encode(), str(now).encode(), _DEFAULT_LIMIT]
    )
    secret_hash, *columns = found[0] if found else (_NO_DIGEST,)
    is_right = hmac.compare_digest(str(secret_hash), digest)
    if not found or not is_right:
        return None
    key_id, tenant_id, user_id, expires_at, last_used_at, limit = map(str, columns)
    caller = Caller(
        key_id=UUID(key_id),
        tenant_id=UUID(tenant_id),
        user_id=UUID(user_id),
        expires_at=datetime.fromisoformat(expires_at),
        rate_limit_per_minute=int(limit),
    )
    _callers.set(digest, caller)
    if datetime.fromisoformat(last_used_at) < now - LAST_USED_EVERY:
        _uses.add(key_id)
    return caller


def _note_uses(uses: Mapping[str, int]) -> None:
    ApiKey.objects.filter(pk__in=uses).update(last_used_at=timezone.now())


# By the key's id. Beside the answer: who waits for a key's row must not keep its events waiting.
_uses: Later[str] = Later("key_uses", _note_uses)
