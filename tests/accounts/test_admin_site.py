"""The admin site: staff see and touch the rows of their tenant and no others, also by forged requests."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import ApiKey, Tenant, User
from accounts.tenant_admin import TenantScopedAdmin
from tests.factories import (
    PASSWORD,
    ApiKeyFactory,
    CapturedExampleFactory,
    SkillFactory,
    TenantFactory,
    UserFactory,
)
from tracking.models import TokenPrice, UsageEvent
from training.models import SkillFeedback


@pytest.fixture
def operator(db: None) -> User:
    return UserFactory(tenant=None, username="olga", is_superuser=True, is_staff=True)


@pytest.fixture
def two_tenants(ada: User, bob: User, charlie: User) -> tuple[list, list]:
    """One row of everything for bob's tenant, and the same for charlie's."""
    return rows_of(bob), rows_of(charlie)


def rows_of(person: User) -> list:
    skill = SkillFactory(author=person)
    example = CapturedExampleFactory(user=person, skill=skill)
    event = UsageEvent.objects.create(
        tenant=person.tenant, user=person, skill=skill, skill_ref=skill.slug, tool_name="Read"
    )
    return [
        person,
        person.tenant,
        ApiKeyFactory(user=person),
        skill,
        example,
        event,
        person.preferences,
        person.tenant.site_settings,
        example.consent_record,
    ]


def list_url(model: type) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def row_url(row, what: str = "change") -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{what}", args=[row.pk])


# Not for a person to look at: counters, hashes, the ends of chains and the members of releases.
UNREGISTERED = {
    "accounts.Attempt",
    "settings_app.ConsentChain",
    "tracking.RateWindow",
    "tracking.TokenDay",
    "tracking.TokenRollup",
    "training.Fingerprint",
    "training.ReleaseMember",
    "training.Tombstone",
}


def test_every_model_of_the_product_is_registered_and_scoped() -> None:
    own = {"accounts", "skills", "settings_app", "training", "tracking"}
    models = {model for model in apps.get_models() if model._meta.app_label in own}

    assert set(admin.site._registry) <= models
    assert {model._meta.label for model in models - set(admin.site._registry)} == UNREGISTERED
    for model, model_admin in admin.site._registry.items():
        assert isinstance(model_admin, TenantScopedAdmin), model


def test_every_list_opens_for_staff_without_permission_rows(ada: User, two_tenants, login) -> None:
    browser = login(ada)
    for model in admin.site._registry:
        response = browser.get(list_url(model), {"q": "a"})
        assert response.status_code == 200, model


def test_every_list_holds_the_own_tenants_rows_only(ada: User, two_tenants, login) -> None:
    browser = login(ada)
    for own, foreign in zip(*two_tenants, strict=True):
        page = browser.get(list_url(type(own))).text
        assert str(own.pk) in page, own
        assert str(foreign.pk) not in page, foreign


def test_an_operator_sees_every_tenants_rows(operator: User, two_tenants, login) -> None:
    browser = login(operator)
    for own, foreign in zip(*two_tenants, strict=True):
        page = browser.get(list_url(type(own))).text
        assert str(own.pk) in page
        assert str(foreign.pk) in page


@pytest.mark.parametrize("what", ["change", "delete", "history"])
def test_another_tenants_row_does_not_exist_for_staff(
    ada: User, two_tenants, login, what: str
) -> None:
    browser = login(ada)
    for own, foreign in zip(*two_tenants, strict=True):
        assert browser.get(row_url(own, what)).status_code in (200, 403), own
        # The admin site answers an unknown id with a redirect to its first page.
        assert browser.get(row_url(foreign, what)).status_code in (302, 403), foreign
        assert browser.post(row_url(foreign, what), {"post": "yes"}).status_code in (302, 403, 405)
        assert type(foreign).objects.filter(pk=foreign.pk).exists()


def test_members_have_no_admin_site(bob: User, two_tenants, login) -> None:
    assert login(bob).get(reverse("admin:index")).status_code == 302
    assert login(bob).get(list_url(User)).status_code == 302


# People


def person_form(person: User, **changes) -> dict:
    return {
        "username": person.username,
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "is_active": "on",
    } | changes


def test_staff_add_people_to_their_own_tenant(ada: User, other_tenant: Tenant, login) -> None:
    response = login(ada).post(
        reverse("admin:accounts_user_add"),
        {
            "username": "dora",
            "email": "dora@example.com",
            "usable_password": "true",
            "password1": PASSWORD,
            "password2": PASSWORD,
            # Forged:
            "tenant": str(other_tenant.pk),
            "is_superuser": "on",
        },
    )

    assert response.status_code == 302
    dora = User.objects.get(username="dora")
    assert dora.tenant == ada.tenant
    assert not dora.is_superuser
    assert dora.check_password(PASSWORD)
    assert Client().login(username="dora", password=PASSWORD)


def test_weak_passwords_are_refused_for_added_people(ada: User, login) -> None:
    response = login(ada).post(
        reverse("admin:accounts_user_add"),
        {
            "username": "dora",
            "email": "dora@example.com",
            "usable_password": "true",
            "password1": "12345",
            "password2": "12345",
        },
    )

    assert response.status_code == 200
    assert not User.objects.filter(username="dora").exists()


def test_staff_can_neither_make_operators_nor_move_people(
    ada: User, bob: User, other_tenant: Tenant, login
) -> None:
    login(ada).post(
        row_url(bob),
        person_form(bob, first_name="Robert", is_superuser="on", tenant=str(other_tenant.pk)),
    )

    bob.refresh_from_db()
    assert bob.first_name == "Robert"
    assert not bob.is_superuser
    assert bob.tenant == ada.tenant


def test_an_operator_cannot_move_people_either(
    operator: User, bob: User, other_tenant: Tenant, login
) -> None:
    before = bob.tenant
    login(operator).post(row_url(bob), person_form(bob, tenant=str(other_tenant.pk)))

    bob.refresh_from_db()
    assert bob.tenant == before


def test_an_operators_account_in_the_tenant_is_not_for_its_staff(ada: User, login) -> None:
    boss = UserFactory(tenant=ada.tenant, username="boss", is_superuser=True, is_staff=True)
    before = boss.password

    login(ada).post(row_url(boss), person_form(boss, first_name="Taken"))
    login(ada).post(
        reverse("admin:auth_user_password_change", args=[boss.pk]),
        {"usable_password": "true", "password1": PASSWORD + "x", "password2": PASSWORD + "x"},
    )
    login(ada).post(row_url(boss, "delete"), {"post": "yes"})

    boss.refresh_from_db()
    assert boss.first_name == ""
    assert boss.password == before


def test_a_person_who_is_no_operator_needs_a_tenant(operator: User, login) -> None:
    response = login(operator).post(
        reverse("admin:accounts_user_add"),
        {
            "username": "dora",
            "email": "dora@example.com",
            "usable_password": "true",
            "password1": PASSWORD,
            "password2": PASSWORD,
        },
    )

    assert "Choose a tenant" in response.text
    assert not User.objects.filter(username="dora").exists()


def test_nobody_deletes_the_account_they_are_logged_in_with(ada: User, login) -> None:
    assert login(ada).post(row_url(ada, "delete"), {"post": "yes"}).status_code == 403
    login(ada).post(
        list_url(User),
        {"action": "delete_selected", "_selected_action": [str(ada.pk)], "post": "yes"},
    )

    assert User.objects.filter(pk=ada.pk).exists()


def test_deleting_a_person_takes_what_was_captured_and_names_them_nowhere(
    ada: User, bob: User, login
) -> None:
    example = CapturedExampleFactory(user=bob, skill=SkillFactory(author=ada))
    browser = login(ada)
    browser.post(row_url(bob), person_form(bob, first_name="Robert"))

    page = browser.get(row_url(bob, "delete")).text
    assert "1 skill feedback" in page

    browser.post(row_url(bob, "delete"), {"post": "yes"})

    assert not User.objects.filter(pk=bob.pk).exists()
    assert not SkillFeedback.objects.filter(pk=example.pk).exists()
    log = LogEntry.objects.filter(object_id=str(bob.pk))
    assert log.count() == 2
    for entry in log:
        assert "bob" not in (entry.object_repr + entry.change_message).lower()


# Keys


def test_a_key_is_revoked_and_its_hash_is_never_shown(ada: User, bob: User, login) -> None:
    key = ApiKeyFactory(user=bob)
    browser = login(ada)
    assert key.secret_hash not in browser.get(row_url(key)).text

    browser.post(list_url(ApiKey), {"action": "revoke", "_selected_action": [str(key.pk)]})

    key.refresh_from_db()
    assert key.revoked_at is not None


def test_another_tenants_key_cannot_be_revoked(ada: User, charlie: User, login) -> None:
    key = ApiKeyFactory(user=charlie)

    login(ada).post(list_url(ApiKey), {"action": "revoke", "_selected_action": [str(key.pk)]})

    key.refresh_from_db()
    assert key.revoked_at is None


def test_keys_are_neither_added_nor_changed_here(ada: User, bob: User, login) -> None:
    key = ApiKeyFactory(user=bob)

    assert login(ada).get(reverse("admin:accounts_apikey_add")).status_code == 403
    assert login(ada).post(row_url(key), {"name": "mine"}).status_code == 403


# Skills


def test_a_skill_is_given_to_a_colleague_only(
    ada: User, alice: User, bob: User, charlie: User, login
) -> None:
    skill = SkillFactory(author=alice)
    browser = login(ada)

    refused = browser.post(row_url(skill), {"author": str(charlie.pk)})
    assert "Select a valid choice" in refused.text
    skill.refresh_from_db()
    assert skill.author == alice

    browser.post(row_url(skill), {"author": str(bob.pk), "content": "forged"})
    skill.refresh_from_db()
    assert skill.author == bob
    assert skill.content != "forged"


def test_an_operator_cannot_mix_tenants(operator: User, alice: User, charlie: User, login) -> None:
    skill = SkillFactory(author=alice)

    response = login(operator).post(row_url(skill), {"author": str(charlie.pk)})

    assert "own organisation" in response.text


def test_the_search_for_an_author_stays_in_the_tenant(
    ada: User, alice: User, charlie: User, login
) -> None:
    SkillFactory(author=alice)
    response = login(ada).get(
        reverse("admin:autocomplete"),
        {"app_label": "skills", "model_name": "skill", "field_name": "author", "term": "li"},
    )

    assert [found["text"] for found in response.json()["results"]] == ["alice"]


def test_filters_name_nobody_of_another_tenant(ada: User, two_tenants, login) -> None:
    browser = login(ada)
    for model in admin.site._registry:
        assert "charlie" not in browser.get(list_url(model)).text, model


# What is only read


@pytest.mark.parametrize("index", [4, 5, 6, 8])  # example, event, preferences, ledger row
def test_texts_preferences_and_ledger_are_read_only(
    ada: User, operator: User, two_tenants, login, index: int
) -> None:
    row = two_tenants[0][index]
    for person in (ada, operator):
        browser = login(person)
        page = browser.get(row_url(row)).text
        assert 'name="_save"' not in page
        assert browser.post(row_url(row), {"training_data_consent": ""}).status_code == 403
        add = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_add")
        assert browser.get(add).status_code == 403


def test_workflow_notes_are_their_persons_alone(ada: User, bob: User, two_tenants, login) -> None:
    preferences = bob.preferences
    preferences.claude_md_workflow_notes = "my private ways"
    preferences.save(update_fields=["claude_md_workflow_notes"])

    assert "my private ways" not in login(ada).get(row_url(preferences)).text


# Tenants and prices


def test_staff_rename_their_tenant_and_nothing_more(ada: User, login) -> None:
    browser = login(ada)
    browser.post(row_url(ada.tenant), {"name": "Acme & Daughters", "slug": "taken-over"})

    ada.tenant.refresh_from_db()
    assert (ada.tenant.name, ada.tenant.slug) == ("Acme & Daughters", "acme")
    assert browser.get(reverse("admin:accounts_tenant_add")).status_code == 403
    assert browser.post(row_url(ada.tenant, "delete"), {"post": "yes"}).status_code == 403


def test_an_operator_deletes_a_tenant_whole(operator: User, two_tenants, login) -> None:
    tenant = two_tenants[0][1]

    login(operator).post(row_url(tenant, "delete"), {"post": "yes"})

    assert not Tenant.objects.filter(pk=tenant.pk).exists()
    assert not SkillFeedback.objects.filter(tenant_id=tenant.pk).exists()
    assert SkillFeedback.objects.count() == 1


def test_staff_set_prices_of_their_own_tenant_only(ada: User, login) -> None:
    price = {
        "model_name": "a-model",
        "since": "2026-01-01",
        "input": "1",
        "cache_read": "1",
        "cache_write": "1",
        "output": "1",
    }
    url = reverse("admin:tracking_tokenprice_add")

    refused = login(ada).post(url, price | {"tenant": str(TenantFactory().pk)})
    assert "Select a valid choice" in refused.text
    assert not TokenPrice.objects.exists()

    login(ada).post(url, price | {"tenant": str(ada.tenant_id)})
    assert TokenPrice.objects.get().tenant == ada.tenant
    again = login(ada).post(url, price | {"tenant": str(ada.tenant_id)})
    assert again.status_code == 200
