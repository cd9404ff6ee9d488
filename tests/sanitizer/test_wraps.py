"""Tokens that a terminal broke at its right edge, and lines that only look so."""

import base64
import json

import pytest

from tests.sanitizer.corpus import Maker
from training.sanitizer import sanitize_payload


def wrapped(text, width):
    return "\n".join(text[i : i + width] for i in range(0, len(text), width))


def part_of(secret, text):
    """How much of a secret stands in a text, in runs of sixteen characters at least."""
    flat = text.replace("\n", "")
    return (
        sum(secret[i : i + 16] in flat for i in range(0, len(secret) - 15, 16)) * 16 / len(secret)
    )


@pytest.mark.parametrize("width", [60, 80, 100, 120])
@pytest.mark.parametrize(
    "line",
    [
        "export API_TOKEN=%s",
        "$ curl -H 'Authorization: Bearer %s' https://api.example.com/v1/users",
        '  "access_token": "%s",',
        "2025-10-10T10:10:10Z INFO connected upstream with token=%s done",
    ],
)
def test_it_hides_all_of_a_token_that_a_terminal_broke(line, width):
    secret = Maker(5).make_alnum(230)
    sanitized = sanitize_payload(wrapped(line % secret, width)).sanitized
    assert part_of(secret, sanitized) < 0.1
    assert sanitized.startswith(line[:16])


def test_it_hides_a_json_web_token_that_a_terminal_broke():
    maker = Maker(6)
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in (
            {"alg": "HS256", "typ": "JWT"},
            {"sub": maker.make_alnum(60), "iat": 1700000000},
        )
    ]
    token = ".".join([*parts, maker.make_alnum(43)])
    sanitized = sanitize_payload(wrapped(f"the server answered: {token} and went on", 80)).sanitized
    assert part_of(token, sanitized) == 0
    assert sanitized.startswith("the server answered: [REDACTED:")
    assert sanitized.endswith(" and went on")


def test_it_reads_base64_of_several_lines_as_one():
    secret = Maker(7).make_alnum(90)
    encoded = base64.encodebytes(f"TZ=UTC\nMODE=production\nAPI_TOKEN={secret}\n".encode()).decode()
    sanitized = sanitize_payload(encoded).sanitized
    assert not any(line in sanitized for line in encoded.split()[1:])


def test_it_leaves_the_line_after_a_long_secret():
    maker = Maker(8)
    first, second = maker.make_alnum(64), maker.make_hex(40)
    text = (
        f"SOME_SERVICE_TOKEN={first}\nBUILD_NUMBER_OF_THE_DAY=4711\n# {second}\nsrc/a1b2c3/d4.py\n"
    )
    sanitized = sanitize_payload(text).sanitized
    assert first not in sanitized
    assert sanitized.endswith(f"\nBUILD_NUMBER_OF_THE_DAY=4711\n# {second}\nsrc/a1b2c3/d4.py\n")


def test_it_leaves_prose_and_lists_of_hashes():
    maker = Maker(9)
    hashes = "\n".join(maker.make_hex(64) for _ in range(6))
    prose = (
        "Internationalization and characterization are long words that stand at the ends of\n"
        "counterrevolutionary lines, and such lines are no tokens, however they may be broken\n"
    )
    assert sanitize_payload(hashes + "\n\n" + prose).findings == ()
