"""Lines behind marks: a diff's, a comment's, a quotation's, the numbers and names of files that tools print.

What stands on two lines (`"name": "DB_PASSWORD"`, then `"value": …`) is read without their marks.
"""

from __future__ import annotations

import re

LINE_MARK = re.compile(
    r"[ \t]{0,12}\d{1,6}[\xa4\t:|] ?(?:[+-](?=[ \t\"']))?"
    r"|[\w./-]{1,120}[:-]\d{1,6}[:-]"
    r"|\[?\d{4}-\d\d-\d\d[T ][^\n]{8,80}?: "
    r"|[ \t]{0,40}(?://+|#+|\*|--|;+|>|%) ?"
    r"|[+-]|"
)
# Nothing of a value stands behind the name on its line.
_LINE_IS_OVER = re.compile(r"[^0-9A-Za-z\n]{0,12}(?:</\w{1,10}>)?[ \t]{0,8}\n")
_MOST_LINES = 9


class Unmarked:
    """The lines from a name's on, without their marks, and the way back."""

    __slots__ = ("_at", "_from", "end", "start", "text")

    def __init__(self, lines, start, end):
        self._at, self._from = [], []
        pieces, written = [], 0
        for line_start, piece in lines:
            self._at.append(written)
            self._from.append(line_start)
            pieces.append(piece)
            written += len(piece) + 1
        self.text = "\n".join(pieces)
        self.start = start - self._from[0]
        self.end = end - self._from[0]

    def back(self, position):
        """Where in the text the position is."""
        index = len(self._at) - 1
        while self._at[index] > position:
            index -= 1
        return self._from[index] + position - self._at[index]


def without_marks(text, start, end):
    """An `Unmarked` when the name's line and those below have marks, and the name ends its line; or None."""
    # Two ends of it, so many characters at most.
    if text.find("\n", end, end + 36) < 0 or not _LINE_IS_OVER.match(text, end):
        return None
    position = text.rfind("\n", max(0, start - 300), start) + 1
    lines = []
    while len(lines) < _MOST_LINES and position < len(text):
        mark = LINE_MARK.match(text, position)
        if mark.end() == position or (not lines and mark.end() > start):
            break
        line_end = text.find("\n", position)
        line_end = len(text) if line_end < 0 else line_end
        lines.append((mark.end(), text[mark.end() : min(line_end, mark.end() + 400)]))
        position = line_end + 1
    return Unmarked(lines, start, end) if len(lines) > 1 else None
