"""The skill bundle: a folder to unpack, with a SKILL.md that strict readers accept."""

import io
import zipfile

import pytest
import yaml

from skills.skill_md import KNOWN_KEYS, parse_skill_md
from tests.factories import SkillFactory

WRITTEN = """---
name: release-notes
description: "Writes notes: from commits."
license: MIT
allowed-tools:
  - Read
  - Bash(git log:*)
metadata:
  version: 1.0
  author: alice
---

# Release notes

Write `them` --- well. Grüße.
"""


@pytest.fixture
def skill(alice):
    return SkillFactory(
        author=alice,
        slug="release-notes",
        description="Writes notes: from commits.",
        content=WRITTEN,
    )


def unpacked(response) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(b"".join([response.content]))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def frontmatter(text: str) -> dict:
    return yaml.safe_load(text.split("---\n")[1])


def test_it_holds_a_valid_skill_md_in_a_folder_of_the_skills_name(login, bob, skill):
    response = login(bob).get("/skills/release-notes/bundle.zip")
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == 'attachment; filename="release-notes.zip"'
    files = unpacked(response)
    assert list(files) == ["release-notes/SKILL.md"]

    text = files["release-notes/SKILL.md"]
    assert parse_skill_md(text).name == "release-notes"
    assert parse_skill_md(text).body == parse_skill_md(WRITTEN).body
    keys = frontmatter(text)
    assert set(keys) <= set(KNOWN_KEYS)
    assert keys["license"] == "MIT"
    assert keys["allowed-tools"] == "Read Bash(git log:*)"


def test_its_metadata_is_text_and_names_the_origin(login, bob, skill):
    text = unpacked(login(bob).get("/skills/release-notes/bundle.zip"))["release-notes/SKILL.md"]
    metadata = frontmatter(text)["metadata"]
    assert {type(value) for value in metadata.values()} == {str}
    assert metadata["version"] == "1.0"
    assert metadata["author"] == "alice"
    assert metadata["everyskill-id"] == str(skill.pk)
    assert metadata["everyskill-site"] == "http://testserver"
    assert metadata["everyskill-updated"] == skill.updated_at.isoformat(timespec="seconds")


def test_the_same_skill_gives_the_same_bytes(login, bob, skill):
    first, second = (login(bob).get("/skills/release-notes/bundle.zip") for _ in range(2))
    assert first.content == second.content


def test_the_variant_with_hooks_adds_them_and_nothing_else(login, bob, skill):
    plain = unpacked(login(bob).get("/skills/release-notes/bundle.zip"))
    hooked = unpacked(login(bob).get("/skills/release-notes/bundle-with-hooks.zip"))
    keys = frontmatter(hooked["release-notes/SKILL.md"])
    hooks = keys.pop("hooks")
    assert keys == frontmatter(plain["release-notes/SKILL.md"])
    assert set(hooks) == {"PostToolUse", "PostToolUseFailure", "Stop"}
    command = hooks["Stop"][0]["hooks"][0]["command"]
    assert "hook --skill release-notes" in command
    assert command.endswith("|| exit 0")
    assert "&id" not in hooked["release-notes/SKILL.md"]


def test_a_skill_without_readable_frontmatter_gets_one(login, bob, alice):
    SkillFactory(author=alice, slug="old-one", content="Only a body.\n")
    text = unpacked(login(bob).get("/skills/old-one/bundle.zip"))["old-one/SKILL.md"]
    assert parse_skill_md(text).name == "old-one"
    assert text.endswith("Only a body.\n")


@pytest.mark.parametrize("name", ["bundle.zip", "bundle-with-hooks.zip"])
def test_it_is_for_the_skills_own_tenant(login, client, charlie, skill, name):
    assert login(charlie).get(f"/skills/release-notes/{name}").status_code == 404
    assert client.get(f"/skills/release-notes/{name}").status_code == 302
