"""A key's events a minute, counted over all processes in PostgreSQL.

A process reserves a block of units at a time (a hundredth of the limit) and spends it from memory, so one request
in many pays for the shared count. What several processes have reserved and not spent when the minute ends is lost to
the key: at most a hundredth of the limit for each process. More than the limit is never granted in one window.
"""

import math
import threading
import time
from dataclasses import dataclass, field
from functools import lru_cache

import msgspec
from django.db import connection

from accounts.callers import Caller
from accounts.models import DEFAULT_RATE_LIMIT_PER_MINUTE
from everyskill.short_memory import ShortMemory

WINDOW_SECONDS = 60
BLOCKS_PER_WINDOW = 100

# The clock is the database's: machines whose clocks differ must agree on the window.
_RESERVE = f"""
    INSERT INTO tracking_ratewindow AS shared (api_key_id, number, used)
    VALUES (%s, floor(extract(epoch FROM statement_timestamp()) / {WINDOW_SECONDS})::bigint, %s)
    ON CONFLICT (api_key_id) DO UPDATE SET
        number = EXCLUDED.number,
        used = EXCLUDED.used + CASE WHEN shared.number = EXCLUDED.number THEN shared.used ELSE 0 END
    RETURNING used, ((number + 1) * {WINDOW_SECONDS} - extract(epoch FROM statement_timestamp()))::float8
"""  # noqa: S608 - constants only


class Allowance(msgspec.Struct, frozen=True):
    """What a key may still do in this window: `limit` and `remaining` in events, `reset_seconds` until the next."""

    granted: int
    limit: int
    remaining: int
    reset_seconds: int

    def as_headers(self) -> dict[str, str]:
        """The fields of draft-ietf-httpapi-ratelimit-headers-10: one policy, named for what it counts by."""
        return {
            "RateLimit-Policy": _policy(self.limit),
            "RateLimit": f'"key";r={self.remaining};t={self.reset_seconds}',
        }


@lru_cache(maxsize=1_000)
def _policy(limit: int) -> str:
    return f'"key";q={limit};w={WINDOW_SECONDS}'


# For an answer that was given before any key was known.
NOT_COUNTED = Allowance(
    granted=0,
    limit=DEFAULT_RATE_LIMIT_PER_MINUTE,
    remaining=DEFAULT_RATE_LIMIT_PER_MINUTE,
    reset_seconds=WINDOW_SECONDS,
)


@dataclass(slots=True)
class _Lease:
    """What this process has reserved for a key until `ends` (monotonic seconds), and what others may still reserve."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    left: int = 0
    elsewhere: int = 1
    ends: float = 0.0


# By the key's id as a number, which a dict compares without a call of Python.
_leases: ShortMemory[int, _Lease] = ShortMemory(seconds=10 * WINDOW_SECONDS, size=100_000)
_leases_lock = threading.Lock()


def spend(caller: Caller, units: int) -> Allowance:
    """Take up to `units` of the caller's limit; `granted` says how many were left to take.

    Raises `django.db.Error` when the shared count cannot be reached.
    """
    lease = _leases.get(caller.key_id.int) or _new_lease(caller.key_id.int)
    with lease.lock:
        now = time.monotonic()
        is_over = now >= lease.ends
        if is_over:
            lease.left = 0
        # When others have taken all there is, asking again before the next window is useless.
        if lease.left < units and (is_over or lease.elsewhere > 0):
            _reserve(lease, caller, units - lease.left)
        granted = min(units, lease.left)
        lease.left -= granted
        return Allowance(
            granted=granted,
            limit=caller.rate_limit_per_minute,
            remaining=lease.left + lease.elsewhere,
            reset_seconds=max(1, math.ceil(lease.ends - now)),
        )


def _new_lease(key_id: int) -> _Lease:
    with _leases_lock:
        lease = _leases.get(key_id)
        if lease is None:
            lease = _Lease()
            _leases.set(key_id, lease)
        return lease


def spend_more(caller: Caller, allowance: Allowance, units: int) -> Allowance:
    """Take up to `units` more for the same request; `granted` counts both takings."""
    more = spend(caller, units)
    return msgspec.structs.replace(more, granted=allowance.granted + more.granted)


def _reserve(lease: _Lease, caller: Caller, missing: int) -> None:
    limit = caller.rate_limit_per_minute
    block = max(missing, limit // BLOCKS_PER_WINDOW)
    with connection.cursor() as cursor:
        cursor.execute(_RESERVE, [caller.key_id, block])
        used, seconds_left = cursor.fetchone()
    lease.left += min(block, max(0, limit - (used - block)))
    lease.elsewhere = max(0, limit - used)
    lease.ends = time.monotonic() + seconds_left
