"""Which skill an event means: by its id or by its name in the caller's tenant."""

from dataclasses import dataclass
from uuid import UUID

from everyskill.kept_connections import Rows, Statement, kept
from everyskill.short_memory import ShortMemory

# A name that was given up, by renaming or deleting its skill, is forgotten within this time; uses by it are the renamed
# skill's until then, or nobody's. Unknown names are not remembered: a new name counts from its first use.
CACHE_SECONDS = 15.0

# Statements, not the ORM: what is forgotten every few seconds is looked up under load, and a request waits for it.
_BY_ID = Statement(
    "everyskill_skill_by_id",
    "SELECT id::text, slug::text FROM skills_skill WHERE tenant_id = $1::uuid AND id = $2::uuid",
)
_BY_SLUG = Statement(
    "everyskill_skill_by_slug",
    "SELECT id::text, slug::text FROM skills_skill WHERE tenant_id = $1::uuid AND slug = $2::text",
)

_references: ShortMemory[tuple[int, str], "SkillReference"] = ShortMemory(
    seconds=CACHE_SECONDS, size=50_000
)


@dataclass(frozen=True, slots=True)
class SkillReference:
    id: str
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


def _load(tenant_id: UUID, reference: str) -> SkillReference | None:
    parameters = [str(tenant_id).encode(), reference.encode()]
    found: Rows = []
    if _is_uuid(reference):
        found = kept.look_up(_BY_ID, parameters)
    found = found or kept.look_up(_BY_SLUG, parameters)
    return SkillReference(*found[0]) if found else None  # type: ignore[arg-type]  # neither column is ever null


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
