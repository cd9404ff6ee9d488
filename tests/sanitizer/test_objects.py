"""JSON values: where the name that judges a value stands."""

import pytest

from training.sanitizer import SanitizerError, sanitize_object

WEAK = "hunter" + "2x"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(
            [{"name": "DB_PASSWORD", "value": WEAK}],
            [{"name": "DB_PASSWORD", "value": "[REDACTED:PASSWORD]"}],
            id="a name and its value",
        ),
        pytest.param(
            [{"Value": WEAK, "Key": "db_password"}],
            [{"Value": "[REDACTED:PASSWORD]", "Key": "db_password"}],
            id="a value before its name",
        ),
        pytest.param(
            {"secret": {"value": WEAK, "by": "bob"}},
            {"secret": {"value": "[REDACTED:SECRET]", "by": "bob"}},
            id="a value under its name",
        ),
        pytest.param(
            {"args": ["tool", "--password", WEAK, "run"]},
            {"args": ["tool", "--password", "[REDACTED:PASSWORD]", "run"]},
            id="arguments",
        ),
        pytest.param(
            ["mysql", "-p" + WEAK, "app"],
            ["mysql", "-p[REDACTED:PASSWORD]", "app"],
            id="an argument with its flag",
        ),
        pytest.param(
            {"password": 12345678, "pin": 483920},
            {"password": "[REDACTED:PASSWORD]", "pin": "[REDACTED:PASSWORD]"},
            id="numbers",
        ),
        pytest.param(
            {"kind": "Secret", "data": {"x": "aHVudGVyMg=="}},
            {"kind": "Secret", "data": {"x": "[REDACTED:SECRET]"}},
            id="a Kubernetes Secret",
        ),
    ],
)
def test_it_finds_the_name_that_judges_a_value(value, expected):
    assert sanitize_object(value) == expected
    assert sanitize_object(expected) == expected


@pytest.mark.parametrize(
    "value",
    [
        {"max_tokens": 4096, "pin": 17, "password_length": 1200, "is_password": True},
        [{"name": "PATH", "value": "/usr/bin"}, {"key": "theme", "value": "dark"}],
        ["git", "commit", "-m", "reset the password form"],
        {"kind": "ConfigMap", "data": {"x": "aHVudGVyMg=="}},
        {"password": None, "token": "", "n": 1.5},
    ],
)
def test_it_leaves_what_is_no_secret(value):
    assert sanitize_object(value) == value


@pytest.mark.parametrize("value", [{"a": b"bytes"}, {1: "x"}, {"a": {1, 2}}])
def test_it_refuses_what_json_has_not(value):
    with pytest.raises(TypeError):
        sanitize_object(value)


def test_it_refuses_what_is_nested_too_deep():
    value = WEAK
    for _ in range(150):
        value = {"password": value}
    with pytest.raises(SanitizerError):
        sanitize_object(value)
