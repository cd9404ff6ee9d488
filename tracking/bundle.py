"""A skill as a zip to unpack among an agent's skills: one folder of the skill's name with its SKILL.md.

The frontmatter has the keys of the Agent Skills specification (agentskills.io) only. What the site knows of the skill
stands under `metadata`, as text, so that a copy can be traced to its origin. The variant with hooks adds the key
`hooks`, which is an extension of agents that run hooks from a skill's frontmatter; strict readers refuse it.
"""

import io
import zipfile
from typing import Any

import yaml

from skills.models import Skill
from skills.skill_md import SkillMdError, split_frontmatter

HOOK_EVENTS = ("PostToolUse", "PostToolUseFailure", "Stop")

# Its hooks must never disturb the agent: without the client, or without Python, they end with success.
HOOK_COMMAND = (
    'python3 "${{XDG_DATA_HOME:-$HOME/.local/share}}/everyskill/everyskill_hook.py" hook --skill {slug}'
    " 2>/dev/null || exit 0"
)


def make_bundle(skill: Skill, *, site: str, with_hooks: bool = False) -> bytes:
    """The zip's bytes. The same skill, site and variant give the same bytes."""
    file = zipfile.ZipInfo(f"{skill.slug}/SKILL.md", date_time=skill.updated_at.timetuple()[:6])
    file.external_attr = 0o644 << 16
    file.compress_type = zipfile.ZIP_DEFLATED
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(file, bundled_skill_md(skill, site=site, with_hooks=with_hooks))
    return buffer.getvalue()


def bundled_skill_md(skill: Skill, *, site: str, with_hooks: bool) -> str:
    """The SKILL.md with the site's metadata in its frontmatter; the body as its author wrote it."""
    try:
        frontmatter, body = split_frontmatter(skill.content)
        written = yaml.load(frontmatter, Loader=yaml.BaseLoader)  # noqa: S506 - makes nothing but text, lists and mappings
    except (SkillMdError, yaml.YAMLError):
        written, body = None, skill.content
    keys = standard_keys(skill, written if isinstance(written, dict) else {})
    keys["metadata"] |= {
        "everyskill-id": str(skill.pk),
        "everyskill-site": site,
        "everyskill-updated": skill.updated_at.isoformat(timespec="seconds"),
    }
    if with_hooks:
        command = {
            "type": "command",
            "command": HOOK_COMMAND.format(slug=skill.slug),
            "timeout": 10,
        }
        groups = {event: [{"hooks": [command]}] for event in HOOK_EVENTS}
        keys["hooks"] = {
            event: [{"matcher": "*", **groups[event][0]}] if event != "Stop" else groups[event]
            for event in HOOK_EVENTS
        }
    head = yaml.dump(keys, Dumper=Plain, sort_keys=False, allow_unicode=True, width=1000)
    return f"---\n{head}---\n{body}"


def standard_keys(skill: Skill, written: dict[str, Any]) -> dict[str, Any]:
    """The author's frontmatter, with the name and description that the site knows, and all values as the
    specification has them."""
    keys: dict[str, Any] = {"name": skill.slug, "description": skill.description}
    for key in ("license", "compatibility"):
        if isinstance(written.get(key), str):
            keys[key] = written[key]
    tools = written.get("allowed-tools")
    if tools:
        keys["allowed-tools"] = " ".join(tools) if isinstance(tools, list) else str(tools)
    metadata = written.get("metadata")
    keys["metadata"] = dict(metadata) if isinstance(metadata, dict) else {}
    return keys


class Plain(yaml.SafeDumper):
    """YAML without anchors and aliases, which few readers of frontmatter know."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
