"""API keys: made with a name, shown once, revoked."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from accounts import api_keys
from accounts.models import ApiKey
from tests.factories import ApiKeyFactory, SiteSettingsFactory

KEYS = reverse("accounts:key-list")
NEW = reverse("accounts:key-create")


def test_a_new_key_is_shown_in_the_answer_and_nowhere_else(login, alice):
    browser = login(alice)
    response = browser.post(NEW, {"name": "laptop"})
    assert response.status_code == 201
    key = ApiKey.objects.get()
    secret = response.context["secret"]
    assert secret in response.text
    assert key.secret_hash == api_keys.digest(secret)
    assert (key.user, key.tenant, key.name) == (alice, alice.tenant, "laptop")
    assert "no-store" in response["Cache-Control"]
    assert secret not in str(dict(browser.session))
    assert "messages" not in response.cookies
    assert secret not in browser.get(KEYS).text


def test_sending_the_form_again_makes_no_second_key(login, alice):
    browser = login(alice)
    browser.post(NEW, {"name": "laptop"})
    response = browser.post(NEW, {"name": "Laptop"})
    assert response.status_code == 422
    assert "already have a key of this name" in response.text
    assert ApiKey.objects.count() == 1


def test_a_key_needs_a_name_of_at_most_100_characters(login, alice):
    browser = login(alice)
    assert browser.post(NEW, {"name": " "}).status_code == 422
    assert browser.post(NEW, {"name": "x" * 101}).status_code == 422
    assert not ApiKey.objects.exists()


def test_a_key_lives_as_long_as_the_tenant_says(login, alice):
    SiteSettingsFactory(tenant=alice.tenant, key_expiry_days=7)
    login(alice).post(NEW, {"name": "laptop"})
    key = ApiKey.objects.get()
    assert key.expires_at - key.created_at == timedelta(days=7)


def test_the_list_tells_working_keys_from_ended_ones(login, alice):
    ApiKeyFactory(user=alice, name="laptop")
    old = ApiKeyFactory(user=alice, name="old machine")
    ApiKey.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(days=1))
    ApiKeyFactory(user=alice, name="lost machine").revoke()
    context = login(alice).get(KEYS).context
    assert [key.name for key in context["usable"]] == ["laptop"]
    assert {key.name for key in context["ended"]} == {"old machine", "lost machine"}


def test_a_person_sees_only_their_own_keys(login, alice, bob):
    ApiKeyFactory(user=alice, name="alice's laptop")
    assert login(bob).get(KEYS).context["usable"] == []


def test_revoking_ends_a_key(login, alice):
    key = ApiKeyFactory(user=alice)
    response = login(alice).post(reverse("accounts:key-revoke", args=[key.pk]), follow=True)
    assert "is revoked" in response.text
    key.refresh_from_db()
    assert not key.is_usable_at(timezone.now())


def test_nobody_else_can_revoke_a_key_here(login, alice, bob, ada, charlie):
    key = ApiKeyFactory(user=alice)
    for person in (bob, ada, charlie):
        response = login(person).post(reverse("accounts:key-revoke", args=[key.pk]))
        assert response.status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None


def test_a_name_may_be_used_again_after_revoking(login, alice):
    ApiKeyFactory(user=alice, name="laptop").revoke()
    assert login(alice).post(NEW, {"name": "laptop"}).status_code == 201


def test_the_list_takes_few_queries(login, alice, django_assert_num_queries):
    for number in range(12):
        ApiKeyFactory(user=alice, name=f"machine {number}")
    browser = login(alice)
    # The session, the person, the tenant, its settings, the keys.
    with django_assert_num_queries(5):
        browser.get(KEYS)


def test_a_platform_operator_without_tenant_has_no_keys(login, alice):
    alice.tenant, alice.is_superuser = None, True
    alice.save()
    browser = login(alice)
    assert browser.get(KEYS).status_code == 200
    assert browser.post(NEW, {"name": "laptop"}).status_code == 404


def test_a_person_changes_their_name(login, alice):
    profile = reverse("accounts:profile")
    response = login(alice).post(profile, {"first_name": "Alice", "last_name": "Moreau"})
    assert response["Location"] == profile
    alice.refresh_from_db()
    assert alice.display_name == "Alice Moreau"


def test_a_person_cannot_make_themselves_admin(login, alice):
    login(alice).post(reverse("accounts:profile"), {"first_name": "A", "is_staff": "on"})
    alice.refresh_from_db()
    assert not alice.is_staff


def test_a_secret_is_no_name(login, alice):
    # Composed, so that no scanner takes this file for a leak.
    secret = "gh" + "p_" + "n7Kq2Lw9Xc4Vb8Zt1Ry6Pm3Sd5Fg0Hj2QaWe"
    browser = login(alice)
    assert browser.post(NEW, {"name": secret}).status_code == 422
    browser.post(reverse("accounts:profile"), {"first_name": secret})
    alice.refresh_from_db()
    assert not ApiKey.objects.exists()
    assert alice.first_name == ""
