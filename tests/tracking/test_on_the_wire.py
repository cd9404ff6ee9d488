"""The real server: the client has its answer before the capture has run, and a stop loses no capture."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests.factories import (
    ApiKeyFactory,
    SiteSettingsFactory,
    SkillFactory,
    UserFactory,
    UserPreferencesFactory,
)
from tracking.models import UsageEvent
from training.models import SkillFeedback

# A real server is a process of its own, so the rows must be committed, and starting it takes a second.
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PROJECT = Path(__file__).parents[2]
CAPTURE_SECONDS = 2.0


def database_url() -> str:
    parameters = connection.get_connection_params()
    return psycopg.conninfo.make_conninfo(
        host=parameters.get("host", ""),
        port=parameters.get("port", ""),
        user=parameters.get("user", ""),
        password=parameters.get("password", ""),
        dbname=parameters["dbname"],
    )


def environment() -> dict[str, str]:
    parameters = connection.get_connection_params()
    address = f"{parameters.get('user', '')}@/{parameters['dbname']}?host={parameters['host']}"
    return os.environ | {"DATABASE_URL": f"postgresql://{address}"}


@contextmanager
def serving(*options: str, **extra: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "manage.py", "serve", "--port", str(port), *options]
    with subprocess.Popen(command, cwd=PROJECT, env=environment() | extra) as server:
        try:
            for _ in range(900):
                with closing(socket.socket()) as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield server, port
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=40)


@contextmanager
def captures_held_up() -> Iterator[None]:
    """A capture must lock its tenant's settings; while another transaction holds them it waits."""
    with psycopg.connect(database_url()) as other:
        other.execute("SELECT * FROM settings_app_sitesettings FOR UPDATE")
        yield


@pytest.fixture
def key() -> str:
    bob = UserFactory(username="bob")
    SkillFactory(author=bob, slug="release-notes")
    SiteSettingsFactory(tenant=bob.tenant, training_data_capture_enabled=True)
    UserPreferencesFactory(user=bob, training_data_consent=True)
    return ApiKeyFactory(user=bob).secret


def post(client: http.client.HTTPConnection, key: str, number: int) -> float:
    """Send an event with texts; the seconds until its answer had been read."""
    body = {
        "skill_id": "release-notes",
        "tool_name": "Bash",
        "ts": "2026-11-21T08:42:17Z",
        "tool_input_snippet": f"input {number}",
        "tool_output_snippet": f"output {number}",
    }
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    begun = time.perf_counter()
    client.request("POST", "/api/track", json.dumps(body), headers)
    response = client.getresponse()
    assert response.read() == b""
    assert response.status == 200
    return time.perf_counter() - begun


def wait_for_examples(expected: int) -> None:
    deadline = time.monotonic() + 15
    while SkillFeedback.objects.count() < expected and time.monotonic() < deadline:
        time.sleep(0.05)
    assert SkillFeedback.objects.count() == expected


def test_the_answer_is_on_the_wire_before_the_capture_ran(key):
    with serving() as (_, port), closing(http.client.HTTPConnection("127.0.0.1", port)) as client:
        post(client, key, 0)
        wait_for_examples(1)
        free = [post(client, key, number) for number in range(1, 6)]
        wait_for_examples(6)
        with captures_held_up():
            begun = time.monotonic()
            # One connection, kept alive: the server must not be busy with the capture of the request before.
            held_up = [post(client, key, number) for number in range(6, 11)]
            assert time.monotonic() - begun < CAPTURE_SECONDS
            time.sleep(CAPTURE_SECONDS - (time.monotonic() - begun))
            assert SkillFeedback.objects.count() == 6
            assert UsageEvent.objects.count() == 11
        wait_for_examples(11)
        assert min(held_up) < max(0.1, 3 * max(free))


def test_a_stop_waits_for_the_captures(key):
    with serving() as (server, port):
        with closing(http.client.HTTPConnection("127.0.0.1", port)) as client:
            post(client, key, 0)
            wait_for_examples(1)
            with captures_held_up():
                for number in range(1, 9):
                    post(client, key, number)
                server.send_signal(signal.SIGTERM)
                time.sleep(1.0)
                assert SkillFeedback.objects.count() == 1
        server.wait(timeout=40)
        wait_for_examples(9)
