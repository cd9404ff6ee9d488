"""Changing a password, and setting a new one by e-mail."""

import re
from datetime import timedelta

from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import Attempt
from tests.factories import PASSWORD

NEW_PASSWORD = "-".join(["staple", "battery", "nine"])


def test_it_changes_the_password_and_keeps_this_session(login, alice):
    browser = login(alice)
    response = browser.post(
        reverse("accounts:password-change"),
        {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD},
        follow=True,
    )
    assert "Your password is changed" in response.text
    alice.refresh_from_db()
    assert alice.check_password(NEW_PASSWORD)


def test_it_asks_for_the_old_password_and_a_good_new_one(login, alice):
    response = login(alice).post(
        reverse("accounts:password-change"),
        {"old_password": "no", "new_password1": "12345678", "new_password2": "12345678"},
    )
    assert response.context["form"].errors.keys() == {"old_password", "new_password2"}
    assert "12345678" not in response.text
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def ask_for_a_link(client, address):
    return client.post(reverse("accounts:reset"), {"email": address}, follow=True)


def test_a_link_by_mail_sets_a_new_password(client, alice):
    response = ask_for_a_link(client, "ALICE@example.com")
    assert "Look into your mailbox" in response.text
    [message] = mail.outbox
    assert message.to == [alice.email]
    link = re.search(r"http://testserver(/\S+)", message.body)[1]
    form = client.get(link, follow=True)
    response = client.post(
        form.redirect_chain[-1][0],
        {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD},
        follow=True,
    )
    assert "Your new password is set" in response.text
    alice.refresh_from_db()
    assert alice.check_password(NEW_PASSWORD)
    assert "no longer works" in client.get(link, follow=True).text


def test_a_forged_link_is_refused(client, alice):
    response = client.get(reverse("accounts:reset-confirm", args=["MQ", "abc-123"]))
    assert "no longer works" in response.text


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, alice):
    known = ask_for_a_link(client, alice.email)
    unknown = ask_for_a_link(client, "nobody@example.com")
    assert known.redirect_chain == unknown.redirect_chain
    assert [message.to for message in mail.outbox] == [[alice.email]]


def test_nobodys_mailbox_is_filled(client, alice):
    for _ in range(7):
        response = ask_for_a_link(client, alice.email)
    assert "Look into your mailbox" in response.text
    assert len(mail.outbox) == 5
    Attempt.objects.update(at=timezone.now() - timedelta(minutes=61))
    ask_for_a_link(client, alice.email)
    assert len(mail.outbox) == 6
