"""Runs that a terminal broke at its right edge: read on in the next line.

A full line, that ends within a run of a token's characters and goes on with one at the beginning of the next,
is read as one with it, when the two together look random. A name that begins the next line ends the first.
"""

from __future__ import annotations

import re

from .engine import compile_rule
from .randomness import is_varied, is_wordy

_BREAK = compile_rule("[0-9A-Za-z_+/=.%-]\n[0-9A-Za-z_+/.%=-]{8}")
_NARROWEST = 60
_RUN_BEFORE = re.compile(r"[0-9A-Za-z_+/=.%-]{1,400}")
_RUN_AFTER = re.compile(r"[0-9A-Za-z_+/.%-]{6,2000}={0,2}")
# `NAME=…` or `name: …` is the next of a list, a path or a URL the next line of a listing.
_BEGINS_ANEW = re.compile(
    r"[A-Za-z_][\w.-]{0,60}[ \t]?[=:](?!=?[\s\"',;]|$)|\.{0,2}/|[a-z0-9_.-]{2,40}/[a-z0-9_.-]{2,40}[/.]"
    # The time, as each line of a log begins.
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}[T_ ]?[0-9]{2}"
)
_LEAST_JOINED = 24


def find_wraps(text, subject):
    """The positions of line ends within such runs."""
    if "\n" not in text:
        return []
    wraps = []
    for start, _end in _BREAK.spans(subject):
        line_end = start + 1
        line_start = text.rfind("\n", max(0, line_end - 2000), line_end) + 1
        width = line_end - line_start
        if width >= _NARROWEST and _is_broken_run(text, line_start, line_end, width):
            wraps.append(line_end)
    return wraps


def _is_broken_run(text, line_start, line_end, width):
    after = _RUN_AFTER.match(text, line_end + 1)
    if (
        after is None
        or after.end() - line_end - 1 > width
        or _BEGINS_ANEW.match(text, line_end + 1)
    ):
        return False
    before = _RUN_BEFORE.match(text[max(line_start, line_end - 400) : line_end][::-1])
    joined = before.group()[::-1] + after.group()
    joined = joined[joined.rfind("=", 0, len(joined) - 3) + 1 :]
    return (
        len(joined) >= _LEAST_JOINED
        and is_varied(after.group()[:64])
        and not is_wordy(joined[-64:])
        and not is_wordy(after.group()[:64])
    )
