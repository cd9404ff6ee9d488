"""Private keys of which a listing, a diff or a program shows only a part."""

import pytest

from tests.sanitizer.corpus import Maker
from training.sanitizer import sanitize_payload

BODY = [Maker(seed).make_b64(64) for seed in range(6)] + [Maker(9).make_b64(22) + "=="]
BEGIN, END = (f"-----{word} RSA PRIVATE" + " KEY-----" for word in ("BEGIN", "END"))
SURROUNDINGS = {
    "plain": "{}",
    "a diff": "+{}",
    "a listing": "    12→{}",
    "a comment": "# {}",
    "a log": "2026-01-02 10:00:00 app | {}",
    "a concatenation": '"{}\\n" +',
    "calls": 'sb.append("{}\\n");',
    "a page": "{}<br>",
}


@pytest.mark.parametrize("line", SURROUNDINGS.values(), ids=SURROUNDINGS)
@pytest.mark.parametrize("part", [[BEGIN, *BODY[:4]], [*BODY[2:], END]], ids=["head", "tail"])
def test_it_hides_what_is_left_of_a_cut_key(line, part):
    text = "\n".join(line.format(piece) for piece in part)
    sanitized = sanitize_payload(f"see below\n{text}\nthat was it").sanitized
    assert [piece for piece in BODY if piece in sanitized] == []
    assert sanitized.startswith("see below\n")
    assert sanitized.endswith("\nthat was it")


def test_it_leaves_a_certificate_above_the_key():
    certificate = ["-----BEGIN CERTIFICATE-----", *BODY[:3], "-----END CERTIFICATE-----"]
    key = [BEGIN, *BODY[3:], END]
    sanitized = sanitize_payload("\n".join(certificate + key)).sanitized
    assert "\n".join(certificate) in sanitized
    assert BODY[3] not in sanitized
