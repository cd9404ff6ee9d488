"""The standard-library source that the hook client embeds."""

import pytest

from training.sanitizer import SANITIZER_VERSION, sanitize_payload
from training.sanitizer.bundle import standard_library_source

GITHUB = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
TEXTS = [
    f"run with {GITHUB} now",
    '{"password": "hunter2!", "user": "bob"}',
    "postgres://bob:s3cret@db:5432/x",
    "max_tokens = 4096",
]


@pytest.fixture(scope="module")
def bundled():
    namespace = {"__name__": "bundled"}
    exec(compile(standard_library_source(), "bundled", "exec"), namespace)
    return namespace


@pytest.mark.parametrize("text", TEXTS)
def test_it_finds_what_the_server_finds(bundled, text):
    assert tuple(bundled["sanitize_payload"](text)) == tuple(sanitize_payload(text))


def test_it_has_the_same_version_and_needs_no_package(bundled):
    assert bundled["SANITIZER_VERSION"] == SANITIZER_VERSION
    assert "re2" not in bundled
