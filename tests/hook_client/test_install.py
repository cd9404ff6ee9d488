"""`install` and `uninstall` leave the agent's settings as they were, byte for byte, or refuse with a reason."""

import json
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.hook_client.fake_site import KEY, FakeSite
from tests.hook_client.machine import Machine, start_of
from tests.waiting import wait_until

EVENTS = ["PostToolUse", "PostToolUseFailure", "UserPromptSubmit", "UserPromptExpansion", "Stop"]

OTHER_HOOKS: dict[str, Any] = {
    "model": "opus",
    "hooks": {
        "PostToolUse": [
            {"matcher": "Edit", "hooks": [{"type": "command", "command": "prettier --write ."}]}
        ],
        "SessionStart": [{"hooks": [{"type": "command", "command": "echo hello"}]}],
        "Stop": [],
    },
}

SHAPES = {
    "absent": None,
    "empty file": b"",
    "empty object without newline": b"{}",
    "other hooks, two spaces": json.dumps(OTHER_HOOKS, indent=2).encode() + b"\n",
    "other hooks, tabs, no last newline": json.dumps(OTHER_HOOKS, indent="\t").encode(),
    "one line": b'{"model":"opus","permissions":{"allow":["Bash(ls:*)"]}}\n',
    "unicode, escaped and not": '{"a": "Grüße 世界 🚀", "b": "\\u00fc\\ud83d\\ude80"}\n'.encode(),
    "Windows line ends": b'{\r\n    "model": "opus"\r\n}\r\n',
    "byte order mark": b'\xef\xbb\xbf{"model": "opus"}\n',
    "odd spacing and numbers": b'\n\n{ "x" : [ 1e5,1.50 ,\t-0 ] , "hooks" : { } }  \n\n\n',
}

REFUSED = {
    "comments": (b'{\n  // my model\n  "model": "opus"\n}\n', "line 2"),
    "trailing comma": (b'{"model": "opus",}', "not plain JSON"),
    "not an object": (b'["model"]', "unexpected shape"),
    "hooks of another shape": (b'{"hooks": {"Stop": "echo"}}', "unexpected shape"),
    "a key named twice": (b'{"model": "a", "model": "b"}', "names a key twice"),
    "not UTF-8": (b'{"model": "\xff"}', "not UTF-8"),
}


def settings_of(machine: Machine) -> Path:
    return machine.home / ".claude" / "settings.json"


def write_settings(machine: Machine, data: bytes | None) -> Path:
    path = settings_of(machine)
    path.parent.mkdir(exist_ok=True)
    if data is not None:
        path.write_bytes(data)
        path.chmod(0o640)
    return path


def our_commands(settings: dict[str, Any], event: str) -> list[str]:
    return [
        hook["command"]
        for group in settings["hooks"].get(event, [])
        for hook in group["hooks"]
        if "everyskill_hook" in hook["command"]
    ]


@pytest.mark.parametrize("data", SHAPES.values(), ids=SHAPES.keys())
def test_it_restores_the_settings_byte_for_byte(machine: Machine, data: bytes | None) -> None:
    path = write_settings(machine, data)
    for _ in range(2):  # installing twice keeps the first copy and adds nothing
        assert machine.run("install").returncode == 0
    installed = json.loads(path.read_bytes().decode("utf-8-sig"))
    assert [len(our_commands(installed, event)) for event in EVENTS] == [1] * 5
    before = json.loads((data or b"").decode("utf-8-sig") or "{}")
    for name in before:
        if name != "hooks":
            assert installed[name] == before[name]
    for event, groups in before.get("hooks", {}).items():
        assert installed["hooks"][event][: len(groups)] == groups
    if data:
        assert stat.S_IMODE(path.stat().st_mode) == 0o640

    assert machine.run("uninstall").returncode == 0
    assert (path.read_bytes() if path.exists() else None) == data


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_it_refuses_what_it_cannot_edit_safely(machine: Machine, data: bytes, reason: str) -> None:
    path = write_settings(machine, data)
    result = machine.run("install")

    assert result.returncode == 1
    assert reason in result.stderr.decode()
    assert str(path) in result.stderr.decode()
    assert path.read_bytes() == data
    assert list(path.parent.iterdir()) == [path]


def test_it_refuses_an_unreadable_file(machine: Machine) -> None:
    path = settings_of(machine)
    path.mkdir(parents=True)  # unreadable as a file for everyone, root included
    for command in ("install", "uninstall"):
        result = machine.run(command)
        assert result.returncode == 1
        assert "cannot be read" in result.stderr.decode()


def test_it_takes_out_only_its_own_hooks_when_the_file_was_edited_since(machine: Machine) -> None:
    path = write_settings(machine, SHAPES["other hooks, two spaces"])
    machine.run("install")
    edited = json.loads(path.read_bytes()) | {"theme": "dark"}
    path.write_text(json.dumps(edited, indent=2))
    result = machine.run("uninstall")

    assert "only EverySkill's hooks were taken out" in result.stdout.decode()
    # An event without any hooks left is gone with ours; it means the same.
    hooks = {event: groups for event, groups in OTHER_HOOKS["hooks"].items() if groups}
    assert json.loads(path.read_bytes()) == OTHER_HOOKS | {"theme": "dark", "hooks": hooks}


def test_it_writes_through_a_symbolic_link(machine: Machine) -> None:
    kept = machine.home / "dotfiles.json"
    kept.write_bytes(b'{"model": "opus"}')
    path = settings_of(machine)
    path.parent.mkdir()
    path.symlink_to(kept)
    machine.run("install")
    assert path.is_symlink()
    assert b"everyskill_hook" in kept.read_bytes()

    machine.run("uninstall")
    assert kept.read_bytes() == b'{"model": "opus"}'


def test_it_keeps_to_the_agents_own_settings_folder(machine: Machine) -> None:
    machine.env["CLAUDE_CONFIG_DIR"] = str(machine.home / "elsewhere")
    machine.run("install")

    assert (machine.home / "elsewhere" / "settings.json").exists()
    assert not settings_of(machine).exists()


def test_it_asks_for_the_key_on_standard_input_and_keeps_it_to_its_owner(
    machine: Machine, site: FakeSite
) -> None:
    machine.env = {}
    result = machine.run("install", "--url", site.url + "/", "--key-stdin", stdin=KEY + "\n")
    config = machine.home / ".config/everyskill/config.json"

    assert result.returncode == 0
    assert KEY.encode() not in result.stdout + result.stderr
    assert json.loads(config.read_bytes()) == {"url": site.url, "api_key": KEY}
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert stat.S_IMODE(config.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("url", "key", "reason"),
    [
        ("http://skills.example.com", KEY, "plain http"),
        ("https://skills.example.com", "", "No key was given"),
        ("https://skills.example.com", "two words", "characters that no key has"),
    ],
)
def test_it_keeps_no_unusable_configuration(
    machine: Machine, url: str, key: str, reason: str
) -> None:
    machine.env = {}
    result = machine.run("install", "--url", url, "--key-stdin", stdin=key + "\n")

    assert result.returncode == 1
    assert reason in result.stderr.decode()
    assert not (machine.home / ".config/everyskill/config.json").exists()
    assert not settings_of(machine).exists()


def installed_hook(machine: Machine) -> str:
    settings = json.loads(settings_of(machine).read_bytes())
    return our_commands(settings, "Stop")[0]


def test_the_installed_command_works_as_the_agent_runs_it(machine: Machine, site: FakeSite) -> None:
    machine.run("install")
    machine.client.unlink()  # a download may be deleted: the settings point at the installed copy
    result = subprocess.run(
        installed_hook(machine),
        shell=True,
        input=json.dumps(start_of("notes")).encode(),
        env=machine.environment(),
        capture_output=True,
        check=False,
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    wait_until(lambda: site.events)
    assert site.events[0]["skill_id"] == "notes"


def test_the_installed_command_never_blocks_the_agent_when_its_file_is_gone(
    machine: Machine,
) -> None:
    machine.run("install")
    (machine.home / ".local/share/everyskill/everyskill_hook.py").unlink()
    result = subprocess.run(
        installed_hook(machine), shell=True, capture_output=True, check=False, input=b"{}"
    )
    assert result.returncode == 0


def test_purge_leaves_nothing_behind(machine: Machine, site: FakeSite) -> None:
    machine.env = {}
    machine.run("install", "--url", site.url, "--key-stdin", stdin=KEY)
    machine.hook(start_of("notes"))
    machine.settle()
    machine.run("uninstall", "--purge")

    assert [p for p in (machine.home / ".local").rglob("*") if p.is_file()] == []
    assert not machine.spool.exists()
    assert not (machine.home / ".config/everyskill/config.json").exists()
    assert not settings_of(machine).exists()
