"""What stands where a value would and is none: a test's result, a class's members, the name of a class."""

from __future__ import annotations

import re

from .randomness import is_wordy
from .values import is_password_like

_RESULT = re.compile(r"(?m:^(?:PASS|FAIL|XFAIL|XPASS|SKIP|UNTESTED|ok|FAILED|PASSED)\b)")
_LOGIN_NEAR = re.compile(
    r"(?im:^(?:[^\n:=]{0,12}[\W_])?(?:user|login|host|mail|account|server|url|db|port)[a-z_]{0,9}[\"']?\s?[:=])"
)
# Of a pattern's text.
PATTERN_TEXT = re.compile(r"\[\^?(?:0-9|a-z|A-Z)|\]\{[0-9]|\\[dwsDWS][*+?{\]]|\(\?[:=!<]|\]\(")
_TYPE = re.compile(r"[A-Z][A-Za-z]*[0-9]{0,2}[A-Za-z]*$")
_TWO_WORDS = re.compile("[A-Z][a-z]+[0-9]?[A-Z][a-z]{3,}$")
# Two digits at its end are a person's.
_ENDS_IN_DIGITS = re.compile(r"[0-9]{2}[^0-9A-Za-z]?$")


def is_no_place_for(text, start, end, place, begin, stop):
    """An element of HTML, what follows a class's `private:`, a test's result, a pair within a sentence."""
    name = text[start:end]
    if name in ("code", "private"):
        return place.sign == ">" or (name == "private" and place.sign == "\n")
    if name == "PASS" and place.sign == ":" and text[end + 1 : end + 2] == " ":
        value = text[begin:stop]
        if _LOGIN_NEAR.search(text, max(0, start - 120), stop + 80):
            return False
        return not is_password_like(value) or _is_result_near(text, start, stop)
    return False


def _is_result_near(text, start, stop):
    """Another line of a test's report, above or below."""
    return bool(
        _RESULT.search(text, max(0, start - 300), max(0, start - 1))
        or _RESULT.search(text, stop, stop + 300)
    )


def is_type(value, gap):
    """`Http2Stream`, `V1VolumeProjection`: what programs call a class. Behind a name stands also `DragonFly42`."""
    if (
        not value.isalnum()
        or not _TYPE.match(value)
        or (gap == 0 and _ENDS_IN_DIGITS.search(value))
    ):
        return False
    return is_wordy(value) or bool(_TWO_WORDS.match(value))
