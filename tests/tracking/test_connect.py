"""The Connect page: a key in one click, one command, and the first event as it arrives."""

import hashlib
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from accounts.models import ApiKey
from settings_app.decisions import give_consent, switch_capture_on
from settings_app.models import Surface
from tests.factories import ApiKeyFactory, SkillFactory
from tracking.hook_file import served_hook_file

PAGE = "/connect/"


def test_it_needs_a_log_in(db):
    for path in (PAGE, "/connect/first-event/"):
        assert Client().get(path).status_code == 302
    assert Client().post("/connect/key/").status_code == 302
    assert ApiKey.objects.count() == 0


def test_it_makes_a_key_in_one_click_and_shows_it_once(login, bob):
    browser = login(bob)
    offered = browser.get(PAGE).context["form"].initial["name"]
    response = browser.post("/connect/key/", {"name": offered})

    secret = response.context["secret"]
    assert response.status_code == 201
    assert response["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert secret.encode() in response.content
    assert bob.api_keys.get().secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret.encode() not in browser.get(PAGE).content


def test_it_offers_a_name_that_is_free(login, bob):
    for name in ("my machine", "My machine 2"):
        ApiKeyFactory(user=bob, name=name)
    form = login(bob).get(PAGE).context["form"]
    assert form.initial["name"] == "My machine 3"


def test_it_refuses_a_name_in_use_and_makes_no_key(login, bob):
    ApiKeyFactory(user=bob, name="laptop")
    response = login(bob).post("/connect/key/", {"name": "Laptop"})
    assert response.status_code == 422
    assert b"already have a key of this name" in response.content
    assert bob.api_keys.count() == 1


def test_its_command_names_this_site_and_no_key(login, bob):
    response = login(bob).post("/connect/key/", {"name": "laptop"}, headers={"host": "localhost"})
    command = response.content.decode().split('id="install-command">')[1].split("</code>")[0]
    assert command == (
        "curl -fsSLo everyskill_hook.py http://localhost/hook/everyskill_hook.py &amp;&amp; "
        "python3 everyskill_hook.py install --url http://localhost &amp;&amp; "
        "python3 everyskill_hook.py doctor"
    )
    assert served_hook_file().sha256.encode() in response.content


def test_it_shows_the_first_event_of_this_person_as_it_arrives(
    login, bob, alice, send, event, skill
):
    browser = login(bob)
    page = browser.get(PAGE)
    since = page.context["since"]
    waiting = browser.get("/connect/first-event/", {"since": since})
    assert b'hx-trigger="every 2s"' in waiting.content
    assert b"It works." not in waiting.content

    send(event)
    arrived = browser.get("/connect/first-event/", {"since": since})
    assert b"It works." in arrived.content
    assert skill.name.encode() in arrived.content
    assert b"hx-trigger" not in arrived.content  # it stops asking
    assert b"It works." in browser.get(PAGE, {"since": since}).content  # without JavaScript, too

    colleague = login(alice).get("/connect/first-event/", {"since": since})
    assert b"It works." not in colleague.content


def test_it_names_a_skill_that_the_site_does_not_know_as_it_was_sent(login, bob, send, event):
    page = login(bob).get(PAGE)
    send(event | {"skill_id": "<b>unknown</b>"})
    arrived = login(bob).get("/connect/first-event/", {"since": page.context["since"]})
    assert b"&lt;b&gt;unknown&lt;/b&gt;" in arrived.content


def test_it_looks_back_an_hour_at_most_and_survives_nonsense(login, bob):
    browser = login(bob)
    long_ago = (timezone.now() - timedelta(days=400)).isoformat()
    for since in ("", "x", "2026-13-45T00:00:00Z", "2026-01-01T00:00:00", "\0", long_ago):
        response = browser.get("/connect/first-event/", {"since": since})
        assert response.status_code == 200
        assert response.context["since"] > (timezone.now() - timedelta(hours=1.1)).isoformat()


def test_asking_for_the_first_event_costs_few_queries(login, bob, django_assert_num_queries):
    browser = login(bob)
    with django_assert_num_queries(4):  # session, person, tenant, newest event
        browser.get("/connect/first-event/")


def test_it_tells_which_gate_keeps_text_on_the_machine(login, bob, ada, tenant):
    browser = login(bob)
    assert b"your organisation has capture switched off" in browser.get(PAGE).content
    switch_capture_on(tenant=tenant, actor=ada, surface=Surface.ADMIN_SITE)
    assert b"you have not consented" in browser.get(PAGE).content
    give_consent(user=bob, surface=Surface.PREFERENCES_PAGE)
    assert b"redacted on your machine first" in browser.get(PAGE).content


def test_its_troubleshooting_names_every_step_of_doctor(login, bob):
    page = login(bob).get(PAGE).content.decode().replace("’", "'")
    client = served_hook_file().content.decode()
    shown = [part.split("</dt>")[0] for part in page.split("<dt>")[1:]]
    assert len(shown) == 10
    assert [title for title in shown if f'"{title}' not in client] == []


def test_a_skills_page_leads_to_its_bundle(login, alice, bob):
    skill = SkillFactory(author=alice, slug="release-notes")
    page = login(bob).get(f"/skills/{skill.slug}/").content
    assert b'href="/skills/release-notes/bundle.zip"' in page
    assert b"unzip -o ~/Downloads/release-notes.zip -d ~/.claude/skills" in page
