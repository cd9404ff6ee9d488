"""Words for passwords and keys that have letters beyond ASCII, and so no ASCII stem.

In the plain view such a word stands as a run of one mark, which counts as a letter of a name: `PASSWORD_MARK`
or `KEY_MARK`. Endings that a language adds (hasło, hasłem) are a part of the word; Chinese, Japanese,
Korean and Thai write none, but the next word without a blank.
"""

from __future__ import annotations

import functools
import re

from .rules import RULES

PASSWORD_MARK, KEY_MARK = "\x80", "\x83"
MARKS_OF_NAMES = frozenset((PASSWORD_MARK, KEY_MARK))
# They stand for the marks in a text, where a control character may stand itself.
MARKED = {"\uf8fe": PASSWORD_MARK, "\uf8fd": KEY_MARK}
_FOR_PASSWORD, _FOR_KEY = MARKED
_NON_ASCII_RUN = re.compile("[^\x00-\x7f]+")
_ENDED_SCRIPTS = re.compile("[A-Za-z\xc0-\u058f\u10d0-\u10ff]+$")


def _with_ending(word):
    bare = word.replace(" ", "").replace("-", "")
    if not _ENDED_SCRIPTS.match(bare):
        return re.escape(word)
    return re.escape(word) + ("[^\\W\\d_]{0,4}" if len(bare) > 4 else "[^\\W\\d_]?")


# Longer words first: one may be the beginning of another.
_FOREIGN_WORDS = sorted(
    [
        (word.replace("_", " "), mark)
        for words, mark in (("foreign", _FOR_PASSWORD), ("foreign_keys", _FOR_KEY))
        for word in RULES["words"][words].split()
    ],
    key=lambda pair: -len(pair[0]),
)
_ALL_WORDS = "".join(word for word, _ in _FOREIGN_WORDS)
_FOREIGN_LETTERS = frozenset("".join(_NON_ASCII_RUN.findall(_ALL_WORDS + _ALL_WORDS.upper())))


def mark_foreign(text):
    """The text with each such word as a run of its mark's stand-in, of the same length."""
    if _FOREIGN_LETTERS.isdisjoint("".join(_NON_ASCII_RUN.findall(text))):
        return text
    lowered = text.lower()
    # Looking for each is many times quicker than one expression for all.
    for word, mark in _FOREIGN_WORDS:
        if word in lowered:
            text = _expression(word).sub(lambda match, mark=mark: _mark(match, mark), text)
    return text


@functools.lru_cache(maxsize=256)
def _expression(word):
    return re.compile(_with_ending(word), re.IGNORECASE)


def _mark(match, mark):
    start = match.start()
    before = match.string[start - 1] if start else " "
    word = match.group()
    if before.isalpha() and _ENDED_SCRIPTS.match(before) and _ENDED_SCRIPTS.match(word[0]):
        # The end of another word.
        return word
    return mark * len(word)
