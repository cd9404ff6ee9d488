"""The switch of capture in the admin list: the same decisions, ledger rows and question as on the capture page."""

import re

import pytest
from django.test import Client

from accounts.models import User
from settings_app.decisions import switch_capture_off, switch_capture_on
from settings_app.models import ConsentRecord, Decision, SiteSettings, Surface
from tests.factories import CapturedExampleFactory, SkillFactory, UserFactory
from training.models import SkillFeedback

LIST = "/admin/settings_app/sitesettings/"


@pytest.fixture
def operator(db: None) -> User:
    return UserFactory(tenant=None, username="olga", is_superuser=True, is_staff=True)


def form_of(page: str) -> dict[str, str]:
    """What a browser would send back of the list unchanged."""
    data = {}
    for tag in re.findall(r"<input[^>]+>", page):
        name = re.search(r'name="(form-[^"]+|initial-form-[^"]+)"', tag)
        is_unchecked = 'type="checkbox"' in tag and "checked" not in tag
        if name and not is_unchecked:
            value = re.search(r'value="([^"]*)"', tag)
            data[name[1]] = value[1] if value else "on"
    return data


def turn(browser: Client, *rows: int, page: str | None = None):
    """Tick or untick the switches in these rows of the list and save."""
    data = form_of(page or browser.get(LIST).text)
    for row in rows:
        name = f"form-{row}-training_data_capture_enabled"
        if data.pop(name, None) is None:
            data[name] = "on"
    return browser.post(LIST, data | {"_save": "Save"})


def is_on(person: User) -> bool:
    return SiteSettings.objects.get(tenant=person.tenant).training_data_capture_enabled


def test_a_tenant_without_settings_has_its_switch_in_the_list(ada: User, login) -> None:
    assert "training_data_capture_enabled" in login(ada).get(LIST).text


def test_it_switches_on_with_a_ledger_row(ada: User, login) -> None:
    turn(login(ada), 0)

    record = ConsentRecord.objects.get()
    assert (record.decision, record.actor_id) == (Decision.CAPTURE_ON, ada.pk)
    assert record.surface == Surface.ADMIN_SITE
    assert is_on(ada)


def test_switching_off_leads_to_the_question(ada: User, bob: User, login) -> None:
    CapturedExampleFactory(user=bob, skill=SkillFactory(tenant=ada.tenant))
    browser = login(ada)

    response = turn(browser, 0)

    assert not is_on(ada)
    assert "examples/?ids=" in response.url
    assert "1 captured example" in browser.get(response.url).text
    assert SkillFeedback.objects.count() == 1


@pytest.mark.parametrize(
    ("choice", "decision", "left"),
    [("keep", Decision.EXAMPLES_KEPT, 1), ("purge", Decision.EXAMPLES_PURGED, 0)],
)
def test_the_answer_is_recorded_and_done(
    ada: User, bob: User, login, choice: str, decision: Decision, left: int
) -> None:
    CapturedExampleFactory(user=bob, skill=SkillFactory(tenant=ada.tenant))
    browser = login(ada)
    question = turn(browser, 0).url

    browser.post(question, {"choice": choice})

    assert ConsentRecord.objects.order_by("sequence").last().decision == decision
    assert SkillFeedback.objects.count() == left


def test_where_nothing_was_captured_nothing_is_asked(ada: User, login) -> None:
    browser = login(ada)
    turn(browser, 0)

    response = turn(browser, 0)

    assert not is_on(ada)
    assert "ids=" not in response.url


def test_an_operator_switches_several_at_once(
    operator: User, ada: User, charlie: User, login
) -> None:
    browser = login(operator)
    turn(browser, 0, 1)
    assert is_on(ada)
    assert is_on(charlie)
    CapturedExampleFactory(user=charlie, skill=SkillFactory(author=charlie))

    question = turn(browser, 0, 1).url
    browser.post(question, {"choice": "purge"})

    assert not is_on(ada)
    assert not is_on(charlie)
    assert not SkillFeedback.objects.exists()


def test_a_list_opened_before_somebody_else_switched_does_not_switch_back(ada: User, login) -> None:
    switch_capture_on(tenant=ada.tenant, actor=None, surface=Surface.COMMAND)
    browser = login(ada)
    opened = browser.get(LIST).text
    switch_capture_off(tenant=ada.tenant, actor=None, surface=Surface.COMMAND)

    turn(browser, page=opened)

    assert not is_on(ada)


def test_staff_cannot_switch_another_tenant(ada: User, charlie: User, login) -> None:
    foreign = SiteSettings.objects.create(tenant=charlie.tenant)
    browser = login(ada)
    data = form_of(browser.get(LIST).text)

    browser.post(
        LIST,
        data
        | {
            "form-0-id": str(foreign.pk),
            "form-0-training_data_capture_enabled": "on",
            "_save": "Save",
        },
    )
    assert not is_on(charlie)


def test_staff_cannot_answer_for_another_tenant(
    ada: User, charlie: User, operator: User, login
) -> None:
    CapturedExampleFactory(user=charlie, skill=SkillFactory(author=charlie))
    switch_capture_off(tenant=charlie.tenant, actor=None, surface=Surface.COMMAND)
    ids = charlie.tenant.site_settings.pk

    browser = login(ada)
    page = browser.post(f"{LIST}examples/?ids={ids}", {"choice": "purge"}, follow=True)

    assert page.status_code == 200
    assert SkillFeedback.objects.count() == 1


def test_the_question_does_not_purge_while_capture_is_on(ada: User, bob: User, login) -> None:
    CapturedExampleFactory(user=bob, skill=SkillFactory(tenant=ada.tenant))
    ids = ada.tenant.site_settings.pk

    page = login(ada).post(f"{LIST}examples/?ids={ids}", {"choice": "purge"}, follow=True).text

    assert "Switch capture off first" in page
    assert SkillFeedback.objects.count() == 1


def test_the_row_saves_other_settings_and_leaves_the_switch(ada: User, login) -> None:
    switch_capture_on(tenant=ada.tenant, actor=ada, surface=Surface.CAPTURE_PAGE)
    row = ada.tenant.site_settings

    login(ada).post(
        f"{LIST}{row.pk}/change/",
        {
            "training_data_capture_enabled": "on",
            "initial-training_data_capture_enabled": "True",
            "key_expiry_days": "30",
            "rate_limit_per_minute": "100",
            "event_retention_days": "365",
        },
    )

    row = SiteSettings.objects.get(pk=row.pk)
    assert (row.key_expiry_days, row.redact_personal_data) == (30, False)
    assert row.training_data_capture_enabled
    assert ConsentRecord.objects.count() == 1


def test_the_row_switches_off_and_asks(ada: User, bob: User, login) -> None:
    CapturedExampleFactory(user=bob, skill=SkillFactory(tenant=ada.tenant))
    row = ada.tenant.site_settings

    response = login(ada).post(
        f"{LIST}{row.pk}/change/",
        {
            "initial-training_data_capture_enabled": "True",
            "key_expiry_days": "90",
            "rate_limit_per_minute": "6000",
            "event_retention_days": "365",
            "redact_personal_data": "on",
        },
    )

    assert not is_on(ada)
    assert "examples/?ids=" in response.url


def test_the_list_says_who_switched_and_links_to_every_switch(ada: User, login) -> None:
    browser = login(ada)
    turn(browser, 0)
    turn(browser, 0)

    assert ">ada<" in browser.get(LIST).text
    page = browser.get(f"{LIST}{ada.tenant.site_settings.pk}/change/").text
    link = re.search(r'href="([^"]*consentrecord[^"]*tenant_id__exact[^"]*)"', page)
    ledger = browser.get(link[1].replace("&amp;", "&")).text
    assert "Capture switched on" in ledger
    assert "Capture switched off" in ledger
