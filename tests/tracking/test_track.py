"""`POST /api/track`: what is stored, and what is answered."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import callers
from accounts.models import ApiKey
from tests.factories import ApiKeyFactory, SkillFactory
from tracking.models import SkillDailyUsage, TokenMeasurement, UsageEvent

# What the first request looked up is remembered by the second, and both count in one minute.
pytestmark = pytest.mark.usefixtures("clock")

KEY_MISSING = {"detail", "errors", "status", "title", "type"}


def test_it_stores_an_event_and_answers_200_with_an_empty_body(send, event, skill, bob):
    response = send(event)
    assert (response.status_code, response.content) == (200, b"")
    stored = UsageEvent.objects.get()
    assert stored.tenant == bob.tenant
    assert stored.user == bob
    assert stored.api_key == bob.api_keys.get()
    assert stored.skill == skill
    assert (stored.skill_ref, stored.tool_name, stored.event_id) == ("release-notes", "Bash", None)


def test_its_metadata_tells_lengths_and_times_but_no_text(send, event, skill):
    event |= {
        "hook_event": "PostToolUse",
        "session_id": "10874ea6-3d23-476d-a25c-86f676c1fe6b",
        "tool_input_snippet": "SNIPPET-IN",
        "tool_output_snippet": "SNIPPET-OUT",
        "latency_ms": 12,
        "ts": "2026-11-21T10:42:17+02:00",
    }
    send(event)
    stored = UsageEvent.objects.get()
    server_timestamp = stored.metadata.pop("server_timestamp")
    assert datetime.fromisoformat(server_timestamp) == stored.created_at
    assert stored.metadata == {
        "source": "hook",
        "skill_name": "release-notes",
        "hook_event": "PostToolUse",
        "session_id": "10874ea6-3d23-476d-a25c-86f676c1fe6b",
        "client_timestamp": "2026-11-21T08:42:17Z",
        "latency_ms": 12,
        "input_length": 10,
        "output_length": 11,
    }


def test_the_skill_may_be_named_by_its_id(send, event, skill):
    send(event | {"skill_id": str(skill.pk)})
    stored = UsageEvent.objects.get()
    assert stored.skill == skill
    assert stored.metadata["skill_name"] == "release-notes"


def test_an_unknown_skill_never_loses_the_event(send, event):
    assert send(event | {"skill_id": "no-such-skill"}).status_code == 200
    stored = UsageEvent.objects.get()
    assert (stored.skill, stored.skill_ref) == (None, "no-such-skill")


@pytest.mark.parametrize("by", ["slug", "pk"])
def test_another_tenants_skill_is_unknown(send, event, charlie, by):
    foreign = SkillFactory(author=charlie, slug="foreign")
    assert send(event | {"skill_id": str(getattr(foreign, by))}).status_code == 200
    assert UsageEvent.objects.get().skill is None
    assert not SkillDailyUsage.objects.exists()


def test_a_new_skill_counts_from_its_first_use(send, event, alice):
    send(event | {"skill_id": "fresh"})
    fresh = SkillFactory(author=alice, slug="fresh")
    send(event | {"skill_id": "fresh"})
    assert list(UsageEvent.objects.order_by("id").values_list("skill", flat=True)) == [
        None,
        fresh.pk,
    ]


def test_a_repeated_event_id_stores_nothing_twice(send, event, skill):
    event |= {"event_id": "e-1", "input_tokens": 5, "output_tokens": 7}
    for _ in range(3):
        assert send(event).status_code == 200
    assert UsageEvent.objects.count() == 1
    assert TokenMeasurement.objects.count() == 1
    assert SkillDailyUsage.objects.get().uses == 1


def test_an_event_id_is_the_tenants_own(send, event, charlie):
    event |= {"event_id": "e-1"}
    send(event)
    send(event, key=ApiKeyFactory(user=charlie).secret)
    assert UsageEvent.objects.count() == 2


def test_ignored_fields_are_ignored(send, event):
    assert send(event | {"unheard_of": {"deep": [1, 2]}}).status_code == 200


def test_uses_are_counted_by_person_and_day(send, event, skill, alice, bob):
    send(event)
    send(event)
    send(event, key=ApiKeyFactory(user=alice).secret)
    today = datetime.now(UTC).date()
    assert set(SkillDailyUsage.objects.values_list("user", "day", "uses")) == {
        (bob.pk, today, 2),
        (alice.pk, today, 1),
    }


@pytest.mark.usefixtures("counted_later")
def test_a_key_used_moments_ago_needs_one_query(send, event, skill, django_assert_num_queries):
    send(event | {"input_tokens": 1, "model_name": "claude-sonnet-4-5"})
    # 1: the event and its tokens, in one statement
    with django_assert_num_queries(1):
        send(event | {"input_tokens": 1, "model_name": "claude-sonnet-4-5"})


def test_last_used_is_written_at_most_once_a_minute(send, event, bob, clock):
    before = timezone.now()
    send(event)
    first = bob.api_keys.get().last_used_at
    assert before <= first <= timezone.now()
    clock.now += callers.CACHE_SECONDS
    send(event)
    assert bob.api_keys.get().last_used_at == first
    ApiKey.objects.update(last_used_at=first - timedelta(seconds=61))
    clock.now += callers.CACHE_SECONDS
    send(event)
    assert bob.api_keys.get().last_used_at > first


def refuse_key_revoked(bob):
    bob.api_keys.get().revoke()


def refuse_key_expired(bob):
    bob.api_keys.update(expires_at=timezone.now())


def refuse_person_switched_off(bob):
    bob.is_active = False
    bob.save()


def refuse_key_deleted(bob):
    bob.api_keys.all().delete()


REFUSALS = [refuse_key_revoked, refuse_key_expired, refuse_person_switched_off, refuse_key_deleted]


@pytest.mark.parametrize("refuse", REFUSALS)
def test_a_key_that_is_not_usable_gets_one_and_the_same_answer(send, event, bob, api_key, refuse):
    unknown = send(event, key="nonsense")
    refuse(bob)
    response = send(event)
    assert response.status_code == 401
    assert response.content == unknown.content
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert not UsageEvent.objects.exists()


@pytest.mark.parametrize("refuse", REFUSALS)
def test_a_key_in_use_stops_when_the_caches_lifetime_is_over(send, event, bob, refuse, clock):
    assert send(event).status_code == 200
    refuse(bob)
    clock.now += callers.CACHE_SECONDS + 0.1
    assert send(event).status_code == 401
    assert callers.CACHE_SECONDS <= 5


def test_no_key_is_refused(event):
    response = Client().post("/api/track", event, content_type="application/json")
    assert response.status_code == 401


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head", "options"])
def test_only_post_is_allowed(method):
    response = getattr(Client(), method)("/api/track")
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"


def test_another_content_type_is_415(send, event):
    response = send(event, content_type="text/plain")
    assert response.status_code == 415
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_body_over_64_kib_is_413_before_it_is_read(send, event):
    assert send(event | {"x": "y" * 65_536}).status_code == 413


def test_every_answer_has_the_rate_limit_fields(send, event):
    for response in (
        send(event),
        send(b"[]"),
        send(event, key="nonsense"),
        Client().get("/api/track"),
    ):
        assert response.headers["RateLimit-Policy"] == '"key";q=6000;w=60'
        assert response.headers["RateLimit"].startswith('"key";r=')


def test_an_invalid_event_names_every_error_without_a_value(send):
    response = send({"tool_name": 5, "ts": "SECRETISH", "input_tokens": -1, "event_id": ""})
    assert response.status_code == 400
    body = response.json()
    assert {error["pointer"] for error in body["errors"]} == {
        "/skill_id",
        "/tool_name",
        "/ts",
        "/input_tokens",
        "/event_id",
    }
    assert set(body) == KEY_MISSING
    assert "SECRETISH" not in response.text
    assert not UsageEvent.objects.exists()


def test_a_snippet_over_16000_characters_is_refused(send, event):
    assert send(event | {"tool_input_snippet": "x" * 16_000}).status_code == 200
    response = send(event | {"tool_input_snippet": "x" * 16_001})
    assert response.status_code == 400
    assert [e["pointer"] for e in response.json()["errors"]] == ["/tool_input_snippet"]
