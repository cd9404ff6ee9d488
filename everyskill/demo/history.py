"""Thirty days of use, sent to the real track endpoint as agents' hooks would send them.

The endpoint gives every event the time of its arrival. So that the usage pages have a past to show, the events of the
history are dated back afterwards to the time that the agent reported. Only they are: the examples captured from
today's uses keep their time, because none may be older than the consent it rests on.
"""

import random
import secrets
import string
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.core.management.base import CommandError
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import ApiKey, Tenant, User
from everyskill import later
from everyskill.after_response import pool
from everyskill.demo.site import ADMIN, AUTHOR, COLLEAGUE, Say, read_json
from tracking.models import SkillDailyUsage, TokenDay, TokenRollup, UsageEvent

DAYS = 30
SESSIONS = 160
PREFIX = "demo-history-"
WAIT_SECONDS = 60

# How often each is chosen, against the others.
PEOPLE = {AUTHOR.name: 3, COLLEAGUE.name: 5, ADMIN.name: 2}
SKILLS = {"release-notes": 6, "migration-review": 4, "incident-summary": 2}
MODELS = {"claude-opus-5-5": 5, "claude-haiku-4-5": 4, "claude-fable-5": 1}
TOOLS = ("Bash", "Read", "Edit", "Write", "Grep")


@dataclass(frozen=True, slots=True)
class Use:
    """One event, and who sends it."""

    person: str
    body: dict[str, Any]


def ensure_history(tenant: Tenant, users: dict[str, User], *, now: datetime, say: Say) -> int:
    """Send what an earlier run has not sent, date it back; returns the number of events of the history."""
    uses = list(plan(now))
    last = uses[-1].body["event_id"]
    if not UsageEvent.objects.filter(tenant=tenant, event_id=last).exists():
        send(uses, users, say=say)
    date_back(tenant)
    return len(uses)


def plan(now: datetime) -> Iterator[Use]:
    """The same sessions in every run, apart from their days. Each is the call of a skill and of some tools."""
    chance = random.Random(30)  # noqa: S311 - a story, not a secret
    days = [now.date() - timedelta(days=ago) for ago in range(DAYS - 1, 0, -1)]
    # More from week to week, little on weekends.
    weights = [
        (1 + number / 15) * (0.1 if day.weekday() > 4 else 1) for number, day in enumerate(days)
    ]
    number = 0
    for session, day in enumerate(sorted(chance.choices(days, weights, k=SESSIONS))):
        person, skill, model = (pick(chance, options) for options in (PEOPLE, SKILLS, MODELS))
        moment = datetime.combine(day, time(chance.randint(8, 17), chance.randint(0, 59)), UTC)
        tools = ["Skill", *chance.choices(TOOLS, k=chance.randint(1, 5))]
        context = chance.randint(9_000, 30_000)
        for call, tool in enumerate(tools):
            moment += timedelta(seconds=chance.randint(5, 90))
            yield Use(
                person,
                {
                    "skill_id": skill,
                    "tool_name": tool,
                    "hook_event": "PostToolUse",
                    "ts": moment.isoformat(),
                    "event_id": f"{PREFIX}{number:05}",
                    "session_id": f"{PREFIX}session-{session:04}",
                    "message_id": f"{PREFIX}message-{session:04}-{call}",
                    "model_name": model,
                    "input_tokens": chance.randint(3, 400),
                    "cache_read_input_tokens": context if call else 0,
                    "cache_creation_input_tokens": chance.randint(200, 2_500) if call else context,
                    "output_tokens": chance.randint(60, 1_400),
                    "latency_ms": chance.randint(900, 14_000),
                },
            )
            number += 1


def send(uses: list[Use], users: dict[str, User], *, say: Say) -> None:
    """Send through keys made for this only."""
    issued = {name: ApiKey.issue(user=user, name="Demo history") for name, user in users.items()}
    try:
        for number, use in enumerate(uses):
            track(use.body, key=issued[use.person][1])
            if number % 100 == 99:
                say(f"  {number + 1} of {len(uses)} events")
    finally:
        for key, _ in issued.values():
            key.revoke()


def send_todays_uses(*, key: str, now: datetime) -> None:
    """Some uses with texts, as the hook of somebody who consents sends them. Their capture is waited for.

    The personal data and secrets in them are made up, the secrets anew each time; the page shows what is left.
    """
    made_up = {
        "{token}": "gh" + "p_" + random_text(36),
        "{password}": random_text(16),
    }
    for number, use in enumerate(read_json("uses.json")):
        texts = {name: use[name] for name in ("input", "output")}
        for mark, value in made_up.items():
            texts = {name: text.replace(mark, value) for name, text in texts.items()}
        body = {
            "skill_id": use["skill"],
            "tool_name": use["tool"],
            "hook_event": "PostToolUse",
            "ts": now.isoformat(),
            "event_id": f"demo-today-{number:02}",
            "tool_input_snippet": texts["input"],
            "tool_output_snippet": texts["output"],
        }
        track(body, key=key)
    if not pool().drain(timeout=WAIT_SECONDS):
        raise CommandError(f"The demo's examples were not captured within {WAIT_SECONDS} seconds.")


def track(body: dict[str, Any], *, key: str) -> None:
    """One POST to the track endpoint, in this process but through the whole site."""
    response = Client().post(
        reverse("tracking:track"),
        data=body,
        content_type="application/json",
        headers={"authorization": f"Bearer {key}", "host": "localhost"},
    )
    if response.status_code != 200:
        raise CommandError(f"The track endpoint answered {response.status_code}: {response.text}")


@transaction.atomic
def date_back(tenant: Tenant) -> None:
    """Give the history's events, tokens and daily sums the times that the agents reported. Again: changes nothing."""
    history: list[Any] = [tenant.pk, PREFIX + "%"]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tracking_usageevent SET created_at = (metadata->>'client_timestamp')::timestamptz"
            " WHERE tenant_id = %s AND event_id LIKE %s"
            " AND created_at <> (metadata->>'client_timestamp')::timestamptz",
            history,
        )
        if not cursor.rowcount:
            return
        cursor.execute(
            "UPDATE tracking_tokenmeasurement AS tokens SET created_at = event.created_at"
            " FROM tracking_usageevent AS event"
            " WHERE event.id = tokens.usage_event_id AND event.tenant_id = %s AND event.event_id LIKE %s",
            history,
        )
        later.write_all()  # or what is not written yet would be added to the sums below
        SkillDailyUsage.objects.filter(tenant=tenant).delete()
        cursor.execute(
            "INSERT INTO tracking_skilldailyusage (tenant_id, skill_id, user_id, day, uses)"
            " SELECT event.tenant_id, skill.id, user_id, (event.created_at AT TIME ZONE 'UTC')::date AS day, count(*)"
            " FROM tracking_usageevent AS event JOIN skills_skill AS skill ON skill.id = event.skill_id"
            " WHERE event.tenant_id = %s GROUP BY event.tenant_id, skill.id, user_id, day",
            [tenant.pk],
        )
    # These are added up again when a usage page is opened.
    TokenDay.objects.filter(tenant=tenant).delete()
    TokenRollup.objects.filter(tenant=tenant).delete()


def pick(chance: random.Random, options: dict[str, int]) -> str:
    return chance.choices(list(options), list(options.values()))[0]


def random_text(length: int) -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))
