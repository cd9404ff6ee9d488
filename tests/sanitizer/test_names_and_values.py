"""Where a name ends and its value begins, and which strings of a statement are values."""

import base64

import pytest

from training.sanitizer import sanitize_payload

PASSWORD = "wiz4rd" + "?79"
KEY = base64.b64encode(bytes(range(40, 72))).decode()


def test_a_value_that_ends_in_an_equals_sign_is_no_type():
    assert KEY.endswith("=")
    for line in (f"signing_key: {KEY}", f"  smtp-password: {KEY}", f"> client_secret: {KEY}\n> x"):
        assert KEY not in sanitize_payload(line).sanitized


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_of_windows_are_line_ends(end):
    text = end.join(("$ printenv DB_PASS", PASSWORD, "$ ls"))
    assert sanitize_payload(text).sanitized == text.replace(PASSWORD, "[REDACTED:PASSWORD]")


@pytest.mark.parametrize(
    "mark", ["+", "-", "> ", "# ", "// ", " * ", "   12\t", "   12\u2192", "src/a.yml:12:", "-- "]
)
def test_a_value_is_found_below_its_name_behind_marks(mark):
    lines = ("passwords:", "  db_password:", "    type: string", f"    default: {PASSWORD}")
    text = "\n".join(mark + line for line in lines)
    assert PASSWORD not in sanitize_payload(text).sanitized


def test_all_values_of_a_list_are_secrets_and_the_next_field_is_none():
    text = f'{{"pwds": ["{PASSWORD}", "other{PASSWORD}"], "zone": "eu-west1"}}'
    sanitized = sanitize_payload(text).sanitized
    assert sanitized.count("[REDACTED:PASSWORD]") == 2
    assert sanitized.endswith('"zone": "eu-west1"}')


def test_what_stands_behind_an_interpolated_name_is_no_value():
    text = 'env = ["A=${db_password}", "PORT=80x1"]; url = f"{token} x1y2z3"'
    assert sanitize_payload(text).findings == ()
