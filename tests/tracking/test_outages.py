"""A database that does not answer: 503 at once, never 200, and back to work by itself."""

import time

import psycopg
import pytest
from django.db import connection
from django.test import Client

from accounts import callers
from everyskill import short_memory
from everyskill.kept_connections import kept
from skills.models import Skill
from tests.factories import ApiKeyFactory, SkillFactory, UserFactory
from tests.tracking.conftest import StoppedClock
from tests.waiting import PATIENCE
from tracking import outages, skill_references
from tracking.models import UsageEvent
from tracking.outages import Breaker


@pytest.fixture
def breakers_clock(monkeypatch):
    clock = StoppedClock()
    monkeypatch.setattr(outages, "time", clock)
    return clock


@pytest.fixture(autouse=True)
def closed_breaker():
    outages.breaker.note_success()
    yield
    outages.breaker.note_success()


def test_a_breaker_refuses_for_a_second_then_lets_one_through_a_second(breakers_clock):
    breaker = Breaker()
    assert breaker.lets_through()
    breaker.note_failure()
    assert not breaker.lets_through()
    breakers_clock.now += 1.01
    assert [breaker.lets_through() for _ in range(3)] == [True, False, False]
    breakers_clock.now += 1.01
    assert breaker.lets_through()
    breaker.note_success()
    assert [breaker.lets_through() for _ in range(3)] == [True] * 3


# Another connection must see the rows and hold a lock, so they are committed.
@pytest.mark.django_db(transaction=True)
def test_a_locked_table_is_503_then_at_once_and_heals(event, send_as, breakers_clock):
    send = send_as()
    assert send(event).status_code == 200
    with_timeout = kept.borrow()
    with_timeout.execute("SET lock_timeout = '100ms'")
    kept.keep(with_timeout)
    with psycopg.connect(**other_connection()) as other:
        other.execute("LOCK TABLE tracking_usageevent IN ACCESS EXCLUSIVE MODE")
        response = send(event)
        assert response.status_code == 503
        assert int(response.headers["Retry-After"]) >= 1
        assert response.headers["Content-Type"] == "application/problem+json"
        assert send(event).status_code == 503
        other.rollback()
    breakers_clock.now += 1.01
    assert send(event).status_code == 200
    assert UsageEvent.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ended_costs_nobody_an_event(event, send_as):
    send = send_as()
    assert send(event).status_code == 200
    with psycopg.connect(**other_connection(), autocommit=True) as other:
        end_all_but_its_own(other)
    assert send(event | {"event_id": "after"}).status_code == 200
    assert UsageEvent.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_connections_that_died_in_the_pool_cost_nobody_an_event(event, send_as):
    send = send_as()
    assert send(event).status_code == 200
    kept.give_back()
    connection.close()
    with psycopg.connect(**other_connection(), autocommit=True) as other:
        end_all_but_its_own(other)
    answers = [send(event | {"event_id": f"after {number}"}).status_code for number in range(5)]
    assert answers == [200] * 5


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_costs_nobody_an_event_whose_key_and_skill_are_looked_up_again(
    event, send_as, monkeypatch
):
    send = send_as()
    assert send(event).status_code == 200
    with psycopg.connect(**other_connection(), autocommit=True) as other:
        end_all_but_its_own(other)
    clock = StoppedClock()
    clock.now = time.monotonic() + max(callers.CACHE_SECONDS, skill_references.CACHE_SECONDS)
    monkeypatch.setattr(short_memory, "time", clock)
    assert send(event | {"event_id": "after"}).status_code == 200
    assert UsageEvent.objects.filter(skill=None).count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_lost_its_prepared_statements_prepares_them_again(event, send_as):
    send = send_as()
    assert send(event).status_code == 200
    connection_kept = kept.borrow()
    connection_kept.execute("DEALLOCATE ALL")
    kept.keep(connection_kept)
    assert send(event | {"event_id": "after"}).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("prepares", [True, False])
def test_a_batch_is_one_statement_with_and_without_preparing(event, send_as, settings, prepares):
    settings.PREPARE_STATEMENTS = prepares
    send = send_as()
    awkward = [f'"{number}" \\ é {{}}' for number in range(3)]
    events = [event | {"tool_name": name, "event_id": name} for name in awkward]
    assert send({"events": events}, "/api/track/batch").status_code == 200
    assert set(UsageEvent.objects.values_list("tool_name", flat=True)) == set(awkward)


@pytest.mark.django_db(transaction=True)
def test_a_skill_deleted_while_it_is_remembered_does_not_lose_the_event(event, send_as, clock):
    send = send_as()
    assert send(event).status_code == 200
    UsageEvent.objects.get().skill.delete()
    assert send(event).status_code == 200
    assert list(UsageEvent.objects.values_list("skill_ref", flat=True)) == ["release-notes"] * 2
    assert not UsageEvent.objects.filter(skill__in=Skill.objects.all()).exists()


@pytest.fixture
def send_as(transactional_db):
    def make():
        bob = UserFactory(username="bob")
        SkillFactory(author=bob, slug="release-notes")
        headers = {"Authorization": f"Bearer {ApiKeyFactory(user=bob).secret}"}
        return lambda body, path="/api/track": Client(headers=headers).post(
            path, body, content_type="application/json"
        )

    return make


def other_connection() -> dict[str, str]:
    parameters = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    return {name: parameters[name] for name in names if parameters.get(name)}


def end_all_but_its_own(other: psycopg.Connection) -> None:
    """And wait until they have ended, or one might still take the next statement and break under it."""
    other.execute(
        "SELECT pg_terminate_backend(pid, %s) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        [PATIENCE * 1000],
    )
