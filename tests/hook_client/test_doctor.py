"""`doctor` and `status`: each thing that can be wrong is named, with what to do."""

import json
from pathlib import Path

import pytest

from tests.hook_client.fake_site import KEY, FakeSite
from tests.hook_client.machine import Machine, start_of

# Each test starts the client several times.
pytestmark = pytest.mark.slow


def doctor(machine: Machine, **options: object) -> tuple[int, str]:
    result = machine.run("doctor", **options)
    return result.returncode, result.stdout.decode()


def test_it_proves_a_good_installation_with_a_stored_event(
    machine: Machine, site: FakeSite
) -> None:
    machine.run("install")
    code, said = doctor(machine)

    assert code == 0, said
    assert "FAIL" not in said
    assert "text: sent, redacted" in said
    assert [event["tool_name"] for event in site.events] == ["doctor"]
    assert KEY not in said


def test_it_names_a_missing_configuration(machine: Machine) -> None:
    machine.env = {}
    code, said = doctor(machine)

    assert code == 1
    assert "No site: set EVERYSKILL_URL or run install --url URL." in said
    assert "No key: set EVERYSKILL_API_KEY" in said


def test_it_names_a_refused_key(machine: Machine, site: FakeSite) -> None:
    site.key = "another"
    code, said = doctor(machine)

    assert code == 1
    assert "FAIL  the key is valid" in said
    assert "make a new one on the site's Connect page" in said


def test_it_names_a_site_that_does_not_answer(machine: Machine, site: FakeSite) -> None:
    site.stop()
    code, said = doctor(machine)

    assert code == 1
    assert "FAIL  the site answers" in said
    assert "Check the address, the network, a proxy, the certificate." in said


def test_it_names_hooks_that_are_not_installed(machine: Machine, site: FakeSite) -> None:
    _code, said = doctor(machine)
    assert "Missing for PostToolUse, PostToolUseFailure" in said


@pytest.mark.parametrize(
    ("folder", "name"), [("home", "settings.json"), ("project", "settings.local.json")]
)
def test_it_names_settings_that_block_hooks(
    machine: Machine, site: FakeSite, folder: str, name: str, tmp_path: Path
) -> None:
    machine.run("install")
    project = tmp_path / "project"
    project.mkdir()
    path = (machine.home if folder == "home" else project) / ".claude" / name
    path.parent.mkdir(exist_ok=True)
    before = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(before | {"disableAllHooks": True, "env": {"DO_NOT_TRACK": "1"}}))
    code, said = doctor(machine, cwd=project)

    assert code == 1
    assert f"{path} sets disableAllHooks: no hook of yours runs." in said
    assert f"{path} sets DO_NOT_TRACK." in said


def test_it_tells_which_gate_is_closed(machine: Machine, site: FakeSite) -> None:
    site.user_consent = False
    assert "text: not sent, you have not given training consent" in doctor(machine)[1]
    site.tenant_capture = False
    assert "text: not sent, your organisation has capture switched off" in doctor(machine)[1]


def test_status_shows_what_waits_and_what_was_sent(machine: Machine, site: FakeSite) -> None:
    machine.hook(start_of("notes"))
    machine.settle()
    status = machine.status()

    assert status["sent"] == 1
    assert status["waiting"] == 0
    assert status["text"] == "sent, redacted"
    assert KEY not in json.dumps(status)
    assert KEY.encode() not in machine.run("status").stdout


def test_it_says_how_it_is_used(machine: Machine) -> None:
    assert machine.run("--help").returncode == 0
    for arguments in (["nonsense"], ["flush", "--now"], ["install", "--url"]):
        result = machine.run(*arguments)
        assert result.returncode == 2
        assert b"usage:" in result.stderr
