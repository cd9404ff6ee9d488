"""Which skill an event means: by its id or by its name in the caller's tenant."""

from dataclasses import dataclass
from uuid import UUID

from everyskill.short_memory import ShortMemory
from skills.models import Skill

# A deleted skill is forgotten, and a renamed one's old name given up, within this time. Unknown names are not
# remembered: a new skill counts from its first use.
CACHE_SECONDS = 3.0

_references: ShortMemory[tuple[int, str], "SkillReference"] = ShortMemory(
    seconds=CACHE_SECONDS, size=50_000
)


@dataclass(frozen=True, slots=True)
class SkillReference:
    id: UUID
    slug: str


def find_skill(*, tenant_id: UUID, reference: str) -> SkillReference | None:
    """The tenant's skill of that id or slug; None when there is none, whoever else's it may be."""
    key = (tenant_id.int, reference)  # as a number it is compared without a call of Python
    found = _references.get(key)
    if found is None:
        found = _load(tenant_id, reference)
        if found is not None:
            _references.set(key, found)
    return found


def forget_all() -> None:
    """Look every skill up afresh: a row that a reference stood for has gone."""
    _references.clear()


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
