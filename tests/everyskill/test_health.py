import psycopg_pool
import pytest
from django.db import connection

from everyskill import health


@pytest.fixture
def freshly_started(monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)


def test_it_is_alive_without_asking_the_database(client, django_assert_num_queries):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_it_is_ready_when_the_database_answers_and_is_migrated(client, db, freshly_started):
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ready\n")


def test_it_asks_one_query_once_it_was_ready(client, db, django_assert_num_queries):
    client.get("/readyz")
    with django_assert_num_queries(1):  # SELECT 1
        client.get("/readyz")


def test_it_is_not_ready_while_a_migration_is_missing(client, db, freshly_started):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"migrations are missing\n")


def test_it_is_not_ready_while_the_database_is_away(client, db, monkeypatch):
    def refuse(*args, **kwargs):
        raise psycopg_pool.PoolTimeout("connection to server at somewhere failed")

    connection.close()
    monkeypatch.setattr(psycopg_pool.ConnectionPool, "getconn", refuse)
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"the database does not answer\n")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_probe_needs_no_known_host_no_https_and_no_login(client, db, settings, path):
    settings.SECURE_SSL_REDIRECT = True
    response = client.get(path, headers={"host": "10.0.0.7:8000"})
    assert response.status_code == 200
    assert "sessionid" not in response.cookies


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_probe_only_asks(client, db, path):
    assert client.post(path).status_code == 405
