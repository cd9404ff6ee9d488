"""What an administrator must not be able to do: read what is hidden, or act in another person's name."""

import pytest
from django.test import override_settings

from accounts.models import User
from tests.factories import PASSWORD, UserPreferencesFactory


def test_hidden_notes_cannot_be_guessed_by_a_filter(login, ada, bob):
    UserPreferencesFactory(user=bob, claude_md_workflow_notes="a private word")
    answer = login(ada).get(
        "/admin/settings_app/userpreferences/", {"claude_md_workflow_notes__startswith": "a"}
    )
    assert answer.status_code == 400


def test_a_shown_column_can_still_be_filtered(login, ada, bob):
    UserPreferencesFactory(user=bob)
    answer = login(ada).get(
        "/admin/settings_app/userpreferences/", {"training_data_consent__exact": "0"}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("who", ["ada", "bob"])
def test_staff_set_no_password_but_their_own(login, ada, bob, who):
    person = {"ada": ada, "bob": bob}[who]
    new = "-".join(["another", "long", "word"])
    answer = login(ada).post(
        f"/admin/accounts/user/{person.pk}/password/",
        {"password1": new, "password2": new, "usable_password": "true"},
    )
    person.refresh_from_db()
    assert person.check_password(new) is (who == "ada")
    assert answer.status_code == (302 if who == "ada" else 403)


def test_staff_change_nobodys_e_mail_address(login, ada, bob):
    page = f"/admin/accounts/user/{bob.pk}/change/"
    login(ada).post(page, {"username": "bob", "email": "ada+bob@example.com", "is_active": "on"})
    assert User.objects.get(pk=bob.pk).email == "bob@example.com"


@override_settings(BEHIND_PROXY=True)
def test_behind_a_proxy_one_address_does_not_shut_out_another(client, bob):
    wrong = {"username": "bob", "password": "wrong"}
    for _ in range(11):
        client.post("/accounts/login/", wrong, headers={"X-Forwarded-For": "203.0.113.9"})
    right = {"username": "bob", "password": PASSWORD}
    shut_out = client.post("/accounts/login/", right, headers={"X-Forwarded-For": "203.0.113.9"})
    let_in = client.post("/accounts/login/", right, headers={"X-Forwarded-For": "203.0.113.10"})
    assert (shut_out.status_code, let_in.status_code) == (200, 302)
