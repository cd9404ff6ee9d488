"""Adding up token measurements by the day, so that a page over a month need not read each of them.

Done when a usage page is opened, for the days that have ended since the last time; today's are read one by one. Nothing
on the way of an event waits for this. See docs/decisions/0022-usage-figures-by-the-day.md.
"""

from datetime import date, timedelta

from django.db import connection, transaction

from accounts.models import Tenant
from tracking.daily_counts import count_again
from tracking.models import TokenRollup

USAGE_DAYS = 30

# What is of a skill or person that has gone is of none in the sums, which do check their references. The tenant's
# skills are held, so that none goes before the commit: who deletes one waits, and then finds its sums. A deletion that
# came first is waited for here, and its skill is not found.
_ADD_UP = """
    WITH held AS MATERIALIZED (
        SELECT id FROM skills_skill WHERE tenant_id = %(tenant)s ORDER BY id FOR KEY SHARE
    )
    INSERT INTO tracking_tokenday
        (tenant_id, day, skill_id, user_id, model_name, messages, input_tokens, cache_read_input_tokens,
         cache_creation_input_tokens, output_tokens, cost_microdollars, unpriced, latency_ms, timed)
    SELECT tokens.tenant_id, (created_at AT TIME ZONE 'UTC')::date AS day, held.id, person.id, model_name, count(*),
        sum(input_tokens), sum(cache_read_input_tokens), sum(cache_creation_input_tokens), sum(output_tokens),
        coalesce(sum(cost_microdollars), 0), count(*) - count(cost_microdollars),
        coalesce(sum(latency_ms), 0), count(latency_ms)
    FROM tracking_tokenmeasurement AS tokens
    LEFT JOIN held ON held.id = tokens.skill_id
    LEFT JOIN accounts_user AS person ON person.id = tokens.user_id
    WHERE tokens.tenant_id = %(tenant)s
        AND created_at >= (%(first)s::date::timestamp AT TIME ZONE 'UTC')
        AND created_at < ((%(last)s::date + 1)::timestamp AT TIME ZONE 'UTC')
    GROUP BY tokens.tenant_id, day, held.id, person.id, model_name
"""


def add_up_token_days(tenant: Tenant, *, today: date) -> date:
    """Add up the days before `today` that are not yet, at most the last 30; returns the first day that is not.

    Each day is added up once: whoever comes second waits for the first and finds nothing left to do. A day is left
    alone until the next has begun for everyone, since a measurement that was made just before midnight may be
    committed just after.
    """
    last = today - timedelta(days=2)
    rollup = TokenRollup.objects.filter(tenant=tenant).first()
    if rollup and rollup.through >= last:
        return rollup.through + timedelta(days=1)
    with transaction.atomic():
        TokenRollup.objects.bulk_create(
            [TokenRollup(tenant=tenant, through=today - timedelta(days=USAGE_DAYS))],
            ignore_conflicts=True,
        )
        rollup = TokenRollup.objects.select_for_update().get(tenant=tenant)
        first = max(rollup.through + timedelta(days=1), today - timedelta(days=USAGE_DAYS - 1))
        if first <= last:
            with connection.cursor() as cursor:
                cursor.execute(_ADD_UP, {"tenant": tenant.pk, "first": first, "last": last})
            count_again(tenant, first=first, last=last)
            rollup.through = last
            rollup.save(update_fields=["through"])
    return rollup.through + timedelta(days=1)
