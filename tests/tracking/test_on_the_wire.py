"""The real server: the client has its answer before the capture has run, and a stop loses no capture."""

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest
from django.db import connection

from bench.ports import free_port
from tests.factories import (
    ApiKeyFactory,
    SiteSettingsFactory,
    SkillFactory,
    UserFactory,
    UserPreferencesFactory,
)
from tests.other_processes import environment
from tests.waiting import PATIENCE, wait_until
from tracking.models import UsageEvent
from training.models import SkillFeedback

# A real server is a process of its own, so the rows must be committed, and starting it takes a second.
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PROJECT = Path(__file__).parents[2]
TOKEN = "-".join(["a", "token", "of", "the", "tests"])


def database_url() -> str:
    parameters = connection.get_connection_params()
    return psycopg.conninfo.make_conninfo(
        host=parameters.get("host", ""),
        port=parameters.get("port", ""),
        user=parameters.get("user", ""),
        password=parameters.get("password", ""),
        dbname=parameters["dbname"],
    )


@contextmanager
def serving(*options: str, **extra: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    command = [sys.executable, "manage.py", "serve", "--port", str(port), *options]
    with subprocess.Popen(command, cwd=PROJECT, env=environment() | extra) as server:
        try:
            wait_until(lambda: server.poll() is not None or is_listening(port))
            yield server, port
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=PATIENCE)


def is_listening(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


# The server waits two minutes for a lock then, and not three seconds: the test decides when a capture goes on.
PATIENT = {"STATEMENT_TIMEOUT_MS": str(5 * PATIENCE * 1000)}


@contextmanager
def captures_held_up() -> Iterator[None]:
    """A capture must lock its tenant's settings; while another transaction holds them it waits."""
    with psycopg.connect(database_url()) as other:
        other.execute("SELECT * FROM settings_app_sitesettings FOR UPDATE")
        yield


def a_capture_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0


@pytest.fixture
def key() -> str:
    bob = UserFactory(username="bob")
    SkillFactory(author=bob, slug="release-notes")
    SiteSettingsFactory(tenant=bob.tenant, training_data_capture_enabled=True)
    UserPreferencesFactory(user=bob, training_data_consent=True)
    return ApiKeyFactory(user=bob).secret


def ask(port: int, method: str, path: str, token: str, body: str = "") -> tuple[int, str]:
    """Over a connection of its own, so that either process may answer."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    client.request(method, path, body or None, headers)
    response = client.getresponse()
    text = response.read().decode()
    client.close()
    return response.status, text


def figure(port: int, name: str) -> float:
    status, text = ask(port, "GET", "/metrics", TOKEN)
    assert status == 200
    found = re.findall(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return sum(map(float, found))


def post(client: http.client.HTTPConnection, key: str, number: int) -> None:
    """Send an event with texts, and read its answer."""
    body = {
        "skill_id": "release-notes",
        "tool_name": "Bash",
        "ts": "2026-11-21T08:42:17Z",
        "tool_input_snippet": f"input {number}",
        "tool_output_snippet": f"output {number}",
    }
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    client.request("POST", "/api/track", json.dumps(body), headers)
    response = client.getresponse()
    assert response.read() == b""
    assert response.status == 200


def connected(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)


def wait_for_examples(expected: int) -> None:
    wait_until(lambda: SkillFeedback.objects.count() >= expected)
    assert SkillFeedback.objects.count() == expected


def test_the_answer_is_on_the_wire_before_the_capture_ran(key):
    with serving(**PATIENT) as (_, port), closing(connected(port)) as client:
        post(client, key, 0)
        wait_for_examples(1)
        with captures_held_up():
            # One connection, kept alive: the server must not be busy with the capture of the request before.
            for number in range(1, 6):
                post(client, key, number)
            wait_until(a_capture_waits)
            post(client, key, 6)
            assert SkillFeedback.objects.count() == 1
            assert UsageEvent.objects.count() == 7
        wait_for_examples(7)


def test_captures_run_in_a_process_beside_the_one_that_answers(key, capfd):
    with serving() as (server, port), closing(connected(port)) as client:
        post(client, key, 0)
        wait_for_examples(1)
        (beside,) = (
            one
            for one in psutil.Process(server.pid).children(recursive=True)
            if "everyskill.job_process" in one.cmdline()
        )
        beside.suspend()
        for number in range(1, 4):
            post(client, key, number)
        time.sleep(2)  # whoever else captured would have, a second after the first
        assert SkillFeedback.objects.count() == 1
        beside.resume()
        wait_for_examples(4)
    wait_until(lambda: not beside.is_running())
    assert "after-response job" not in capfd.readouterr().err


def test_a_stop_waits_for_the_captures(key):
    with serving(**PATIENT, METRICS_TOKEN=TOKEN) as (server, port):
        with closing(connected(port)) as client:
            post(client, key, 0)
            wait_for_examples(1)
            with captures_held_up():
                for number in range(1, 9):
                    post(client, key, number)
                # Each is handed over after its answer.
                wait_until(lambda: figure(port, "everyskill_after_response_waiting") == 8)
                server.send_signal(signal.SIGTERM)
                time.sleep(1.0)  # a server that did not wait would have ended by then
                assert SkillFeedback.objects.count() == 1
        server.wait(timeout=PATIENCE)
        wait_for_examples(9)
