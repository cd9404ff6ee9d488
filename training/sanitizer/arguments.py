"""The arguments of a call: where a known one stands, and the text literal in it."""

from __future__ import annotations

import re

_CALL_PIECE = re.compile(
    r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`\n]*`|[(\[{]|[)\]}]|,|[^\"'`()\[\]{},]+"
)
# `[]byte("…")`, `b"…"`, `Some("…")`, `password="…"`: what may stand before the literal of an argument.
_ARGUMENT_LITERAL = re.compile(
    r"[\w.:\[\]<>&@$ (=\n\t]{0,80}?[bruN@]{0,2}(?:\"(?P<double>[^\"\n]*)\"|'(?P<single>[^'\n]*)'|`(?P<tick>[^`\n]*)`)"
)
# `form["password2"]`: a name of what is looked up.
_SUBSCRIPT = re.compile(r"[\w\])]\[[bru]?[\"'`]\Z")
_MAX_CALL_ARGUMENTS = 8
_MAX_CALL = 700


def find_argument(text, opening, place):
    """(begin, stop) of the literal in the argument at `place` (from 1; -1 is the last) of the call
    whose parenthesis is at `opening`, or None."""
    arguments = _split(text, opening + 1)
    if place == -1:
        place = len(arguments)
    if not 0 < place <= len(arguments):
        return None
    begin, stop = arguments[place - 1]
    literal = _ARGUMENT_LITERAL.match(text, begin, stop)
    if literal is None or _SUBSCRIPT.search(text, begin, literal.start(literal.lastgroup)):
        return None
    return literal.span(literal.lastgroup)


def _split(text, position):
    """The (begin, end) of each argument, as far as the call can be read."""
    arguments, begin, depth, limit = [], position, 0, position + _MAX_CALL
    while position < min(limit, len(text)):
        piece = _CALL_PIECE.match(text, position, limit)
        if piece is None:
            return arguments
        mark = piece.group()
        if mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth -= 1
        if depth < 0 or (mark == "," and depth == 0):
            arguments.append((begin, position))
            begin = piece.end()
            if depth < 0 or len(arguments) == _MAX_CALL_ARGUMENTS:
                return arguments
        position = piece.end()
    return arguments
