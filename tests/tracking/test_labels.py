"""A secret in an event's short strings is not stored, and the event is not lost."""

import pytest
from django.apps import apps
from django.db import connection

from tracking.models import TokenMeasurement, UsageEvent

# Composed, so that no file holds anything that looks like a live secret.
TOKEN = "gh" + "p_" + "R4nd0mT0k3nOfTh1rtyS1xCh4r4ct3rsXyZ9"
FIELDS = [
    "skill_id",
    "tool_name",
    "hook_event",
    "event_id",
    "session_id",
    "message_id",
    "model_name",
]


@pytest.mark.parametrize("field", FIELDS)
def test_a_token_in_any_label_is_not_stored(send, event, skill, field):
    assert send(event | {"input_tokens": 1, field: TOKEN}).status_code == 200
    assert UsageEvent.objects.count() == TokenMeasurement.objects.count() == 1
    for model in apps.get_app_config("tracking").get_models():
        with connection.cursor() as cursor:
            query = f"SELECT count(*) FROM {model._meta.db_table} AS t WHERE t::text LIKE %s"
            cursor.execute(query, [f"%{TOKEN[4:30]}%"])
            assert cursor.fetchone() == (0,)


def test_a_password_in_a_label_is_not_stored(send, event):
    assignment = "login pass" + "word=Tr0ub4dor&3xyz"
    send(event | {"tool_name": assignment})
    assert "Tr0ub4dor" not in UsageEvent.objects.get().tool_name


def test_an_id_that_looks_like_a_secret_still_makes_repeating_safe(send, event):
    for _ in range(2):
        send(event | {"event_id": TOKEN})
    assert UsageEvent.objects.get().event_id.startswith("sha256:")


@pytest.mark.parametrize(
    "event_id",
    [
        "toolu_01A09q90qw90lq917835lq9",
        "10874ea6-3d23-476d-a25c-86f676c1fe6b",
        "es1-0e176644466a332ca45ac9729557e5ecadcd8394",
        "session:tool:1",
    ],
)
def test_ordinary_ids_are_stored_as_sent(send, event, event_id):
    send(event | {"event_id": event_id})
    assert UsageEvent.objects.get().event_id == event_id
