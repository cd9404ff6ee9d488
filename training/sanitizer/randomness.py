"""Does a string look made by a machine? Used as a veto and as a second witness, never alone."""

from __future__ import annotations

import re

_PARTS = re.compile(r"[A-Za-z]+|[0-9]+")
_VOWELS = frozenset("aeiouyAEIOUY")


def is_monotonous(body):
    """One or two characters repeated, as in `xxxxxxxx`, `0000` and `XXXX-XXXX`."""
    letters = set(body)
    letters.difference_update("-_./+= ")
    return len(letters) <= 2


def is_varied(body):
    """Digits beside letters, or letters that change case as no word does."""
    has_digit = any(c.isdigit() for c in body)
    has_letter = any(c.isalpha() for c in body)
    if has_digit and has_letter:
        return True
    return case_changes(body) >= 3


def case_changes(body):
    """How often an upper-case letter follows a lower-case one, or two lower-case follow three
    upper-case ones."""
    return sum(1 for a, b in zip(body, body[1:]) if a.islower() and b.isupper())


def is_word(part):
    """A run of letters that a person could say: plain case, vowels in measure."""
    if not part.isalpha():
        return False
    if len(part) <= 2:
        return True
    if not (part.islower() or part.isupper() or part[1:].islower()):
        return False
    vowels = sum(1 for c in part if c in _VOWELS)
    return 0.15 <= vowels / len(part) <= 0.75 and not _UNSAYABLE.search(part)


_UNSAYABLE = re.compile(
    r"[bcdfghjklmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ]{5}|[jqxzJQXZ][bcdfghjklmnpqrstvwxz]{2}"
)
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")


def is_wordy(body):
    """Made of words: `toggleable-content`, `your-api-key-here`, `hubDownloadFile`, `learn_2`."""
    parts = _CAMEL.findall(body)
    if not parts:
        return True
    letters = words = digits = 0
    for part in parts:
        if part.isdigit():
            digits += len(part)
            continue
        letters += len(part)
        if len(part) >= 3 and is_word(part):
            words += len(part)
    if digits > 4:
        return False
    if not letters:
        return False
    return words >= 0.8 * letters and digits * 5 <= letters
