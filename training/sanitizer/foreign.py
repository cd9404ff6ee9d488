"""Words for passwords and keys that have letters beyond ASCII, and so no ASCII stem.

In the plain view such a word stands as a run of one mark, which counts as a letter of a name: `PASSWORD_MARK`
or `KEY_MARK`. Endings that a language adds (hasło, hasłem) are a part of the word; Chinese, Japanese,
Korean and Thai write none, but the next word without a blank.
"""

from __future__ import annotations

import re

from .rules import RULES

PASSWORD_MARK, KEY_MARK = "\x80", "\x83"
MARKS_OF_NAMES = frozenset((PASSWORD_MARK, KEY_MARK))
# They stand for the marks in a text, where a control character may stand itself.
MARKED = {"\uf8fe": PASSWORD_MARK, "\uf8fd": KEY_MARK}
_FOR_PASSWORD, _FOR_KEY = MARKED
_NON_ASCII_RUN = re.compile("[^\x00-\x7f]+")
_ENDED_SCRIPTS = re.compile("[A-Za-z\xc0-\u058f\u10d0-\u10ff]+$")


def _pattern(words):
    """The words, longer ones first, since one may be the beginning of another."""
    return "|".join(_with_ending(w) for w in sorted(words, key=len, reverse=True))


def _with_ending(word):
    shown = word.replace("_", " ")
    bare = shown.replace(" ", "").replace("-", "")
    if not _ENDED_SCRIPTS.match(bare):
        return re.escape(shown)
    return re.escape(shown) + ("[^\\W\\d_]{0,4}" if len(bare) > 4 else "[^\\W\\d_]?")


_PASSWORD_WORDS = RULES["words"]["foreign"].split(" ")
_KEY_WORDS = RULES["words"]["foreign_keys"].split(" ")
_FOREIGN_WORDS = re.compile(
    f"({_pattern(_PASSWORD_WORDS)})|(?:{_pattern(_KEY_WORDS)})",
    re.IGNORECASE,
)
_ALL_FOREIGN = " ".join(_PASSWORD_WORDS + _KEY_WORDS)
_FOREIGN_LETTERS = frozenset("".join(_NON_ASCII_RUN.findall(_ALL_FOREIGN + _ALL_FOREIGN.upper())))


def mark_foreign(text):
    """The text with each such word as a run of its mark's stand-in, of the same length."""
    if _FOREIGN_LETTERS.isdisjoint("".join(_NON_ASCII_RUN.findall(text))):
        return text
    return _FOREIGN_WORDS.sub(_mark, text)


def _mark(match):
    start = match.start()
    before = match.string[start - 1] if start else " "
    word = match.group()
    if before.isalpha() and _ENDED_SCRIPTS.match(before) and _ENDED_SCRIPTS.match(word[0]):
        # The end of another word.
        return word
    return (_FOR_PASSWORD if match.group(1) else _FOR_KEY) * len(word)
