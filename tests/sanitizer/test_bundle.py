"""The standard-library source that the hook client embeds finds what the server finds."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.sanitizer import corpus
from training.sanitizer import SANITIZER_VERSION, sanitize_object, sanitize_payload
from training.sanitizer.bundle import standard_library_source

PYTHONS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13")

RUNNER = """
import json, sys
namespace = {"__name__": "bundled"}
exec(compile(sys.stdin.readline() and open(sys.argv[1], encoding="utf-8").read(), "bundled", "exec"), namespace)
texts = json.load(open(sys.argv[2], encoding="utf-8"))
json.dump([namespace["sanitize_payload"](text, personal_data=True) for text in texts], sys.stdout)
"""


def all_texts():
    cases = (
        corpus.vendor_cases() + corpus.keyed_cases() + corpus.prose_cases() + corpus.encoded_cases()
    )
    return [case.text for case in cases] + list(corpus.harmless_texts())


def find_python(version):
    for path in sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python")):
        return str(path)
    return shutil.which(f"python{version}")


@pytest.fixture(scope="module")
def expected():
    return [list(sanitize_payload(text, personal_data=True)) for text in all_texts()]


@pytest.mark.parametrize("version", PYTHONS)
def test_it_finds_what_the_server_finds(version, expected, tmp_path):
    # A subprocess: the client runs under the user's Python, not under the server's.
    python = find_python(version)
    if python is None:
        pytest.skip(f"no Python {version} here")
    (tmp_path / "source.py").write_text(standard_library_source(), encoding="utf-8")
    (tmp_path / "texts.json").write_text(json.dumps(all_texts()), encoding="utf-8")
    done = subprocess.run(
        [python, "-I", "-c", RUNNER, tmp_path / "source.py", tmp_path / "texts.json"],
        input="go\n",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    got = json.loads(done.stdout)
    differing = [
        text
        for text, a, b in zip(all_texts(), got, expected, strict=True)
        if a != json.loads(json.dumps(b))
    ]
    assert differing == []


def test_it_needs_no_package_and_has_the_same_version():
    namespace = {"__name__": "bundled"}
    exec(compile(standard_library_source(), "bundled", "exec"), namespace)
    assert namespace["SANITIZER_VERSION"] == SANITIZER_VERSION
    assert "re2" not in namespace
    value = {"password": "hunter2!", "user": "bob"}
    assert namespace["sanitize_object"](value) == sanitize_object(value)


def test_it_is_the_same_text_every_time():
    standard_library_source.cache_clear()
    first = standard_library_source()
    standard_library_source.cache_clear()
    assert standard_library_source() == first
