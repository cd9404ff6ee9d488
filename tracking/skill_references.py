"""Which skill an event means: by its id or by its name in the caller's tenant."""

import threading
import time
from dataclasses import dataclass
from uuid import UUID

from cachetools import TTLCache

from skills.models import Skill

# A deleted skill is forgotten, and a renamed one's old name given up, within this time. Unknown names are not
# remembered: a new skill counts from its first use.
CACHE_SECONDS = 3.0

_cache: TTLCache[tuple[UUID, str], "SkillReference"] = TTLCache(
    maxsize=50_000, ttl=CACHE_SECONDS, timer=time.monotonic
)
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class SkillReference:
    id: UUID
    slug: str


def find_skill(*, tenant_id: UUID, reference: str) -> SkillReference | None:
    """The tenant's skill of that id or slug; None when there is none, whoever else's it may be."""
    with _lock:
        found = _cache.get((tenant_id, reference))
    if found is None:
        found = _load(tenant_id, reference)
        if found is not None:
            with _lock:
                _cache[tenant_id, reference] = found
    return found


def forget_all() -> None:
    """Look every skill up afresh: a row that a reference stood for has gone."""
    with _lock:
        _cache.clear()


def _load(tenant_id: UUID, reference: str) -> SkillReference | None:
    skills = Skill.objects.filter(tenant_id=tenant_id).only("id", "slug")
    skill = None
    if _is_uuid(reference):
        skill = skills.filter(pk=reference).first()
    if skill is None:
        skill = skills.filter(slug=reference).first()
    return SkillReference(id=skill.pk, slug=skill.slug) if skill else None


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
