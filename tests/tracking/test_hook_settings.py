"""`GET /api/hook-settings` and the client's file: what a machine asks before it sends any text."""

import hashlib

import pytest
from django.test import Client

from settings_app.decisions import give_consent, switch_capture_on
from settings_app.models import SiteSettings, Surface

# What the first request looked up is remembered by the second, and both count in one minute.
pytestmark = pytest.mark.usefixtures("clock")

PATH = "/api/hook-settings"


@pytest.fixture
def ask(api_key):
    def get(key=api_key):
        return Client(headers={"Authorization": f"Bearer {key}"}).get(PATH)

    return get


def test_both_gates_are_closed_until_somebody_opens_them(ask):
    answer = ask()
    assert answer.status_code == 200
    assert answer.json() == {
        "capture": False,
        "gate": "tenant_off",
        "personal_data": True,
        "snippet_length": 5000,
        "max_age": 300,
    }
    assert answer["Cache-Control"] == "no-store"
    assert "RateLimit" in answer


def test_it_names_the_gate_that_is_closed_and_opens_with_both(ask, tenant, bob, ada):
    give_consent(user=bob, surface=Surface.PREFERENCES_PAGE)
    assert ask().json()["gate"] == "tenant_off"
    switch_capture_on(tenant=tenant, actor=ada, surface=Surface.ADMIN_SITE)
    assert ask().json() | {"gate": "open", "capture": True} == ask().json()


def test_a_colleagues_consent_opens_nothing(ask, tenant, alice, ada):
    switch_capture_on(tenant=tenant, actor=ada, surface=Surface.ADMIN_SITE)
    give_consent(user=alice, surface=Surface.PREFERENCES_PAGE)
    assert ask().json()["gate"] == "no_consent"
    assert ask().json()["capture"] is False


def test_it_says_whether_personal_data_is_redacted(ask, tenant):
    SiteSettings.objects.update_or_create(tenant=tenant, defaults={"redact_personal_data": False})
    assert ask().json()["personal_data"] is False


def test_it_costs_few_queries(ask, django_assert_num_queries):
    ask()  # finds the key, and reserves a block of its rate limit
    with django_assert_num_queries(2):  # the tenant's gate, which is closed; personal data
        ask()


@pytest.mark.parametrize("key", ["", "esk_nonsense"])
def test_it_answers_nobody_without_a_key(db, ask, key):
    answer = ask(key)
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


def test_it_takes_no_other_method(db, api_key):
    answer = Client(headers={"Authorization": f"Bearer {api_key}"}).post(PATH)
    assert answer.status_code == 405
    assert answer["Allow"] == "GET"


def test_everyone_may_fetch_the_client_and_check_its_digest(db):
    client = Client()
    file = client.get("/hook/everyskill_hook.py")
    digest = client.get("/hook/everyskill_hook.py.sha256")

    assert file.status_code == digest.status_code == 200
    assert file["Content-Type"] == "text/plain; charset=utf-8"
    expected = hashlib.sha256(file.content).hexdigest()
    assert digest.content.decode() == f"{expected}  everyskill_hook.py\n"
    unchanged = client.get("/hook/everyskill_hook.py", headers={"If-None-Match": file["ETag"]})
    assert unchanged.status_code == 304
