"""The set-up before Django, in a small project of its own with one requirement, offline."""

import ast
import hashlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from everyskill import bootstrap

PROJECT = Path(bootstrap.PROJECT)

MANAGE = """
import sys
from everyskill import bootstrap
bootstrap.enter_environment(sys.argv)
import tiny
print(tiny.VERSION, sys.prefix, sys.argv[1:])
"""


def make_wheel(folder: Path, version: str) -> Path:
    wheel = folder / f"tiny-{version}-py3-none-any.whl"
    about = f"tiny-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", f"VERSION = '{version}'")
        archive.writestr(
            f"{about}/METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n"
        )
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")
    return wheel


class Project:
    """A folder with the real bootstrap module and a requirement that is a file beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "everyskill").mkdir()
        (folder / "everyskill" / "__init__.py").touch()
        shutil.copy(bootstrap.__file__, folder / "everyskill")
        (folder / "manage.py").write_text(MANAGE)
        self.require("1.0")

    def require(self, version: str, digest: str = "") -> None:
        digest = digest or hashlib.sha256(make_wheel(self.folder, version).read_bytes()).hexdigest()
        lines = f"--no-index\n--find-links .\ntiny=={version} \\\n    --hash=sha256:{digest}\n"
        (self.folder / "requirements.txt").write_text(lines)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        # Elsewhere on purpose: the command may be given from any folder.
        return subprocess.Popen(
            [sys.executable, self.folder / "manage.py", *arguments],
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        process = self.start(*arguments)
        output, errors = process.communicate()
        return process.returncode, output.strip(), errors


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.mark.slow  # makes virtual environments
def test_a_fresh_folder_sets_itself_up_once(project):
    code, output, errors = project.run("demo", "--json")
    assert (code, output) == (0, f"1.0 {project.folder / '.venv'} ['demo', '--json']")
    assert "Installing" in errors

    assert project.run("demo", "--json") == (0, output, "")

    project.require("2.0")
    code, output, errors = project.run("demo")
    assert (code, output.split()[0]) == (0, "2.0")
    assert "Installing" in errors


@pytest.mark.slow  # makes virtual environments
def test_two_at_once_share_one_set_up(project):
    first, second = project.start("demo"), project.start("demo")
    errors = first.communicate()[1] + second.communicate()[1]
    assert (first.returncode, second.returncode) == (0, 0)
    assert errors.count("Installing") == 1


@pytest.mark.slow  # makes virtual environments
def test_a_package_with_another_hash_is_refused(project):
    project.require("1.0", digest="0" * 64)
    code, output, errors = project.run("demo")
    assert code != 0
    assert output == ""
    assert "set-up failed" in errors
    # It was not taken for done, and the next run is not confused by it.
    project.require("1.0")
    assert project.run("demo")[0] == 0


def test_other_commands_say_how_to_get_an_environment(project):
    code, output, errors = project.run("migrate")
    assert (code, output) == (1, "")
    assert "python3 manage.py demo" in errors
    assert not (project.folder / ".venv").exists()


def test_an_environment_that_has_all_is_used_as_it_is(project):
    (project.folder / "requirements.txt").write_text("pytest==" + pytest.__version__ + " \\\n")
    (project.folder / "tiny.py").write_text("VERSION = 'here'")
    code, output, _errors = project.run("demo")
    assert (code, output) == (0, f"here {sys.prefix} ['demo']")


def test_an_old_python_alone_is_told_what_is_needed(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap, "OLDEST_PYTHON", (99, 0))
    monkeypatch.setattr(bootstrap, "PROJECT", str(tmp_path))
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", str(tmp_path / "none"))
    with pytest.raises(SystemExit, match=r"needs Python 3\.12 or newer"):
        bootstrap.enter_environment(["manage.py", "demo"])


def test_a_python_without_venv_is_told_which_package_has_it(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap, "PROBE", "print('3 13', False, 'x', sep='|')")
    monkeypatch.setattr(bootstrap, "PROJECT", str(tmp_path))
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", str(tmp_path / "none"))
    monkeypatch.setattr(bootstrap, "_is_usable", lambda requirements: False)
    with pytest.raises(SystemExit, match=r"apt install python3\.13-venv"):
        bootstrap.enter_environment(["manage.py", "demo"])


@pytest.mark.parametrize("path", ["manage.py", "everyskill/__init__.py", "everyskill/bootstrap.py"])
def test_an_old_python_can_read_what_it_runs(path):
    ast.parse((PROJECT / path).read_text(), feature_version=(3, 6))
