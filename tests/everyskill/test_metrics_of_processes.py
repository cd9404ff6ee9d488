"""The counters of several worker processes add up, whichever of them is asked, and outlive a worker."""

import http.client
import json
import subprocess

import psutil
import pytest

from tests.factories import (
    ApiKeyFactory,
    SiteSettingsFactory,
    SkillFactory,
    UserFactory,
    UserPreferencesFactory,
)
from tests.tracking.test_on_the_wire import TOKEN, ask, figure, serving
from tests.waiting import wait_until

# A real server of two processes, so the rows must be committed, and starting it takes seconds.
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

EVENT = {"skill_id": "release-notes", "tool_name": "Bash", "ts": "2026-11-21T08:42:17Z"}


def workers(server: subprocess.Popen[bytes]) -> list[psutil.Process]:
    return [child for child in psutil.Process(server.pid).children() if is_worker(child)]


def is_worker(process: psutil.Process) -> bool:
    try:
        return "resource_tracker" not in " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # it was killed, whether or not its parent has been told
        return False


def test_the_figures_of_two_processes_add_up():
    bob = UserFactory(username="bob")
    SkillFactory(author=bob, slug="release-notes")
    SiteSettingsFactory(tenant=bob.tenant, training_data_capture_enabled=True)
    UserPreferencesFactory(user=bob, training_data_consent=True)
    key = ApiKeyFactory(user=bob).secret
    stored = 'everyskill_api_answers_total{status="200",view="track"}'
    captured = 'everyskill_captures_total{outcome="captured"}'

    with serving("--workers", "2", METRICS_TOKEN=TOKEN) as (server, port):
        wait_until(lambda: len(workers(server)) == 2)
        for number in range(40):
            texts = {"tool_input_snippet": f"in {number}", "tool_output_snippet": f"out {number}"}
            assert ask(port, "POST", "/api/track", key, json.dumps(EVENT | texts)) == (200, "")
        assert ask(port, "POST", "/api/track", key, "{}")[0] == 400
        # Whoever answers, it tells of both, of the other as of a second ago.
        wait_until(lambda: {figure(port, stored) for _ in range(10)} == {40.0})
        refused = 'everyskill_api_answers_total{status="400",view="track"}'
        wait_until(lambda: figure(port, refused) == 1)
        # A job is handed over after its answer, so that none waits does not say yet that all have come.
        wait_until(lambda: figure(port, captured) == 40)
        wait_until(lambda: figure(port, "everyskill_after_response_waiting") == 0)

        # A worker that is killed takes no count with it.
        killed = workers(server)[0]
        killed.kill()
        wait_until(lambda: killed not in (now := workers(server)) and len(now) == 2)
        wait_until(lambda: ask_safely(port))
        assert figure(port, stored) == 40
        assert figure(port, captured) == 40
        assert figure(port, "everyskill_after_response_waiting") == 0


def ask_safely(port: int) -> bool:
    try:
        return ask(port, "GET", "/healthz", "")[0] == 200
    except (OSError, http.client.HTTPException):
        return False
