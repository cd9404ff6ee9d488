"""A secret that is told once may stand elsewhere in the text where nothing tells of it: it goes there too."""

from __future__ import annotations

from .values import is_machine_made, is_strongly_password_like

_SHORTEST = 8
_LONGEST = 600
# Values times characters that are looked through at most.
_MOST_WORK = 50_000_000
_MOST_VALUES = 200
_WORD = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")


def find_repeats(text, spans):
    """(kind, start, end) of each further place of a value in `spans`, when it is random enough to be no word."""
    values = {}
    for kind, start, end in spans:
        if _SHORTEST <= end - start <= _LONGEST and len(values) < _MOST_VALUES:
            values.setdefault(text[start:end], kind)
    found = []
    work = 0
    for value, kind in values.items():
        position = text.find(value)
        work += len(text)
        if work > _MOST_WORK:
            break
        if text.find(value, position + 1) < 0 or not _is_unlike_words(value):
            continue
        while position >= 0:
            end = position + len(value)
            if text[position - 1 : position] not in _WORD and text[end : end + 1] not in _WORD:
                found.append((kind, position, end))
            position = text.find(value, end)
    return found


def _is_unlike_words(value):
    return is_machine_made(value) or is_strongly_password_like(value)
