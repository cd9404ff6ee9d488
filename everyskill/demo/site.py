"""Who and what the demo has. Every function here finds what an earlier run made and adds only what is missing."""

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import check_password
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.api_keys import digest
from accounts.models import ApiKey, Tenant, User
from settings_app.decisions import give_consent, switch_capture_on
from settings_app.models import Surface
from skills.models import Skill
from training.golden import TwinError, create_training_example
from training.models import SkillFeedback

DATA = Path(__file__).parent

type Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    role: str
    full_name: str
    is_admin: bool = False


AUTHOR = Person("alice", "author", "Alice Author")
COLLEAGUE = Person("bob", "colleague", "Bob Colleague")
ADMIN = Person("ada", "admin", "Ada Admin", is_admin=True)
PEOPLE = (AUTHOR, COLLEAGUE, ADMIN)

CATEGORIES = {
    "release-notes": "writing",
    "migration-review": "development",
    "incident-summary": "operations",
}


@dataclass(slots=True)
class Secrets:
    """The demo's passwords by user name and its API key. The database has only their hashes, so that another run can
    print them they lie in a file that its owner alone can read."""

    passwords: dict[str, str]
    api_key: str = ""

    @classmethod
    def load(cls, path: Path) -> "Secrets":
        try:
            return cls(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            return cls(passwords={})

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(self), indent=1))


def ensure_tenant() -> Tenant:
    tenant, _ = Tenant.objects.get_or_create(slug="demo", defaults={"name": "Demo organisation"})
    return tenant


def ensure_people(tenant: Tenant, known: Secrets) -> dict[str, User]:
    """The three people, with the passwords of the last run or new ones."""
    users = {}
    for person in PEOPLE:
        first, last = person.full_name.split()
        user, _ = User.objects.get_or_create(
            username=person.name,
            defaults={
                "tenant": tenant,
                "email": f"{person.name}@example.com",
                "first_name": first,
                "last_name": last,
                "is_staff": person.is_admin,
            },
        )
        if user.tenant_id != tenant.pk:
            raise CommandError(
                f"Another tenant has a user named {person.name}; use a new database."
            )
        password = known.passwords.setdefault(person.name, secrets.token_urlsafe(9))
        if not check_password(password, user.password):
            user.set_password(password)
            user.save(update_fields=["password"])
        users[person.name] = user
    return users


def ensure_api_key(known: Secrets, user: User) -> str:
    """The key of the last run, or a new one when that has expired, was revoked or is not known."""
    stored = ApiKey.objects.filter(user=user, secret_hash=digest(known.api_key)).first()
    if stored is None or not stored.is_usable_at(timezone.now()):
        _, known.api_key = ApiKey.issue(user=user, name="Demo agent")
    return known.api_key


def ensure_skills(tenant: Tenant, author: User) -> list[Skill]:
    """The three skills, pasted by the author into the page that makes one."""
    browser = Client(headers={"host": "localhost"})
    browser.force_login(author)
    for slug, category in CATEGORIES.items():
        if tenant.skills.filter(slug=slug).exists():
            continue
        content = (DATA / "skills" / slug / "SKILL.md").read_text()
        browser.post(reverse("skills:skill-create"), {"content": content, "category": category})
        if not tenant.skills.filter(slug=slug).exists():
            raise CommandError(f"The demo's skill {slug} was refused.")
    return list(tenant.skills.filter(slug__in=CATEGORIES).order_by("slug"))


def ensure_golden_examples(tenant: Tenant, author: User, skills: list[Skill]) -> int:
    """The author's examples; returns how many there are."""
    ids = {skill.slug: skill.pk for skill in skills}
    examples = read_json("golden.json")
    for example in examples:
        try:
            create_training_example(
                tenant_id=tenant.pk,
                skill_id=ids[example["skill"]],
                user_id=author.pk,
                example_input=example["input"],
                expected_output=example["output"],
                quality_score=example["quality"],
            )
        except TwinError:
            continue
    return len(examples)


def open_the_gate(tenant: Tenant, users: dict[str, User]) -> None:
    """The administrator switches capture on, and the colleague consents. Neither is done twice."""
    switch_capture_on(tenant=tenant, actor=users[ADMIN.name], surface=Surface.COMMAND)
    give_consent(user=users[COLLEAGUE.name], surface=Surface.COMMAND)


def review_some(tenant: Tenant, author: User) -> None:
    """The author approves two captured examples and rejects one; the others wait. Once."""
    captured = SkillFeedback.objects.filter(tenant=tenant).captured()
    if captured.exclude(reviewed_at=None).exists():
        return
    for number, example in enumerate(captured.pending().order_by("skill__slug", "created_at")[:3]):
        if number < 2:
            example.approve(reviewer=author, version=example.version, quality_score=8 - number)
        else:
            example.reject(reviewer=author, version=example.version)


def read_json(name: str) -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = json.loads((DATA / name).read_text())
    return content
