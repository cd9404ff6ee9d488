"""What stands on a line before a name."""

from __future__ import annotations

import re

# Marks that may stand before a name without its line being a program's: lists, quotes, diffs, comments.
HEAD_MARKS = " \t+>*#;:/<-\"'_`"
_LINE_HEAD = re.compile(
    r"[ \t+>*#;/<-]*(?:\d{1,6}[:\t\xa4|-][ \t]*|[\w./-]{1,80}[:-]\d{1,6}[:-][ \t]*"
    r"|\[?\d{4}-\d\d-\d\d[T ][^\n:]{4,60}(?::\d\d){1,2}[^\n:=\"']{0,60}: [ \t+>*#;/<-]*)?"
    r"(?:(?:REM|export|set|SET|setx|ENV|ARG|local|readonly|declare|typeset|env|const|let|var|"
    r"declare -\w+|-e|--env|--build-arg)[ \t]+)*[\"'*_`]*$"
)

_QUOTES_BEFORE = "\"'*_`"
# What a line's number, a mark or a word like export ends with, so that most heads need no expression.
_ENDS_OF_HEADS = frozenset(" \t+>*#;:/<-|\xa4")


def is_line_head(head):
    """Nothing stands before the name on its line but marks, a line's number or a word like export."""
    if not head.strip(HEAD_MARKS):
        return True
    if len(head) > 140 or head.rstrip(_QUOTES_BEFORE)[-1] not in _ENDS_OF_HEADS:
        return False
    return bool(_LINE_HEAD.match(head))


def head_of(text, start):
    """The line up to `start`, of 300 characters at most."""
    floor = start - 300 if start > 300 else 0
    return text[text.rfind("\n", floor, start) + 1 or floor : start]
