"""What the logs say, and above all what they never do."""

import json
import logging
import sys
import threading

import pytest
from django.test import Client
from django.urls import path

from everyskill.request_log import JsonFormatter

SECRET_WORDS = "the patient's name is Jane Doe"


@pytest.fixture
def written():
    """The lines that the site's own handler and formatter write during the test."""
    lines: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record):
            # The database's pool has threads, which may say something of their own at any time.
            if record.thread == threading.get_ident():
                lines.append(self.format(record))

    handler = Collector()
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lines
    root.setLevel(level)
    root.removeHandler(handler)


def failing_view(request, word):
    words = request.POST.get("words", "")
    raise ValueError(f"cannot read {words}")


urlpatterns = [path("failing/<str:word>/", failing_view)]


def test_each_page_request_is_one_line_with_its_route_and_id(client, db, written):
    response = client.get("/accounts/login/")
    (line,) = [json.loads(text) for text in written]
    assert line["message"] == "request"
    assert (line["method"], line["route"], line["status"]) == ("GET", "accounts/login/", 200)
    assert line["request_id"] == response["X-Request-ID"]
    assert line["ms"] >= 0


def test_a_probe_that_is_answered_yes_says_nothing(client, db, written):
    client.get("/healthz")
    client.get("/readyz")
    assert written == []
    client.post("/healthz")
    assert json.loads(written[-1])["status"] == 405


def test_a_hexadecimal_request_id_of_a_proxy_is_kept_and_any_other_text_is_not(client, written):
    sent = "0123456789abcdef"
    assert client.get("/healthz", headers={"x-request-id": sent})["X-Request-ID"] == sent
    answered = client.get("/healthz", headers={"x-request-id": SECRET_WORDS})["X-Request-ID"]
    assert answered not in (sent, SECRET_WORDS)
    assert SECRET_WORDS not in "".join(written)


def test_a_missing_page_is_logged_without_what_was_typed(client, db, written):
    client.get(f"/{SECRET_WORDS}/", {"q": SECRET_WORDS})
    lines = [json.loads(text) for text in written]
    assert {line.get("status") for line in lines} == {404}
    assert "Jane" not in "".join(written)


def test_a_forged_host_is_logged_without_its_name(client, db, written):
    assert client.get("/admin/login/", headers={"host": "janedoe.example"}).status_code == 400
    assert written
    assert "janedoe" not in "".join(written)


@pytest.mark.urls(__name__)
def test_a_failure_is_logged_by_type_and_place_without_message_or_values(db, settings, written):
    settings.LOGIN_URL = "/login/"
    settings.MIDDLEWARE = ["everyskill.request_log.RequestLogMiddleware"]
    client = Client(raise_request_exception=False)
    response = client.post(f"/failing/{SECRET_WORDS}/", {"words": SECRET_WORDS})
    assert response.status_code == 500
    failure = next(json.loads(text) for text in written if "exception" in text)
    assert failure["exception"] == "ValueError"
    assert failure["status"] == 500
    assert failure["request_id"] == response["X-Request-ID"]
    assert failure["at"][-1].endswith(" failing_view")
    assert "Jane" not in "".join(written)


@pytest.mark.urls(__name__)
def test_the_debug_page_shows_no_posted_value_and_no_variable(db, settings):
    settings.DEBUG = True
    settings.MIDDLEWARE = []
    client = Client(raise_request_exception=False)
    client.cookies["words"] = "cookie words"
    response = client.post("/failing/word/", {"words": "posted words", "other": "other words"})
    page = response.content.decode()
    assert response.status_code == 500
    assert "failing_view" in page
    assert "other words" not in page
    assert "cookie words" not in page


def test_our_messages_keep_ids_and_names_and_lose_sentences(written):
    logger = logging.getLogger("training.capture")
    logger.error(
        "capture of event %s failed: %s", "0190b9e2-aaaa-7000-8000-0123456789ab", "OSError"
    )
    logger.error("capture of event %s failed: %s", 7, SECRET_WORDS)
    messages = [json.loads(text)["message"] for text in written]
    assert messages[0] == ("capture of event 0190b9e2-aaaa-7000-8000-0123456789ab failed: OSError")
    assert messages[1] == "capture of event 7 failed: [left out]"


def test_other_peoples_messages_are_not_repeated(written):
    logging.getLogger("some.library").warning("cannot parse %s", SECRET_WORDS)
    logging.getLogger("some.library").warning(f"cannot parse {SECRET_WORDS}")
    for line in map(json.loads, written):
        assert line.keys() == {"time", "level", "logger"}


def test_an_exception_in_our_code_keeps_its_words_to_itself(written):
    try:
        raise KeyError(SECRET_WORDS)
    except KeyError:
        logging.getLogger("tracking").error("storing failed", exc_info=sys.exc_info())
    (line,) = map(json.loads, written)
    assert line["exception"] == "KeyError"
    assert "Jane" not in json.dumps(line)


def test_the_log_is_one_valid_line_whatever_the_message(written):
    logging.getLogger("skills").error("two\nlines with 100% of %d")
    assert json.loads(written[0])["message"] == "two\nlines with 100% of %d"
    assert "\n" not in written[0]
