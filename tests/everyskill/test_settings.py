"""The settings file itself, run with environments as an operator would write them."""

import runpy
import secrets
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from everyskill import settings as settings_module
from everyskill.check_all import production_environment

NAMES = [
    *["DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "EMAIL_URL", "EMAIL_FROM"],
    *["BEHIND_PROXY", "SSL_REDIRECT", "HSTS_SECONDS", "HSTS_SUBDOMAINS", "CSRF_TRUSTED_ORIGINS"],
]


@pytest.fixture
def load(monkeypatch):
    """`load(DEBUG="false", ...)` runs the settings file in that environment alone."""

    def run(**environment):
        for name in NAMES:
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        # A developer's own .env file must not change what is tested.
        monkeypatch.setattr("environ.Env.read_env", lambda *args, **kwargs: None)
        return runpy.run_path(str(Path(settings_module.__file__)))

    return run


@pytest.fixture
def production():
    return production_environment()


def test_the_documented_production_environment_is_accepted_and_safe(load, production):
    loaded = load(**production)
    assert loaded["DEBUG"] is False
    for name in (
        *["SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"],
        *["SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_PROXY_SSL_HEADER"],
    ):
        assert loaded[name], name
    mailer = loaded["MAILERS"]["default"]
    assert mailer["BACKEND"].endswith("smtp.EmailBackend")
    assert mailer["OPTIONS"]["use_tls"] is True


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"])
@pytest.mark.parametrize("value", [None, ""])
def test_production_refuses_to_start_without(load, production, name, value):
    del production[name]
    if value is not None:
        production[name] = value
    with pytest.raises(ImproperlyConfigured, match=name):
        load(**production)


def test_a_refusal_never_repeats_a_value(load):
    key = secrets.token_urlsafe(64)
    with pytest.raises(ImproperlyConfigured) as refusal:
        load(DEBUG="false", SECRET_KEY=key)
    assert key not in str(refusal.value)


def test_debug_serves_this_machine_only(load):
    database = "postgresql://localhost/name"
    assert load(DATABASE_URL=database)["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    with pytest.raises(ImproperlyConfigured, match="DEBUG is on"):
        load(DATABASE_URL=database, ALLOWED_HOSTS="everyskill.example.com")


def test_a_forwarded_scheme_is_believed_only_behind_a_proxy(load, production):
    del production["BEHIND_PROXY"]
    assert load(**production)["SECURE_PROXY_SSL_HEADER"] is None


def test_the_pool_has_a_connection_for_every_thread(load, production):
    loaded = load(**production, SERVER_THREADS="16", CAPTURE_THREADS="4")
    assert loaded["DATABASES"]["default"]["OPTIONS"]["pool"]["max_size"] >= 20


def test_a_socket_folder_is_where_djangos_own_tools_look_for_it(load, production):
    production["DATABASE_URL"] = "postgresql://me@/name?host=/some/folder"
    database = load(**production)["DATABASES"]["default"]
    assert (database["HOST"], database["NAME"]) == ("/some/folder", "name")
