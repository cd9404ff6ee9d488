"""The tests' database server, and the four people they are told with.

The server is a throwaway one that this run starts itself, shared by all its processes; set
TEST_DATABASE_URL to use another (a role that may create databases).
"""

import os
from collections.abc import Callable

import pytest
import pytest_django

from everyskill import embedded_postgres

# Before Django reads its settings, and over any .env file. The workers of pytest-xdist inherit it.
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["DATABASE_URL"] = (
        os.environ.get("TEST_DATABASE_URL") or embedded_postgres.start_throwaway()
    )
os.environ["DEBUG"] = "true"
os.environ["DJANGO_SETTINGS_MODULE"] = "everyskill.settings"

import django
from django.conf import settings

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast, here only
django.setup()

from django.db import connection
from django.test import Client

from accounts.models import Tenant, User
from everyskill import after_response
from tests.factories import ApiKeyFactory, TenantFactory, UserFactory


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


@pytest.fixture
def inline_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes after the response is done when the test's client has its answer."""
    monkeypatch.setattr(after_response, "_pool", InlinePool())
