"""Does a string look made by a machine? Used as a veto and as a second witness, never alone."""

from __future__ import annotations

import re

_VOWELS = frozenset("aeiouyAEIOUY")
_UNSAYABLE = re.compile(
    r"[bcdfghjklmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ]{5}|[jqxzJQXZ][bcdfghjklmnpqrstvwxz]{2}"
)
_CAMEL_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_TERM = re.compile(
    r"(?:[A-Za-z]+[0-9]{0,4}|[0-9]{1,4})(?:[-_./: ](?:[A-Za-z]+[0-9]{0,4}|[0-9]{1,4}))+$"
)
_LETTERS = re.compile(r"[A-Za-z]+")
_SEPARATORS = frozenset("-_./+= ")


def is_monotonous(body):
    """One or two characters repeated, as in `xxxxxxxx`, `0000` and `XXXX-XXXX`."""
    return len(set(body[:160]) - _SEPARATORS) <= 2


def is_varied(body):
    """Digits beside letters, or letters that change case as no word does."""
    has_digit = has_letter = False
    for character in body:
        if character.isdigit():
            has_digit = True
        elif character.isalpha():
            has_letter = True
        if has_digit and has_letter:
            return True
    return case_changes(body) >= 3


def case_changes(body):
    """How often an upper-case letter follows a lower-case one."""
    changes = 0
    was_lower = False
    for character in body:
        if was_lower and character.isupper():
            changes += 1
        was_lower = character.islower()
    return changes


def is_word(part):
    """A run of letters that a person could say: plain case, vowels in measure."""
    if not part.isalpha():
        return False
    if len(part) <= 2:
        return True
    if not (part.islower() or part.isupper() or part[1:].islower()):
        return False
    vowels = sum(1 for character in part if character in _VOWELS)
    return 0.15 <= vowels / len(part) <= 0.75 and not _UNSAYABLE.search(part)


def is_wordy(body):
    """Made of words: `toggleable-content`, `your-api-key-here`, `hubDownloadFile`, `learn_2`."""
    body = body[:160]
    parts = _CAMEL_PARTS.findall(body)
    if not parts or _is_term(body):
        return True
    letters = words = digits = 0
    for part in parts:
        if part.isdigit():
            digits += len(part)
            continue
        letters += len(part)
        if len(part) >= 3 and is_word(part):
            words += len(part)
    if digits > 4 or not letters:
        return False
    return words >= 0.8 * letters and digits * 5 <= letters


def _is_term(body):
    """Words and short numbers between separators: `DHE-PSK-AES256-CBC-SHA384`, `BSD-2-Clause`."""
    if not _TERM.match(body):
        return False
    return all(len(part) <= 4 or is_word(part) for part in _LETTERS.findall(body))


def is_random_run(run):
    """Upper and lower case and digits well mixed, or letters of one case with many digits."""
    digits = uppers = lowers = 0
    for character in run:
        if character.isdigit():
            digits += 1
        elif character.isupper():
            uppers += 1
        elif character.islower():
            lowers += 1
    size = len(run)
    if len(set(run)) < 10 or is_wordy(run):
        return False
    if digits and uppers and lowers:
        return digits * 30 >= size and (uppers * 12 >= size or digits * 5 >= size)
    return digits * 6 >= size and digits * 10 <= size * 8
