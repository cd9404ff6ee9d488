"""Does a string look made by a machine? Used as a veto and as a second witness, never alone."""

from __future__ import annotations

import re

_DIGIT = re.compile("[0-9]")
_LETTER = re.compile("[A-Za-z]")
_UPPER = re.compile("[A-Z]")
_LOWER = re.compile("[a-z]")
_INNER_DIGITS = re.compile("(?<=[A-Za-z])[0-9]+(?=[A-Za-z])")
_DIGITS = re.compile("[0-9]+")
_VOWEL = re.compile("[aeiouyAEIOUY]")
_CASE_CHANGE = re.compile("[a-z][A-Z]")
_PLAIN_CASE = re.compile("(?:[A-Z]?[a-z]+|[A-Z]+)$")
_UNSAYABLE = re.compile(
    r"[bcdfghjklmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ]{5}|[jqxzJQXZ][bcdfghjklmnpqrstvwxz]{2}"
)
_CAMEL_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
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
    if _DIGIT.search(body) and _LETTER.search(body):
        return True
    return case_changes(body) >= 3


def case_changes(body):
    """How often an upper-case letter follows a lower-case one."""
    return len(_CASE_CHANGE.findall(body))


# Verdicts by the hashes of words, as of names: no text is kept.
_SAYABLE = {}
_MOST_SAYABLE = 20_000


def is_word(part):
    """A run of letters that a person could say: plain case, vowels in measure."""
    if len(part) <= 2:
        return part.isalpha()
    key = hash(part)
    verdict = _SAYABLE.get(key)
    if verdict is None:
        if len(_SAYABLE) >= _MOST_SAYABLE:
            _SAYABLE.clear()
        verdict = _SAYABLE[key] = _is_sayable(part)
    return verdict


def _is_sayable(part):
    if not _PLAIN_CASE.match(part):
        return False
    vowels = len(_VOWEL.findall(part))
    return 0.15 <= vowels / len(part) <= 0.75 and not _UNSAYABLE.search(part)


def is_wordy(body):
    """Made of words: `toggleable-content`, `your-api-key-here`, `hubDownloadFile`, `learn_2`."""
    body = body[:96]
    runs = _DIGITS.findall(body)
    groups, digits = len(runs), len("".join(runs))
    if digits > 5 or (digits > 4 and groups > 1):
        return _is_term(body)
    if len(body) >= 16 and groups > 1 and len(_INNER_DIGITS.findall(body)) >= 2:
        return _is_term(body)
    parts = _CAMEL_PARTS.findall(body)
    if not parts:
        return not runs or _is_term(body)
    letters = sum(map(len, parts))
    if letters >= 14 and len(parts) * 3 > letters:
        # `SKbmyYLCMhDTcans`: no words, and no abbreviations, are so short.
        return False
    if groups > 1 and digits * 5 > letters:
        return _is_term(body)
    # Tenths of the letters that may stand outside words.
    spare = letters * (2 if runs else 3)
    for part in parts:
        if len(part) < 3 or not is_word(part):
            spare -= 10 * len(part)
            if spare < 0:
                return _is_term(body)
    return True


def _is_term(body):
    """Words and short numbers between separators: `DHE-PSK-AES256-CBC-SHA384`, `BSD-2-Clause`."""
    if not _TERM.match(body):
        return False
    return all(len(part) <= 4 or is_word(part) for part in _LETTERS.findall(body))


def is_random_run(run):
    """Upper and lower case and digits well mixed, or letters of one case with many digits."""
    size = len(run)
    if len(set(run)) < 10 or is_wordy(run):
        return False
    digits = len(_DIGIT.findall(run))
    uppers = len(_UPPER.findall(run))
    if digits and uppers and _LOWER.search(run):
        return digits * 30 >= size and (uppers * 12 >= size or digits * 5 >= size)
    return digits * 6 >= size and digits * 10 <= size * 8
