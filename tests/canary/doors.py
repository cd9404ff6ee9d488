"""Every way by which text comes into the product, as a request that its people or agents make.

A new door is one function and one line in DOORS. `text` is at most 5,000 characters; a door that takes less cuts it.
Answers are returned, since they must not hand a text on either.
"""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client

from accounts.models import ApiKey, User
from skills.models import Skill
from training.models import SkillFeedback


@dataclass(frozen=True)
class House:
    """Who and what the doors need: alice and an example of her skill; bob and his key; ada, who administers."""

    alice: User
    bob: User
    ada: User
    key: str
    skill: Skill
    example: SkillFeedback

    def browser(self, person: User) -> Client:
        # As in production: an error becomes a page, not an exception of the test's.
        client = Client(raise_request_exception=False)
        client.force_login(person)
        return client

    def send(self, path: str, body: object) -> HttpResponse:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        agent = Client(
            raise_request_exception=False, headers={"Authorization": f"Bearer {self.key}"}
        )
        return agent.post(path, data, content_type="application/json")

    def event(self, **fields: object) -> dict[str, object]:
        base = {"skill_id": self.skill.slug, "tool_name": "Bash", "ts": "2026-11-21T08:42:17Z"}
        return base | {"event_id": uuid4().hex} | fields


def track(house: House, text: str) -> HttpResponse:
    return house.send(
        "/api/track", house.event(tool_input_snippet=text, tool_output_snippet="Out: " + text)
    )


def track_batch(house: House, text: str) -> HttpResponse:
    bad = house.event(tool_input_snippet=text, ts=text[:100])
    good = house.event(tool_input_snippet="Batch: " + text, tool_output_snippet=text)
    return house.send("/api/track/batch", {"events": [bad, good]})


def track_unknown_skill(house: House, text: str) -> HttpResponse:
    return house.send("/api/track", house.event(skill_id="no-such-skill", tool_input_snippet=text))


def track_malformed(house: House, text: str) -> HttpResponse:
    return house.send("/api/track", json.dumps(house.event(tool_input_snippet=text)).encode()[:-3])


def track_wrong_types(house: House, text: str) -> HttpResponse:
    return house.send("/api/track", house.event(tool_name=[text], input_tokens=text, ts=text))


def track_unknown_fields(house: House, text: str) -> HttpResponse:
    return house.send("/api/track", house.event(prompt=text, **{text[:150]: 1}))


def track_with_the_text_as_key(house: House, text: str) -> HttpResponse:
    agent = Client(headers={"Authorization": "Bearer " + text[:200].replace("\n", " ")})
    return agent.post("/api/track", {}, content_type="application/json")


def golden_example(house: House, text: str) -> HttpResponse:
    return house.browser(house.alice).post(
        f"/skills/{house.skill.slug}/training/new/",
        {"example_input": text, "expected_output": "Out: " + text, "quality_score": "7"},
    )


def review_edit(house: House, text: str) -> HttpResponse:
    house.example.refresh_from_db()
    return house.browser(house.alice).post(
        f"/skills/{house.skill.slug}/training/{house.example.pk}/edit/",
        {
            "example_input": text,
            "expected_output": "Out: " + text,
            "review_notes": text[:2000],
            "quality_score": "",
            "version": str(house.example.version),
        },
    )


def release_notes(house: House, text: str) -> HttpResponse:
    return house.browser(house.alice).post(
        f"/skills/{house.skill.slug}/training/releases/",
        {"name": "r" + uuid4().hex[:12], "notes": text[:2000], "source": ""},
    )


def import_file(house: House, text: str) -> HttpResponse:
    rows = json.dumps({"input": text, "output": "Out: " + text}) + "\n"
    upload = io.BytesIO(rows.encode())
    upload.name = "examples.jsonl"
    browser = house.browser(house.alice)
    url = f"/skills/{house.skill.slug}/training/import/"
    browser.post(url, {"file": upload, "format": "jsonl"})
    return browser.post(url, {"rows": rows, "format": "jsonl"})


def sanitizer_trial(house: House, text: str) -> HttpResponse:
    return house.browser(house.alice).post(
        f"/skills/{house.skill.slug}/training/sanitizer/", {"text": text}
    )


def skill_pasted(house: House, text: str) -> HttpResponse:
    return house.browser(house.alice).post("/skills/new", {"content": skill_md(text)})


def skill_uploaded(house: House, text: str) -> HttpResponse:
    upload = io.BytesIO(skill_md(text).encode())
    upload.name = "SKILL.md"
    return house.browser(house.alice).post("/skills/new", {"upload": upload, "content": ""})


def skill_edited(house: House, text: str) -> HttpResponse:
    return house.browser(house.alice).post(
        f"/skills/{house.skill.slug}/edit/",
        {"content": skill_md(text, house.skill.slug), "category": text[:50]},
    )


def skill_md(text: str, name: str = "") -> str:
    description = json.dumps(text[:1000])
    return (
        f"---\nname: {name or 's' + uuid4().hex[:10]}\ndescription: {description}\n---\n\n{text}\n"
    )


def preferences(house: House, text: str) -> HttpResponse:
    return house.browser(house.bob).post(
        "/settings/preferences/", {"default_sort": "uses", "claude_md_workflow_notes": text}
    )


def key_name(house: House, text: str) -> HttpResponse:
    return house.browser(house.bob).post("/accounts/keys/new/", {"name": text[:100]})


def own_name(house: House, text: str) -> HttpResponse:
    return house.browser(house.bob).post(
        "/accounts/", {"first_name": text[:150], "last_name": text[-150:]}
    )


def log_in(house: House, text: str) -> HttpResponse:
    return Client().post("/accounts/login/", {"username": text[:150], "password": text})


def search(house: House, text: str) -> HttpResponse:
    return house.browser(house.bob).get("/skills/", {"q": text[:300], "category": text[:50]})


def missing_page(house: House, text: str) -> HttpResponse:
    return house.browser(house.bob).get("/skills/" + text[:100].replace("\n", " ") + "/")


def admin_names(house: House, text: str) -> HttpResponse:
    browser = house.browser(house.ada)
    tenant = house.ada.tenant
    browser.post(f"/admin/accounts/tenant/{tenant.pk}/change/", {"name": text[:200]})
    return browser.post(
        f"/admin/accounts/user/{house.bob.pk}/change/",
        {"username": text[:150], "email": "bob@example.com", "first_name": text[:150]},
    )


def admin_forged(house: House, text: str) -> HttpResponse:
    """Texts that the admin site shows read-only, sent as if they could be edited."""
    browser = house.browser(house.ada)
    forged = {"example_input": text, "review_notes": text, "content": text, "description": text}
    browser.post(f"/admin/training/skillfeedback/{house.example.pk}/change/", forged)
    author = str(house.alice.pk)
    return browser.post(
        f"/admin/skills/skill/{house.skill.pk}/change/", forged | {"author": author}
    )


def admin_search(house: House, text: str) -> HttpResponse:
    return house.browser(house.ada).get("/admin/training/skillfeedback/", {"q": text[:300]})


type Door = Callable[[House, str], HttpResponse]

# Doors of what is captured: with a gate shut, no trace of the text may be left.
CAPTURE_DOORS: tuple[Door, ...] = (
    track,
    track_batch,
    track_unknown_skill,
    track_malformed,
    track_wrong_types,
    track_unknown_fields,
    track_with_the_text_as_key,
)
# Doors of what people write to be kept: the text may stay, a secret in it may not.
WRITING_DOORS: tuple[Door, ...] = (
    golden_example,
    review_edit,
    release_notes,
    import_file,
    sanitizer_trial,
    skill_pasted,
    skill_uploaded,
    skill_edited,
    preferences,
    key_name,
    own_name,
    log_in,
    search,
    missing_page,
    admin_names,
    admin_forged,
    admin_search,
)
DOORS = CAPTURE_DOORS + WRITING_DOORS


def key_of(person: User) -> str:
    return ApiKey.issue(user=person, name="agent")[1]


def house_of(*, alice: User, bob: User, ada: User, **things: Any) -> House:
    return House(alice=alice, bob=bob, ada=ada, key=key_of(bob), **things)
