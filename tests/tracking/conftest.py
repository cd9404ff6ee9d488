"""What the tests of tracking share: a sender of events, and caches that remember nothing of other tests."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from skills.models import Skill
from tests.factories import SkillFactory


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
