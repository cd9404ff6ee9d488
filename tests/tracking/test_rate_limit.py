"""A key's events a minute: exact in one process, and never more than the limit over all of them."""

from collections import Counter

import pytest
from django.db import connection

from everyskill.short_memory import ShortMemory
from tests.factories import ApiKeyFactory, SiteSettingsFactory
from tracking.api import rate_limits
from tracking.models import RateWindow, UsageEvent

# A test that ran across the end of a minute would count in two.
pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def limit_of_five(tenant):
    return SiteSettingsFactory(tenant=tenant, rate_limit_per_minute=5)


def other_process(monkeypatch):
    """What another process knows of the leases: nothing."""
    monkeypatch.setattr(rate_limits, "_leases", ShortMemory(seconds=600, size=10))


def test_the_sixth_event_of_a_minute_is_429(send, event, limit_of_five):
    answers = [send(event) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert UsageEvent.objects.count() == 5
    refused = answers[-1]
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["RateLimit-Policy"] == '"key";q=5;w=60'
    remaining, reset = refused.headers["RateLimit"].removeprefix('"key";').split(";")
    assert remaining == "r=0"
    assert reset == f"t={refused.headers['Retry-After']}"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60


def test_what_remains_counts_down(send, event, limit_of_five):
    remaining = [send(event).headers["RateLimit"].split(";")[1] for _ in range(6)]
    assert remaining == ["r=4", "r=3", "r=2", "r=1", "r=0", "r=0"]


def test_processes_share_the_limit(send, event, limit_of_five, monkeypatch):
    statuses = Counter()
    for _ in range(4):
        other_process(monkeypatch)
        for _ in range(3):
            statuses[send(event).status_code] += 1
    assert statuses == {200: 5, 429: 7}


def test_each_key_has_its_own_limit(send, event, limit_of_five, bob):
    for _ in range(6):
        send(event)
    assert send(event, key=ApiKeyFactory(user=bob).secret).status_code == 200


def test_a_new_minute_begins_anew(send, event, limit_of_five, monkeypatch):
    for _ in range(6):
        send(event)
    RateWindow.objects.update(number=RateWindow.objects.get().number - 1)
    other_process(monkeypatch)
    assert send(event).status_code == 200


@pytest.mark.usefixtures("counted_later")
def test_a_high_limit_is_reserved_in_blocks(send, event, skill, django_assert_num_queries):
    send(event)
    # 60 events of the default limit of 6,000 are reserved at once: each of these is one statement.
    with django_assert_num_queries(10):
        for _ in range(10):
            send(event)
    assert RateWindow.objects.get().used == 60


def test_a_refused_key_costs_no_query(send, event, limit_of_five, django_assert_num_queries):
    for _ in range(6):
        send(event)
    with django_assert_num_queries(0):
        assert send(event).status_code == 429


def test_a_malformed_request_spends_too(send, event, limit_of_five):
    for _ in range(5):
        assert send(b"[]").status_code == 400
    assert send(event).status_code == 429


def test_the_counts_table_writes_no_log(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'tracking_ratewindow'")
        assert cursor.fetchone() == ("u",)
