"""When something goes wrong, the page says what to do, and repeats nothing of what was sent."""

import pytest
from django.test import Client
from django.urls import reverse
from django.views import defaults

SENT = "what-somebody-typed"


def test_a_page_that_does_not_exist(client, db):
    response = client.get(f"/{SENT}/")
    assert response.status_code == 404
    assert "Nothing is here" in response.text
    assert SENT not in response.text


def test_a_form_that_has_expired(alice):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    response = browser.post(reverse("accounts:profile"), {"first_name": SENT})
    assert response.status_code == 403
    assert "This form has expired" in response.text
    assert SENT not in response.text
    alice.refresh_from_db()
    assert alice.first_name != SENT


def test_a_page_one_may_not_see(login, bob):
    response = login(bob).get(reverse("settings:capture-edit"))
    assert response.status_code == 403
    assert "You may not do this" in response.text


@pytest.mark.parametrize(
    ("view", "status", "title"),
    [
        (lambda request: defaults.server_error(request), 500, "Something broke on our side"),
        (
            lambda request: defaults.bad_request(request, ValueError(SENT)),
            400,
            "That request makes no sense here",
        ),
    ],
    ids=["500", "400"],
)
def test_the_pages_that_need_nothing_to_work(rf, view, status, title):
    response = view(rf.get(f"/{SENT}/"))
    assert response.status_code == status
    assert title in response.text
    assert SENT not in response.text
