"""The one statement that stores events, and the connections that it runs on."""

from collections.abc import Sequence
from operator import attrgetter

import msgspec
from django.db import OperationalError, connection

from everyskill.kept_connections import Rows, Statement, kept
from settings_app.consent import Gate
from tracking import outages
from tracking.event_rows import EventRow

# One round trip and one commit for any number of events. A row that is known already (by its id, when a broken
# connection made us ask twice, or by the client's event id) is left as it is and not returned.
#
# The tables do not check their references. So the statement looks up the two whose deletion is a promise: a person who
# was deleted while a request remembered them is left out, and of a tenant that has gone nothing is stored, as if it had
# been stored a moment before. The ids of a key and a skill are history, and stay when those go.
#
# What the gate says at this moment comes back with the row: with a gate shut no capture need be handed over. The
# capture itself asks again, and holds it.
_COLUMNS = {
    "id": "uuid",
    "tenant_id": "uuid",
    "user_id": "uuid",
    "api_key_id": "uuid",
    "skill_id": "uuid",
    "skill_ref": "text",
    "tool_name": "text",
    "event_id": "text",
    "metadata": "jsonb",
    "created_at": "timestamptz",
    "token_id": "uuid",
    "message_id": "text",
    "model_name": "text",
    "model_provider": "text",
    "input_tokens": "bigint",
    "cache_read_input_tokens": "bigint",
    "cache_creation_input_tokens": "bigint",
    "output_tokens": "bigint",
    "latency_ms": "bigint",
    "cost_microdollars": "bigint",
}
# A single event comes as parameters, which the planner puts where they are used: a third less work for PostgreSQL.
_ONE = "NOT MATERIALIZED (SELECT {})".format(
    ", ".join(
        f"${number}::{kind} AS {name}" for number, (name, kind) in enumerate(_COLUMNS.items(), 1)
    )
)
_MANY = "MATERIALIZED (SELECT * FROM json_to_recordset($1::json) AS row ({}))".format(  # noqa: S608 - constants only
    ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
)
_INSERT = """
    WITH incoming AS {incoming}, stored AS (
        INSERT INTO tracking_usageevent
            (id, tenant_id, user_id, api_key_id, skill_id, skill_ref, tool_name, event_id, metadata, created_at)
        SELECT id, tenant_id, (SELECT person.id FROM accounts_user AS person WHERE person.id = incoming.user_id),
            api_key_id, skill_id, skill_ref, tool_name, event_id, metadata, created_at
        FROM incoming
        WHERE (SELECT true FROM accounts_tenant AS tenant WHERE tenant.id = incoming.tenant_id)
        {in_order_of_events}
        ON CONFLICT DO NOTHING
        RETURNING id, tenant_id, skill_id, user_id, created_at
    ), measured AS (
        INSERT INTO tracking_tokenmeasurement
            (id, tenant_id, user_id, skill_id, usage_event_id, message_id, model_name, model_provider, input_tokens,
             cache_read_input_tokens, cache_creation_input_tokens, output_tokens, latency_ms, cost_microdollars,
             created_at)
        SELECT token_id, stored.tenant_id, stored.user_id, stored.skill_id, id, message_id, model_name,
            model_provider, input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens,
            latency_ms, cost_microdollars, stored.created_at
        FROM incoming JOIN stored USING (id) WHERE token_id IS NOT NULL
        {in_order_of_messages}
        ON CONFLICT DO NOTHING
    )
    SELECT stored.id::text,
        CASE
            WHEN (SELECT site.training_data_capture_enabled FROM settings_app_sitesettings AS site
                  WHERE site.tenant_id = stored.tenant_id) IS NOT TRUE THEN 'tenant_off'
            WHEN (SELECT person.training_data_consent FROM settings_app_userpreferences AS person
                  WHERE person.user_id = stored.user_id) IS NOT TRUE THEN 'no_consent'
            ELSE 'open'
        END
    FROM stored
"""

# Many rows go in the order of their unique keys, so that two statements with the same events cannot wait for each other
# in a ring. One row has no order, and a sub-select that is to be sorted costs it some 20 millionths of a second.
_INSERT_ONE = Statement(
    "everyskill_one",
    _INSERT.format(incoming=_ONE, in_order_of_events="", in_order_of_messages=""),
)
_INSERT_MANY = Statement(
    "everyskill_many",
    _INSERT.format(
        incoming=_MANY,
        in_order_of_events="ORDER BY event_id, incoming.id",
        in_order_of_messages="ORDER BY message_id, id",
    ),
)


def store_rows(rows: Sequence[EventRow]) -> list[Gate | None]:
    """Run the statement; each row's gate as the statement saw it, None for a row that was known already.

    A connection that broke, or a deadlock, is tried once more: the rows' ids make that safe. A row that the first
    try had committed counts as known then, so its capture is left out. Raises `django.db.Error`.
    """
    try:
        return _run(rows)
    except OperationalError as error:
        if connection.in_atomic_block or not outages.is_worth_repeating(error):
            raise
        outages.drop_dead_connections()
        return _run(rows)


def _run(rows: Sequence[EventRow]) -> list[Gate | None]:
    said: Rows
    if len(rows) == 1:
        said = kept.fetch_all(_INSERT_ONE, _parameters(rows[0]))
    else:
        said = kept.fetch_all(_INSERT_MANY, [_encode(rows)])
    gates = {id: _GATES[gate] for id, gate in said}
    return [gates.get(row.id) for row in rows]


# Looking up and encoding a value is half as much work with what is made once as with what each call would make.
_GATES: dict[str | None, Gate] = {gate.value: gate for gate in Gate}
_values = attrgetter(*_COLUMNS)
_encode = msgspec.json.Encoder().encode


def _parameters(row: EventRow) -> list[bytes | None]:
    """A row's columns as PostgreSQL reads them."""
    return [
        # Most are text or nothing. A test by class is the quickest there is.
        value.encode() if value.__class__ is str else None if value is None else _encode(value)
        for value in _values(row)
    ]
