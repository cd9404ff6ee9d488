"""The short way to the ingest views answers what the ordinary way answers."""

import io
import json

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from everyskill.ingest_handler import IngestHandler
from tests.factories import SiteSettingsFactory, SkillFactory, UserPreferencesFactory
from tracking.models import UsageEvent

EVENT = {"skill_id": "release-notes", "tool_name": "Bash", "ts": "2026-11-21T08:42:17Z"}


@pytest.fixture(autouse=True)
def one_connection(monkeypatch):
    """The test's transaction must outlive each request, as Django's own test client sees to."""
    monkeypatch.setattr("everyskill.ingest_handler.close_old_connections", lambda: None)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def call(api_key):
    """`call(handler, body)`: status, headers and body, as a server would get them; the answer is closed then."""

    def call(handler, body, path="/api/track", method="POST", **environ):
        sent = json.dumps(body).encode() if not isinstance(body, bytes) else body
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(sent)),
            "HTTP_AUTHORIZATION": f"Bearer {api_key}",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(sent),
        } | environ
        said = []
        answer = handler(environ, lambda status, headers: said.append((status, dict(headers))))
        content = b"".join(answer)
        if hasattr(answer, "close"):  # as PEP 3333 asks of servers
            answer.close()
        ((status, headers),) = said
        return status, headers, content

    return call


@pytest.fixture
def handler():
    return IngestHandler()


@pytest.mark.parametrize(
    ("body", "extra"),
    [
        (EVENT, {}),
        (EVENT | {"ts": "yesterday"}, {}),
        (b"{", {}),
        (EVENT, {"method": "GET"}),
        (EVENT, {"HTTP_AUTHORIZATION": "Bearer nobody"}),
        (EVENT, {"CONTENT_TYPE": "text/plain"}),
        (EVENT, {"CONTENT_LENGTH": "999999"}),
        (EVENT, {"CONTENT_LENGTH": ""}),
        (EVENT, {"CONTENT_LENGTH": "many"}),
        (EVENT, {"CONTENT_LENGTH": "-5"}),
        ({"events": [EVENT, {}]}, {"path": "/api/track/batch"}),
    ],
)
def test_both_ways_answer_alike(call, handler, alice, body, extra):
    SkillFactory(author=alice, slug="release-notes")
    ordinary, short = call(WSGIHandler(), body, **extra), call(handler, body, **extra)
    assert short[0] == ordinary[0]
    assert short[2] == ordinary[2]
    left_out = {"Content-Length", "X-Request-ID", "RateLimit"}
    assert {n: v for n, v in short[1].items() if n not in left_out} == {
        n: v for n, v in ordinary[1].items() if n not in left_out
    }
    assert short[1]["Content-Length"] == str(len(short[2]))
    assert short[1]["X-Request-ID"] != ordinary[1]["X-Request-ID"]


def test_an_event_comes_in_by_it(call, handler, alice):
    skill = SkillFactory(author=alice, slug="release-notes")
    status, headers, body = call(handler, EVENT)
    assert (status, body) == ("200 OK", b"")
    assert "RateLimit" in headers
    assert UsageEvent.objects.get().skill == skill


def test_its_jobs_are_handed_over_when_the_answer_is_closed(call, handler, bob, alice, monkeypatch):
    SkillFactory(author=alice, slug="release-notes")
    SiteSettingsFactory(tenant=bob.tenant, training_data_capture_enabled=True)
    UserPreferencesFactory(user=bob, training_data_consent=True)
    handed = []
    monkeypatch.setattr("everyskill.ingest_handler.hand_over", handed.append)
    call(handler, EVENT | {"tool_input_snippet": "in", "tool_output_snippet": "out"})
    ((job,),) = handed
    assert job.job_id == UsageEvent.objects.get().pk


def test_a_failed_request_is_one_line_of_the_log(call, handler, caplog):
    caplog.set_level("INFO", "everyskill.request_log")
    call(handler, b"{", HTTP_X_REQUEST_ID="0123456789abcdef")
    (record,) = [one for one in caplog.records if one.name == "everyskill.request_log"]
    fields = record.fields | {"ms": 0}
    assert fields == {"method": "POST", "route": "api/track", "status": 400, "ms": 0}


def test_without_https_it_is_refused_where_https_is_asked_for(call, handler, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert call(handler, EVENT)[0] == "403 Forbidden"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert call(handler, EVENT)[0] == "403 Forbidden"
    assert call(handler, EVENT, HTTP_X_FORWARDED_PROTO="https")[0] == "200 OK"
    settings.SECURE_PROXY_SSL_HEADER = None
    assert call(handler, EVENT, **{"wsgi.url_scheme": "https"})[0] == "200 OK"


def test_other_addresses_go_the_ordinary_way(call, handler):
    status, headers, _ = call(handler, b"", path="/accounts/login/", method="GET")
    assert status == "200 OK"
    assert "Content-Security-Policy" in headers
