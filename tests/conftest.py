"""The tests' database server, and the four people they are told with.

The server is a throwaway one that this run starts itself, shared by all its processes; set
TEST_DATABASE_URL to use another (a role that may create databases).
"""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator

import hypothesis
import pytest
import pytest_django

from everyskill import embedded_postgres
from tests.waiting import PATIENCE, wait_until

# Before Django reads its settings, and over any .env file. The workers of pytest-xdist inherit it.
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["DATABASE_URL"] = (
        os.environ.get("TEST_DATABASE_URL") or embedded_postgres.start_throwaway()
    )
os.environ["DEBUG"] = "true"
# A failure is told without the line that every request writes.
os.environ["LOG_LEVEL"] = "WARNING"
os.environ["DJANGO_SETTINGS_MODULE"] = "everyskill.settings"

import django
from django.conf import settings

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, here only
# A site would rather refuse a request than wait for a slow database. A test waits.
options = settings.DATABASES["default"]["OPTIONS"]
options["connect_timeout"] = options["pool"]["timeout"] = PATIENCE
# Counted at once, in the test's own transaction, and by no timer.
settings.LATE_WRITE_SECONDS = 0
django.setup()

from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from accounts.models import Tenant, User
from everyskill import after_response, kept_connections
from tests.factories import ApiKeyFactory, TenantFactory, UserFactory

# The suite tries the same examples in every run, however long one takes; new ones are searched for by hand.
hypothesis.settings.register_profile(
    "suite",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("suite")

# Seconds: more than any test takes whose figures belong to a day.
MIDNIGHT_IS_NEAR = 20


@pytest.fixture(autouse=True)
def one_day_from_beginning_to_end() -> None:
    """Uses are counted by the day in UTC: a test that runs across midnight would count in two."""
    left = 86_400 - time.time() % 86_400
    if left < MIDNIGHT_IS_NEAR:
        time.sleep(left)


@pytest.fixture(autouse=True)
def no_connection_kept() -> Iterator[None]:
    """What stores events keeps its connections; a test database with one left could not be dropped."""
    yield
    kept_connections.kept.give_back()


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> None:
    """The database refuses to truncate the ledger, which is how transaction tests are cleaned up.

    Only those two triggers are off, and only here; the ledger's tests switch them on again.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE settings_app_consentrecord DISABLE TRIGGER consent_record_never_truncated;"
            "ALTER TABLE settings_app_consentchain DISABLE TRIGGER consent_chain_never_truncated"
        )


@pytest.fixture
def tenant(db: None) -> Tenant:
    return TenantFactory(name="Acme", slug="acme")


@pytest.fixture
def other_tenant(db: None) -> Tenant:
    return TenantFactory(name="Initech", slug="initech")


@pytest.fixture
def alice(tenant: Tenant) -> User:
    """Author of skills."""
    return UserFactory(tenant=tenant, username="alice")


@pytest.fixture
def bob(tenant: Tenant) -> User:
    """A colleague of alice."""
    return UserFactory(tenant=tenant, username="bob")


@pytest.fixture
def ada(tenant: Tenant) -> User:
    """The administrator of alice's and bob's tenant."""
    return UserFactory(tenant=tenant, username="ada", is_staff=True)


@pytest.fixture
def charlie(other_tenant: Tenant) -> User:
    """Author in another tenant."""
    return UserFactory(tenant=other_tenant, username="charlie")


@pytest.fixture
def api_key(bob: User) -> str:
    """A key of bob's, as his agent's hook sends it."""
    return ApiKeyFactory(user=bob).secret


@pytest.fixture
def login() -> Callable[[User], Client]:
    """`login(alice).get(...)`: a browser of the person's own."""

    def browser(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return browser


class InlinePool:
    """Runs a job where it is handed over: in `close()`, inside the test's own transaction."""

    def submit(self, job: after_response.Job) -> bool:
        job.run_now()
        return True

    def has_waiting(self) -> bool:
        return False


@pytest.fixture
def inline_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes after the response is done when the test's client has its answer."""
    monkeypatch.setattr(after_response, "_pool", InlinePool())


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A headless Chromium for the tests marked `browser`; they are skipped where none is installed."""
    path = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if path is None:
        pytest.skip("NO BROWSER: install Chromium to run the browser tests")
    # Playwright's loop runs in this thread, and Django would take every query for one made inside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    quiet = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    # Containers often have too little shared memory for a page.
    quiet += ["--disable-sync", "--disable-dev-shm-usage"]
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=quiet, timeout=PATIENCE * 1000
        )
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(chromium: Browser, live_server) -> Iterator[Callable[..., Page]]:
    """`open_page("/skills/", as_user=alice)`: the page in a browser window of the person's own.

    A click does not wait for what it leads to, so what follows is said with `expect`, which does.

    Takes what Playwright's `new_context` takes (`viewport`, `color_scheme`, ...). A failed script or a load that
    the content security policy refuses fails the test.
    """
    problems: list[str] = []
    contexts = []
    threads = set(threading.enumerate())

    def visit(path: str, *, as_user: User | None = None, **options) -> Page:
        context = chromium.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(PATIENCE * 1000)
        contexts.append(context)
        if as_user:
            client = Client()
            client.force_login(as_user)
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]
            )
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda message: (
                problems.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        page.goto(path)
        return page

    yield visit
    for context in contexts:
        context.close()
    # A page may have asked for something at its end. What answers that must not meet the next test's database or log.
    wait_until(lambda: not any(map(answers_a_request, set(threading.enumerate()) - threads)))
    assert problems == []


def answers_a_request(thread: threading.Thread) -> bool:
    """Whether it is one of the live server's, which `socketserver` names so."""
    return "process_request_thread" in thread.name
