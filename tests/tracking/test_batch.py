"""`POST /api/track/batch`: several events, each judged by itself."""

import pytest
from django.urls import reverse

from everyskill import later
from tests.factories import SiteSettingsFactory, UserPreferencesFactory
from tracking import urls
from tracking.models import SkillDailyUsage, TokenMeasurement, UsageEvent
from training.models import SkillFeedback

# What the first request looked up is remembered by the second, and both count in one minute.
pytestmark = pytest.mark.usefixtures("clock")

PATH = "/api/track/batch"


def test_it_stores_good_events_even_when_others_are_bad(send, event, skill):
    events = [
        event | {"event_id": "a"},
        event | {"tool_name": 5},
        ["not an event"],
        event | {"event_id": "b"},
    ]
    response = send({"events": events}, path=PATH)
    assert response.status_code == 200
    results = response.json()["results"]
    assert [result["status"] for result in results] == [200, 400, 400, 200]
    assert [e["pointer"] for e in results[1]["errors"]] == ["/events/1/tool_name"]
    assert set(UsageEvent.objects.values_list("event_id", flat=True)) == {"a", "b"}


@pytest.mark.usefixtures("counted_later")
def test_500_events_take_as_many_queries_as_one(send, event, skill, django_assert_num_queries):
    send(event)
    events = [event | {"event_id": f"e-{n}", "input_tokens": n} for n in range(500)]
    # 1: a block of the rate limit; 2: the events and their tokens, in one statement
    with django_assert_num_queries(2):
        response = send({"events": events}, path=PATH)
    assert response.json()["results"] == [{"status": 200}] * 500
    assert UsageEvent.objects.count() == 501
    assert TokenMeasurement.objects.count() == 500
    later.write_all()
    assert SkillDailyUsage.objects.get().uses == 501


def test_the_same_event_twice_in_a_batch_is_stored_once(send, event, skill):
    events = [event | {"event_id": "a"}] * 3
    assert len(send({"events": events}, path=PATH).json()["results"]) == 3
    assert UsageEvent.objects.count() == 1
    assert send({"events": events}, path=PATH).status_code == 200
    assert UsageEvent.objects.count() == 1


@pytest.mark.parametrize("events", [None, {}, "x", [], [{}] * 501])
def test_anything_but_1_to_500_events_is_refused(send, events):
    response = send({"events": events}, path=PATH)
    assert response.status_code == 400
    assert [e["pointer"] for e in response.json()["errors"]] == ["/events"]


def test_events_past_the_rate_limit_get_a_429_of_their_own(send, event, tenant):
    SiteSettingsFactory(tenant=tenant, rate_limit_per_minute=3)
    response = send({"events": [event] * 5}, path=PATH)
    results = response.json()["results"]
    assert [result["status"] for result in results] == [200, 200, 200, 429, 429]
    assert UsageEvent.objects.count() == 3
    assert response.headers["RateLimit"].startswith('"key";r=0;t=')
    assert 1 <= int(response.headers["Retry-After"]) <= 60


def test_a_batch_within_the_rate_limit_need_not_wait(send, event, skill):
    assert "Retry-After" not in send({"events": [event, {}]}, path=PATH).headers


def test_captures_are_handed_over_item_by_item(send, event, skill, bob, inline_jobs):
    SiteSettingsFactory(tenant=bob.tenant, training_data_capture_enabled=True)
    UserPreferencesFactory(user=bob, training_data_consent=True)
    texts = {"tool_input_snippet": "in", "tool_output_snippet": "out"}
    events = [
        event | texts | {"event_id": "a"},
        event | texts | {"event_id": "a"},
        event | {"event_id": "b", "tool_input_snippet": "alone"},
        event | texts | {"event_id": "c", "skill_id": "unknown"},
        event | texts | {"event_id": "d", "tool_input_snippet": "another"},
    ]
    send({"events": events}, path=PATH)
    captured = SkillFeedback.objects.values_list("usage_event_id", flat=True)
    expected = UsageEvent.objects.filter(event_id__in=["a", "d"]).values_list("id", flat=True)
    assert set(captured) == set(expected)
    assert len(captured) == 2


def test_the_document_describes_both_endpoints_from_what_validates(client):
    document = client.get(reverse("tracking:openapi")).json()
    assert document["openapi"] == "3.1.0"
    event = document["components"]["schemas"]["TrackEvent"]
    assert event["required"] == ["skill_id", "tool_name", "ts"]
    assert event["properties"]["tool_input_snippet"]["maxLength"] == 16_000
    assert set(document["paths"]["/api/track"]["post"]["responses"]) == {
        "200", "400", "401", "405", "413", "415", "429", "503",
    }  # fmt: skip


def test_the_document_describes_what_a_client_asks_before_it_sends_text(client, api_key):
    document = client.get(reverse("tracking:openapi")).json()
    operation = document["paths"]["/api/hook-settings"]["get"]
    assert "requestBody" not in operation
    assert set(operation["responses"]) == {"200", "401", "405", "429", "503"}
    described = document["components"]["schemas"]["HookSettings"]
    answer = client.get("/api/hook-settings", headers={"Authorization": f"Bearer {api_key}"}).json()
    assert set(answer) == set(described["properties"]) == set(described["required"])


def test_every_address_of_the_api_is_described(client):
    document = client.get(reverse("tracking:openapi")).json()
    addresses = {
        f"/{url.pattern}" for url in urls.urlpatterns if str(url.pattern).startswith("api/")
    }
    assert addresses == {*document["paths"], reverse("tracking:openapi")}


def test_the_page_names_every_field(login, alice):
    page = login(alice).get(reverse("tracking:api-page"))
    document = login(alice).get(reverse("tracking:openapi")).json()
    for name in document["components"]["schemas"]["TrackEvent"]["properties"]:
        assert f">{name}<" in page.text
