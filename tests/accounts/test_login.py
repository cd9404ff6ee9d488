"""Logging in and out, and what keeps a guesser out."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.models import Attempt
from tests.factories import PASSWORD

LOGIN = reverse("accounts:login")
WRONG = "-".join(["not", "the", "one"])


def log_in(client, username, password, **extra):
    return client.post(LOGIN, {"username": username, "password": password}, **extra)


def test_it_logs_in_and_goes_to_the_skills(client, alice):
    response = log_in(client, "alice", PASSWORD)
    assert response.status_code == 302
    assert response["Location"] == reverse("skills:skill-list")


def test_it_goes_on_to_the_page_that_was_asked_for(client, alice):
    keys = reverse("accounts:key-list")
    refusal = client.get(keys)
    assert refusal["Location"] == f"{LOGIN}?next={keys}"
    response = client.post(
        refusal["Location"], {"username": "alice", "password": PASSWORD, "next": keys}
    )
    assert response["Location"] == keys


def test_it_never_goes_on_to_another_site(client, alice):
    response = client.post(
        LOGIN, {"username": "alice", "password": PASSWORD, "next": "//evil.example/"}
    )
    assert response["Location"] == reverse("skills:skill-list")


def test_a_wrong_password_is_told_beside_the_form_and_not_echoed(client, alice):
    response = log_in(client, "alice", WRONG)
    assert response.status_code == 200
    assert "do not belong together" in response.text
    assert WRONG not in response.text


def test_an_unknown_name_is_told_the_same(client, alice):
    known, unknown = log_in(client, "alice", WRONG), log_in(client, "nobody", WRONG)
    assert known.context["form"].errors == unknown.context["form"].errors


def test_a_closed_account_stays_out(client, alice):
    alice.is_active = False
    alice.save()
    assert log_in(client, "alice", PASSWORD).status_code == 200


def test_ten_failures_make_even_the_right_password_wait(client, alice):
    for _ in range(10):
        log_in(client, "alice", WRONG)
    response = log_in(client, "alice", PASSWORD)
    assert "Too many attempts" in response.text
    assert "_auth_user_id" not in client.session


def test_the_wait_is_over_after_fifteen_minutes(client, alice):
    for _ in range(10):
        log_in(client, "alice", WRONG)
    Attempt.objects.update(at=timezone.now() - timedelta(minutes=15, seconds=1))
    assert log_in(client, "alice", PASSWORD).status_code == 302


def test_failures_from_elsewhere_do_not_lock_a_person_out_at_ten(client, alice):
    for _ in range(10):
        log_in(client, "alice", WRONG, REMOTE_ADDR="192.0.2.7")
    assert log_in(client, "alice", PASSWORD).status_code == 302


def test_guessing_one_name_from_many_addresses_is_stopped(client, alice):
    for number in range(100):
        log_in(client, "Alice", WRONG, REMOTE_ADDR=f"192.0.2.{number}")
    assert "Too many attempts" in log_in(client, "alice", PASSWORD).text


def test_a_success_forgets_the_failures(client, alice):
    for _ in range(9):
        log_in(client, "alice", WRONG)
    log_in(client, "alice", PASSWORD)
    log_in(client, "alice", WRONG)
    assert log_in(client, "alice", PASSWORD).status_code == 302


def test_an_attempt_keeps_nothing_of_what_was_typed(client, alice):
    log_in(client, "a password typed into the wrong field", WRONG)
    stored = " ".join(Attempt.objects.values_list("who", flat=True))
    assert stored
    assert "password" not in stored


def test_old_attempts_are_forgotten(client, alice):
    log_in(client, "alice", WRONG)
    Attempt.objects.update(at=timezone.now() - timedelta(minutes=61))
    log_in(client, "alice", WRONG)
    assert Attempt.objects.count() == 2


def test_logging_out_takes_a_post(login, alice):
    browser = login(alice)
    assert browser.get(reverse("accounts:logout")).status_code == 405
    assert browser.post(reverse("accounts:logout"))["Location"] == LOGIN
    assert browser.get(reverse("accounts:profile")).status_code == 302


def test_the_admin_site_has_no_log_in_of_its_own(client, db):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == f"{LOGIN}?next=%2Fadmin%2F"
