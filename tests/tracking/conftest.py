"""What the tests of tracking share: a sender of events, and caches that remember nothing of other tests."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from everyskill import later, short_memory
from skills.models import Skill
from tests.factories import SkillFactory
from tracking.api import rate_limits


class StoppedClock:
    """Stands in for the module `time`; goes on when told (`clock.now += 3`)."""

    now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    """However slowly the test runs, nothing that is remembered is forgotten, and no rate limit's minute ends.

    The minute is the database's: there it is always half past.
    """
    clock = StoppedClock()
    monkeypatch.setattr(short_memory, "time", clock)
    monkeypatch.setattr(rate_limits, "time", clock)
    half_past = "timestamptz '2026-11-21 08:42:30Z'"
    sql = rate_limits._RESERVE.replace("statement_timestamp()", half_past)
    monkeypatch.setattr(rate_limits, "_RESERVE", sql)
    return clock


@pytest.fixture
def skill(alice) -> Skill:
    return SkillFactory(author=alice, slug="release-notes")


@pytest.fixture
def event() -> dict[str, Any]:
    """The smallest event that is accepted."""
    return {"skill_id": "release-notes", "tool_name": "Bash", "ts": "2026-11-21T08:42:17Z"}


@pytest.fixture
def send(api_key: str) -> Callable[..., Any]:
    """`send(event)`: what bob's agent posts; bytes are sent as they are."""

    def post(body: Any, *, path: str = "/api/track", key: str = api_key, **extra: Any) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        extra = {"content_type": "application/json", **extra}
        return Client(headers={"Authorization": f"Bearer {key}"}).post(path, data, **extra)

    return post


@pytest.fixture
def counted_later(settings, db) -> Iterator[None]:
    """What is counted in memory is written after the test, as it is after the answer outside of tests."""
    settings.LATE_WRITE_SECONDS = 3600
    yield
    later.write_all()
