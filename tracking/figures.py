"""What the usage pages show: the uses, tokens, cost and latency of the last 30 days, in one query."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.models import Tenant
from tracking.token_days import USAGE_DAYS, add_up_token_days


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums. Of `messages` with tokens, `unpriced` are of unknown cost and `timed` have a latency (in ms)."""

    uses: int = 0
    messages: int = 0
    input_tokens: int = 0
    cache_read_input_tokens: int = 0
    cache_creation_input_tokens: int = 0
    output_tokens: int = 0
    cost_microdollars: int = 0
    unpriced: int = 0
    latency_ms: int = 0
    timed: int = 0

    @property
    def tokens(self) -> int:
        return (
            self.input_tokens
            + self.cache_read_input_tokens
            + self.cache_creation_input_tokens
            + self.output_tokens
        )

    @property
    def is_cost_known(self) -> bool:
        """Whether anything can be said of the cost: of at least one message it is known."""
        return self.messages > self.unpriced

    @property
    def mean_latency_ms(self) -> int | None:
        return round(self.latency_ms / self.timed) if self.timed else None


@dataclass(frozen=True, slots=True)
class Usage:
    """The figures of the last 30 days, today included: of all, and by each of four questions. `None` as a skill or
    person is one that is not known (any more), "" as a model one that was not named."""

    days: list[date]
    total: Figures
    by_day: dict[date, Figures] = field(default_factory=dict)
    by_skill: dict[UUID | None, Figures] = field(default_factory=dict)
    by_person: dict[UUID | None, Figures] = field(default_factory=dict)
    by_model: dict[str, Figures] = field(default_factory=dict)

    def series(self) -> list[tuple[date, Figures]]:
        """Each day in its order, also those without a use."""
        return [(day, self.by_day.get(day, Figures())) for day in self.days]


# The counts of uses are kept by the day as events come in; token measurements of days that have been added up come
# from there, the newer ones as they are; those of a skill that has gone are of none. GROUPING says which question a row
# of the answer belongs to.
_READ = """
    WITH figures AS (
        SELECT day, skill_id, user_id, NULL AS model_name, uses, 0 AS messages, 0 AS input_tokens,
            0 AS cache_read_input_tokens, 0 AS cache_creation_input_tokens, 0 AS output_tokens,
            0 AS cost_microdollars, 0 AS unpriced, 0 AS latency_ms, 0 AS timed
        FROM tracking_skilldailyusage
        WHERE tenant_id = %(tenant)s AND day >= %(since)s
    UNION ALL
        SELECT day, skill_id, user_id, model_name, 0, messages, input_tokens, cache_read_input_tokens,
            cache_creation_input_tokens, output_tokens, cost_microdollars, unpriced, latency_ms, timed
        FROM tracking_tokenday
        WHERE tenant_id = %(tenant)s AND day >= %(since)s
    UNION ALL
        SELECT (tokens.created_at AT TIME ZONE 'UTC')::date, skill.id, user_id, model_name, 0, 1, input_tokens,
            cache_read_input_tokens, cache_creation_input_tokens, output_tokens, coalesce(cost_microdollars, 0),
            (cost_microdollars IS NULL)::int, coalesce(latency_ms, 0), (latency_ms IS NOT NULL)::int
        FROM tracking_tokenmeasurement AS tokens
        LEFT JOIN skills_skill AS skill ON skill.id = tokens.skill_id
        WHERE tokens.tenant_id = %(tenant)s AND tokens.created_at >= (%(newer)s::date::timestamp AT TIME ZONE 'UTC')
    )
    SELECT GROUPING(day, skill_id, user_id, model_name), day, skill_id, user_id, model_name,
        sum(uses)::bigint, sum(messages)::bigint, sum(input_tokens)::bigint,
        sum(cache_read_input_tokens)::bigint, sum(cache_creation_input_tokens)::bigint,
        sum(output_tokens)::bigint, sum(cost_microdollars)::bigint, sum(unpriced)::bigint,
        sum(latency_ms)::bigint, sum(timed)::bigint
    FROM figures
    WHERE (%(skill)s::uuid IS NULL OR skill_id = %(skill)s) AND (%(user)s::uuid IS NULL OR user_id = %(user)s)
    GROUP BY GROUPING SETS ((), (day), (skill_id), (user_id), (model_name))
"""
_ALL, _BY_DAY, _BY_SKILL, _BY_PERSON, _BY_MODEL = 0b1111, 0b0111, 0b1011, 0b1101, 0b1110


def usage_of(tenant: Tenant, *, skill_id: UUID | None = None, user_id: UUID | None = None) -> Usage:
    """The tenant's last 30 days (UTC), or a skill's or a person's share of them."""
    today = timezone.now().date()
    newer = add_up_token_days(tenant, today=today)
    since = today - timedelta(days=USAGE_DAYS - 1)
    arguments: dict[str, date | UUID | None] = {
        "tenant": tenant.pk,
        "since": since,
        "newer": max(newer, since),
        "skill": skill_id,
        "user": user_id,
    }
    parts: dict[int, dict[Any, Figures]] = {
        grouping: {} for grouping in (_ALL, _BY_DAY, _BY_SKILL, _BY_PERSON, _BY_MODEL)
    }
    for grouping, key, figures in read(arguments):
        parts[grouping][key] = figures
    parts[_BY_MODEL].pop(None, None)  # the counts of uses know no model
    return Usage(
        days=[since + timedelta(days=number) for number in range(USAGE_DAYS)],
        total=parts[_ALL].get(None, Figures()),
        by_day=parts[_BY_DAY],
        by_skill=parts[_BY_SKILL],
        by_person=parts[_BY_PERSON],
        by_model=parts[_BY_MODEL],
    )


def read(arguments: dict[str, date | UUID | None]) -> Iterator[tuple[int, Any, Figures]]:
    with connection.cursor() as cursor:
        cursor.execute(_READ, arguments)
        for grouping, day, skill_id, user_id, model_name, *sums in cursor:
            key = {_BY_DAY: day, _BY_SKILL: skill_id, _BY_PERSON: user_id, _BY_MODEL: model_name}
            yield grouping, key.get(grouping), Figures(*(value or 0 for value in sums))


_LATENCIES = """
    SELECT percentile_disc(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY latency_ms) FROM (
        SELECT latency_ms FROM tracking_tokenmeasurement
        WHERE tenant_id = %(tenant)s AND (%(user)s::uuid IS NULL OR user_id = %(user)s)
        ORDER BY created_at DESC LIMIT 1000
    ) AS newest
"""


def latest_latencies(
    tenant: Tenant, *, user_id: UUID | None = None
) -> tuple[int | None, int | None]:
    """Median and 95th percentile, in ms, of the newest 1,000 measurements; None where none has a latency."""
    with connection.cursor() as cursor:
        cursor.execute(_LATENCIES, {"tenant": tenant.pk, "user": user_id})
        (row,) = cursor.fetchone() or (None,)
    return (row[0], row[1]) if row else (None, None)
