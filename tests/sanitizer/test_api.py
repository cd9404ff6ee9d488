"""The sanitizer's contract: what it takes, what it gives, what it refuses."""

import pytest

from training.sanitizer import SanitizerError, sanitize_object, sanitize_payload

GITHUB = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def test_it_replaces_a_token_by_its_kind():
    result = sanitize_payload(f"run with {GITHUB} now")
    assert result.sanitized == "run with [REDACTED:GITHUB_TOKEN] now"


def test_it_tells_where_a_finding_stood_and_not_what_it_was():
    (finding,) = sanitize_payload(f"run with {GITHUB} now").findings
    assert (finding.type, finding.start, finding.end) == ("GITHUB_TOKEN", 9, 9 + len(GITHUB))
    assert GITHUB not in repr(finding)


def test_it_leaves_harmless_text_as_it_is():
    text = "The token counter has max_tokens = 4096 and a password field."
    assert sanitize_payload(text) == (text, ())


def test_it_judges_a_value_with_the_name_of_its_key():
    assert sanitize_object({"db": {"password": "hunter2!", "user": "bob"}}) == {
        "db": {"password": "[REDACTED:PASSWORD]", "user": "bob"}
    }


def test_it_sanitizes_keys_too():
    assert sanitize_object({GITHUB: 1}) == {"[REDACTED:GITHUB_TOKEN]": 1}


def test_it_refuses_what_is_nested_too_deep():
    value = "x"
    for _ in range(150):
        value = [value]
    with pytest.raises(SanitizerError):
        sanitize_object(value)


def test_it_refuses_what_is_no_text():
    with pytest.raises(TypeError):
        sanitize_payload(b"bytes")
