"""Who may call what: every address of the site, as everybody.

A new address joins TABLE in the commit that brings it; a test here fails until it does. People: nobody is signed in;
bob, a colleague; alice, the author of the skill that the addresses name; ada, the administrator of their tenant;
charlie, an author of another tenant.
"""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from settings_app.decisions import give_consent
from settings_app.models import Surface
from tests.factories import (
    ApiKeyFactory,
    CapturedExampleFactory,
    GoldenExampleFactory,
    SkillFactory,
)
from training.consent.erasure import withdraw_consent
from training.releases import make_release

LOGIN = "login"  # sent to the log-in page
ROLES = ("nobody", "bob", "alice", "ada", "charlie")

TABLE = [
    # method, name                              nobody bob   alice  ada   charlie
    ("GET", "home", (LOGIN, 302, 302, 302, 302)),
    ("GET", "healthz", (200, 200, 200, 200, 200)),
    ("GET", "readyz", (200, 200, 200, 200, 200)),
    # Log-in and passwords: for everybody, or for oneself.
    ("GET", "accounts:login", (200, 200, 200, 200, 200)),
    ("POST", "accounts:login", (200, 200, 200, 200, 200)),
    ("POST", "accounts:logout", (302, 302, 302, 302, 302)),
    ("GET", "accounts:password-change", (LOGIN, 200, 200, 200, 200)),
    ("GET", "accounts:password-changed", (LOGIN, 200, 200, 200, 200)),
    ("GET", "accounts:reset", (200, 200, 200, 200, 200)),
    ("GET", "accounts:reset-sent", (200, 200, 200, 200, 200)),
    # With a link that does not fit: a page that says so.
    ("GET", "accounts:reset-confirm", (200, 200, 200, 200, 200)),
    ("GET", "accounts:reset-complete", (200, 200, 200, 200, 200)),
    ("GET", "accounts:profile", (LOGIN, 200, 200, 200, 200)),
    ("GET", "accounts:key-list", (LOGIN, 200, 200, 200, 200)),
    ("POST", "accounts:key-create", (LOGIN, 422, 422, 422, 422)),
    # The key is bob's.
    ("POST", "accounts:key-revoke", (LOGIN, 302, 404, 404, 404)),
    # Skills: the tenant reads, the author writes.
    ("GET", "skills:skill-list", (LOGIN, 200, 200, 200, 200)),
    ("GET", "skills:skill-create", (LOGIN, 200, 200, 200, 200)),
    ("POST", "skills:skill-create", (LOGIN, 422, 422, 422, 422)),
    ("GET", "skills:skill-detail", (LOGIN, 200, 200, 200, 404)),
    ("GET", "skills:skill-download", (LOGIN, 200, 200, 200, 404)),
    ("GET", "skills:skill-edit", (LOGIN, 404, 200, 404, 404)),
    ("POST", "skills:skill-edit", (LOGIN, 404, 422, 404, 404)),
    # Training: the author works, the administrator reads, a colleague sees the count on the first page.
    ("GET", "training:example-list", (LOGIN, 200, 200, 200, 404)),
    ("POST", "training:example-create", (LOGIN, 404, 422, 403, 404)),
    ("GET", "training:example-detail", (LOGIN, 404, 200, 200, 404)),
    ("GET", "training:example-edit", (LOGIN, 404, 200, 403, 404)),
    ("POST", "training:example-edit", (LOGIN, 404, 422, 403, 404)),
    ("POST", "training:example-decide", (LOGIN, 404, 400, 403, 404)),
    ("GET", "training:example-delete", (LOGIN, 404, 200, 403, 404)),
    ("POST", "training:example-delete", (LOGIN, 404, 302, 403, 404)),
    ("GET", "training:queue", (LOGIN, 404, 200, 403, 404)),
    ("POST", "training:queue-undo", (LOGIN, 404, 302, 403, 404)),
    ("GET", "training:bulk", (LOGIN, 404, 200, 403, 404)),
    ("POST", "training:bulk", (LOGIN, 404, 409, 403, 404)),
    ("POST", "training:bulk-undo", (LOGIN, 404, 302, 403, 404)),
    ("GET", "training:dataset", (LOGIN, 404, 200, 200, 404)),
    ("GET", "training:import", (LOGIN, 404, 200, 403, 404)),
    ("POST", "training:import", (LOGIN, 404, 422, 403, 404)),
    ("GET", "training:sanitizer-try", (LOGIN, 404, 200, 403, 404)),
    ("POST", "training:sanitizer-try", (LOGIN, 404, 422, 403, 404)),
    ("GET", "training:export-now", (LOGIN, 404, 200, 200, 404)),
    ("GET", "training:release-list", (LOGIN, 404, 200, 200, 404)),
    ("POST", "training:release-list", (LOGIN, 404, 422, 403, 404)),
    ("GET", "training:release-detail", (LOGIN, 404, 200, 200, 404)),
    ("GET", "training:release-manifest", (LOGIN, 404, 200, 200, 404)),
    ("GET", "training:release-export", (LOGIN, 404, 200, 200, 404)),
    ("GET", "training:release-compare", (LOGIN, 404, 200, 200, 404)),
    # Hashes of withdrawn examples, for whoever has a copy of a release.
    ("GET", "withdrawn-list", (200, 200, 200, 200, 200)),
    # Preferences and consent: one's own. The receipt is bob's.
    ("GET", "settings:preferences-edit", (LOGIN, 200, 200, 200, 200)),
    ("POST", "settings:preferences-edit", (LOGIN, 200, 200, 200, 200)),
    ("POST", "settings:consent-give", (LOGIN, 302, 302, 302, 302)),
    ("POST", "settings:consent-withdraw", (LOGIN, 302, 302, 302, 302)),
    ("GET", "settings:consent-receipt", (LOGIN, 200, 404, 404, 404)),
    ("GET", "settings:captured-download", (LOGIN, 200, 200, 200, 200)),
    ("GET", "settings:ledger-download", (LOGIN, 200, 200, 200, 200)),
    ("GET", "settings:capture-edit", (LOGIN, 403, 403, 200, 403)),
    ("POST", "settings:capture-edit", (LOGIN, 403, 403, 200, 403)),
    # Usage: totals for everyone in the tenant.
    ("GET", "tracking:usage-overview", (LOGIN, 200, 200, 200, 200)),
    ("GET", "tracking:skill-usage", (LOGIN, 200, 200, 200, 404)),
    # One's own key and events; the bundle for the tenant.
    ("GET", "tracking:connect", (LOGIN, 200, 200, 200, 200)),
    ("POST", "tracking:connect-key", (LOGIN, 422, 422, 422, 422)),
    ("GET", "tracking:first-event", (LOGIN, 200, 200, 200, 200)),
    ("GET", "tracking:skill-bundle", (LOGIN, 200, 200, 200, 404)),
    ("GET", "tracking:skill-bundle-with-hooks", (LOGIN, 200, 200, 200, 404)),
    ("GET", "settings:assurance", (LOGIN, 403, 403, 200, 403)),
    ("POST", "settings:assurance-verify", (LOGIN, 403, 403, 302, 403)),
    # The API knows keys only; a session opens nothing there.
    ("POST", "tracking:track", (401, 401, 401, 401, 401)),
    ("POST", "tracking:track-batch", (401, 401, 401, 401, 401)),
    ("GET", "metrics", (404, 404, 404, 404, 404)),
    ("GET", "tracking:openapi", (200, 200, 200, 200, 200)),
    ("GET", "tracking:api-page", (LOGIN, 200, 200, 200, 200)),
    ("GET", "tracking:hook-settings", (401, 401, 401, 401, 401)),
    ("GET", "tracking:hook-file", (200, 200, 200, 200, 200)),
    ("GET", "tracking:hook-file-digest", (200, 200, 200, 200, 200)),
]

CALLS = [
    pytest.param(method, name, role, expected, id=f"{method} {name} as {role}")
    for method, name, answers in TABLE
    for role, expected in zip(ROLES, answers, strict=True)
]


@pytest.fixture
def arguments(alice, bob, ada, charlie) -> dict[str, object]:
    """What an address may name; of alice's skill and bob's own things."""
    skill = SkillFactory(author=alice, slug="pdf-forms")
    GoldenExampleFactory(skill=skill)
    release = make_release(skill=skill, name="v1", made_by=alice)
    give_consent(user=bob, surface=Surface.PREFERENCES_PAGE)
    receipt = withdraw_consent(user=bob, surface=Surface.PREFERENCES_PAGE)
    return {
        "slug": skill.slug,
        "key_id": ApiKeyFactory(user=bob).pk,
        "example_id": CapturedExampleFactory(skill=skill, user=ada).pk,
        "batch_id": uuid4(),
        "format_name": "jsonl",
        "name": release.name,
        "older": release.name,
        "record_id": receipt.pk,
        "uidb64": urlsafe_base64_encode(force_bytes(bob.pk)),
        "token": "forged",
    }


def site_map(
    resolver: URLResolver, namespace: str = "", wanted: frozenset[str] = frozenset()
) -> Iterator[tuple[str, frozenset[str]]]:
    """Every address by its full name, with the arguments it wants; Django's admin site, with its hundreds, has a
    test of its own below."""
    for entry in resolver.url_patterns:
        inner = wanted | set(entry.pattern.converters)
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", inner
        elif entry.namespace != "admin":
            name = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from site_map(entry, name, inner)


PATTERNS = dict(site_map(get_resolver()))


def url_of(name: str, arguments: dict[str, object]) -> str:
    return reverse(name, kwargs={key: arguments[key] for key in PATTERNS[name]})


def browser_of(role: str, people: dict[str, object]) -> Client:
    client = Client(raise_request_exception=False)
    if role != "nobody":
        client.force_login(people[role])
    return client


def test_every_address_is_in_the_table():
    unnamed_on_purpose = {"None"}  # the admin's log-in, which only leads to ours
    assert {name for _, name, _ in TABLE} == set(PATTERNS) - unnamed_on_purpose


@pytest.mark.parametrize(("method", "name", "role", "expected"), CALLS)
def test_it_lets_in_whom_it_should(
    method, name, role, expected, arguments, alice, bob, ada, charlie
):
    people = {"alice": alice, "bob": bob, "ada": ada, "charlie": charlie}
    url = url_of(name, arguments)
    response = browser_of(role, people).generic(
        method, url, content_type="application/x-www-form-urlencoded"
    )
    if expected == LOGIN:
        assert response.status_code == 302
        assert response["Location"] == f"{reverse('accounts:login')}?next={url}"
    else:
        assert response.status_code == expected


# Log-in and -out are ours; the list of an app's models names its app in a regular expression.
NOT_PAGES = ("None", "login", "logout", "jsi18n", "app_list")


def admin_addresses() -> list[str]:
    resolver = next(
        entry for entry in get_resolver().url_patterns if getattr(entry, "namespace", "") == "admin"
    )
    named = [name for name, wanted in site_map(resolver) if not wanted]
    return sorted(name for name in named if name not in NOT_PAGES)


@pytest.mark.parametrize("name", admin_addresses())
def test_the_admin_site_is_for_administrators(name, alice, bob, ada, charlie):
    url = reverse(f"admin:{name}")
    for client in (
        Client(),
        *(browser_of("one", {"one": person}) for person in (alice, bob, charlie)),
    ):
        response = client.get(url)
        assert response.status_code == 302
        assert "/login/" in response["Location"]
    assert browser_of("ada", {"ada": ada}).get(url).status_code in (200, 302, 403)
