"""The demo as a newcomer starts it: processes of its own, on an empty database."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

import psycopg
import pytest

from bench.ports import free_port
from everyskill.bootstrap import PROJECT
from everyskill.demo.history import DAYS
from everyskill.demo.site import CATEGORIES, read_json
from tests.waiting import PATIENCE, wait_until

# Each test starts the whole site in a process, and they share one database that the first fills.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


class Demo:
    def __init__(self, database_url: str, data_dir: Path) -> None:
        self.database_url = database_url
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "DATA_DIR": str(data_dir),
            "DEBUG": "true",
        }

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", "demo", *arguments],
            cwd=PROJECT,
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        process = self.start(*arguments, **environment)
        output, errors = process.communicate()
        return process.returncode, output, errors

    def ask(self, query: str) -> list[tuple]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Iterator[Demo]:
    server = urlsplit(os.environ["DATABASE_URL"])
    name = f"demo_{os.getpid()}"
    with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield Demo(server._replace(path=f"/{name}").geturl(), tmp_path_factory.mktemp("data"))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def facts(demo: Demo) -> dict:
    """What `demo --no-serve --json` printed on the empty database."""
    code, output, errors = demo.run("--no-serve", "--json")
    assert code == 0, errors
    return json.loads(output)


def count_everything(demo: Demo) -> list[tuple]:
    return demo.ask(
        "SELECT (SELECT count(*) FROM accounts_user), (SELECT count(*) FROM skills_skill),"
        " (SELECT count(*) FROM tracking_usageevent), (SELECT count(*) FROM tracking_tokenmeasurement),"
        " (SELECT sum(uses) FROM tracking_skilldailyusage), (SELECT count(*) FROM training_skillfeedback),"
        " (SELECT count(*) FROM settings_app_consentrecord)"
    )


def test_it_prints_its_facts_as_one_json_object_and_nothing_else(facts):
    assert set(facts) == {"url", "users", "api_key", "skills"}
    assert {user["role"] for user in facts["users"]} == {"author", "colleague", "admin"}
    assert all(set(user) == {"name", "password", "role"} for user in facts["users"])
    assert {skill["slug"] for skill in facts["skills"]} == set(CATEGORIES)
    assert facts["api_key"].startswith("esk_")


def test_it_has_thirty_days_of_use_of_every_skill(demo, facts):
    [(days, oldest, skills, people)] = demo.ask(
        "SELECT count(DISTINCT created_at::date), now()::date - min(created_at)::date,"
        " count(DISTINCT skill_id), count(DISTINCT user_id) FROM tracking_usageevent"
    )
    assert days > 15
    assert 25 <= oldest <= DAYS
    assert (skills, people) == (3, 3)
    assert demo.ask("SELECT count(*) FROM tracking_usageevent WHERE created_at > now()") == [(0,)]
    assert demo.ask("SELECT count(*) FROM tracking_tokenmeasurement WHERE cost_microdollars > 0")[
        0
    ][0]


def test_its_daily_counts_agree_with_its_events(demo, facts):
    assert demo.ask("SELECT sum(uses) FROM tracking_skilldailyusage") == demo.ask(
        "SELECT count(*) FROM tracking_usageevent"
    )


def test_its_captured_examples_are_real_ones_without_the_secrets(demo, facts):
    uses, golden = read_json("uses.json"), read_json("golden.json")
    assert demo.ask(
        "SELECT source, count(*) FROM training_skillfeedback GROUP BY source ORDER BY source"
    ) == [("usage_capture", len(uses)), ("web", len(golden))]
    assert {row[0] for row in demo.ask("SELECT DISTINCT status FROM training_skillfeedback")} == {
        *("pending", "approved", "rejected")
    }
    texts = " ".join(
        row[0] + row[1]
        for row in demo.ask("SELECT example_input, example_output FROM training_skillfeedback")
    )
    assert "gh" + "p_" not in texts
    assert "maria.keller" not in texts
    assert texts.count("[REDACTED") == 4


def test_run_again_it_reuses_what_is_there(demo, facts):
    before = count_everything(demo)
    code, output, errors = demo.run("--no-serve", "--json")
    assert code == 0, errors
    assert json.loads(output) == facts
    assert count_everything(demo) == before


def test_it_serves_and_its_people_can_log_in(demo, facts):
    port = free_port()
    process = demo.start("--port", str(port))
    try:
        wait_until(lambda: is_ready(f"http://127.0.0.1:{port}/readyz"))
        for user in facts["users"]:
            page = log_in(f"http://127.0.0.1:{port}", user["name"], user["password"])
            assert "migration-review" in page
        code, _, errors = demo.run("--port", str(port))
        assert code == 1
        assert f"Port {port} cannot be used" in errors
    finally:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    for fact in (f"http://127.0.0.1:{port}/", facts["api_key"], facts["users"][0]["password"]):
        assert fact in output


def test_it_never_touches_production(demo):
    code, output, errors = demo.run(
        "--no-serve", DEBUG="false", SECRET_KEY="k" * 60, ALLOWED_HOSTS="everyskill.example.com"
    )
    assert (code, output) == (1, "")
    assert "not with DEBUG=false" in errors


def is_ready(url: str) -> bool:
    try:
        urlopen(url).close()
    except HTTPError as error:
        error.close()
        return False
    except (OSError, HTTPException):
        return False
    return True


def log_in(site: str, name: str, password: str) -> str:
    """The page a person lands on after the login form."""
    cookies = CookieJar()
    browser = build_opener(HTTPCookieProcessor(cookies))
    browser.open(f"{site}/accounts/login/").close()
    token = next(cookie.value for cookie in cookies if cookie.name == "csrftoken")
    form = {"username": name, "password": password, "csrfmiddlewaretoken": token}
    request = Request(f"{site}/accounts/login/", urlencode(form).encode())
    with browser.open(request) as response:
        return response.read().decode()
