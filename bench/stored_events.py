"""Events that are there already, made by the database itself: a benchmark's past, spread over a year."""

import psycopg
from psycopg import sql

# The same columns and widths as real ones; keys in the order of time, as UUIDv7 are.
_EVENTS = """
    INSERT INTO tracking_usageevent
        (id, tenant_id, user_id, api_key_id, skill_id, skill_ref, tool_name, event_id, metadata, created_at)
    SELECT
        (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3)
            || '8' || substr(md5(n::text), 4, 15))::uuid,
        who.tenant_id, who.user_id, who.id, skill.id, skill.slug, 'Bash', 'toolu_' || md5('e' || n),
        jsonb_build_object('source', 'hook', 'skill_name', skill.slug, 'hook_event', 'PostToolUse', 'latency_ms', 70,
            'client_timestamp', at, 'server_timestamp', at, 'session_id', gen_random_uuid(),
            'input_length', 500, 'output_length', 500),
        at
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
    CROSS JOIN LATERAL (SELECT now() - interval '365 days' * (1 - n::float8 / %(total)s) AS at) AS times
    JOIN (SELECT k.*, row_number() OVER () - 1 AS place, count(*) OVER () AS people
          FROM accounts_apikey k JOIN accounts_tenant t ON t.id = k.tenant_id WHERE t.slug = 'quiet') AS who
        ON who.place = n / 10 %% who.people
    JOIN skills_skill AS skill ON skill.tenant_id = who.tenant_id AND skill.slug = 'skill-' || n %% 10
    ORDER BY n
"""
_TOKENS = """
    INSERT INTO tracking_tokenmeasurement
        (id, tenant_id, user_id, skill_id, usage_event_id, message_id, model_name, model_provider, input_tokens,
         cache_read_input_tokens, cache_creation_input_tokens, output_tokens, latency_ms, cost_microdollars, created_at)
    SELECT id, tenant_id, user_id, skill_id, id, 'msg_' || md5(event_id), 'claude-sonnet-4-5', 'anthropic', 120,
        1000, 50, 34, 70, 1358, created_at
    FROM tracking_usageevent WHERE created_at >= %(since)s ORDER BY id
"""
_COUNTS = """
    INSERT INTO tracking_skilldailyusage (tenant_id, skill_id, user_id, day, uses)
    SELECT tenant_id, skill_id, user_id, (created_at AT TIME ZONE 'UTC')::date, count(*)
    FROM tracking_usageevent GROUP BY 1, 2, 3, 4
"""
BLOCK = 250_000
# All but the primary keys are made anew after the filling: it would take several times as long with them.
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid IN ('tracking_usageevent'::regclass, 'tracking_tokenmeasurement'::regclass) AND NOT indisprimary
"""


def fill(url: str, events: int) -> None:
    """Store that many events with their tokens and counts, as of sixteen people and ten skills."""
    with psycopg.connect(url, autocommit=True) as connection:
        indexes = dict(connection.execute(_INDEXES).fetchall())
        for name in indexes:
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
        for first in range(0, events, BLOCK):
            last = min(first + BLOCK, events) - 1
            parameters = {"first": first, "last": last, "total": events}
            connection.execute(_EVENTS, parameters)
            print(f"\r{last + 1:,} events stored", end="", flush=True)
        connection.execute(_TOKENS, {"since": "-infinity"})
        connection.execute(_COUNTS)
        print(", with their tokens and counts")
        connection.execute("SET maintenance_work_mem = '1GB'")
        for definition in indexes.values():
            connection.execute(definition)
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
