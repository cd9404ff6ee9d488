"""Ways to read a text, each with its way back to the text's own offsets.

A secret may stand in a text plainly, or escaped (JSON in JSON, URL-encoding, HTML entities), or
broken up by characters that a reader does not see. So every detector runs over one or two *views*:

- the **plain view** has one Latin-1 character for each character of the text: ASCII stays, other
  white space becomes a blank, everything else a stand-in that belongs to no token;
- the **decoded view** holds the lines in which something is encoded, and the lines around them. It
  has escapes of any depth, percent-encoding and entities replaced by what they mean, invisible
  characters dropped, full-width and other compatibility forms folded to ASCII, and tokens that a
  terminal broke at its edge in one piece.

Both are needed: folding a full-width letter *inside* a token finds it, folding one *beside* a token
would hide it.
"""

from __future__ import annotations

import bisect
import re

from .engine import make_subject
from .foreign import mark_foreign
from .meanings import find_changes
from .stand_ins import HIDDEN, STAND_INS, SYMBOL
from .wraps import find_wraps

_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")
# What parts pieces of the decoded view that are no neighbours in the text: no syntax reaches over it.
_APART = "\n" + SYMBOL + "\n"
_LINES_BEFORE = 2
_LINES_AFTER = 2


class View:
    """A Latin-1 reading of a text: `text` for Python, `subject` for the engine, `lowered` for looking
    whether a word is there at all. `source` is what the plain view was made of."""

    __slots__ = ("_at", "_ends", "_from", "lowered", "source", "subject", "text")

    def __init__(self, text, source=None, at=None, sources=None, ends=None):
        self.text = text
        self.subject = make_subject(text)
        self.lowered = text.lower()
        self.source = source
        self._at = at
        self._from = sources
        self._ends = ends

    def span_in_source(self, start, end):
        """The source's [start, end) that the view's [start, end) was read from."""
        if self._at is None:
            return start, end
        return self._source_of(start)[0], self._source_of(end - 1)[1]

    def _source_of(self, position):
        piece = bisect.bisect_right(self._at, position) - 1
        end = self._ends[piece]
        if end is not None:
            return self._from[piece], end
        start = self._from[piece] + position - self._at[piece]
        return start, start + 1


def plain_view(text, hidden=()):
    """One character for each of the text's. The spans of `hidden`, placeholders, are blotted out, so
    that no detector reads their words."""
    if "\r\n" in text:
        text = text.replace("\r\n", " \n")
    if text.isascii():
        return View(_blot(text, hidden), text)
    source = mark_foreign(text)
    return View(_blot(_BEYOND_ASCII.sub(_stand_ins, source), hidden), source)


def _blot(text, spans):
    if not spans:
        return text
    pieces, position = [], 0
    for start, end in spans:
        pieces += (text[position:start], HIDDEN * (end - start))
        position = end
    return "".join(pieces) + text[position:]


def _stand_ins(match):
    return match.group().translate(STAND_INS)


def decoded_view(plain):
    """The lines with something encoded, decoded, and their neighbours; None when there are none."""
    changes = find_changes(plain)
    wraps = find_wraps(plain.text, plain.subject)
    if wraps:
        changes = sorted([*changes, *((end, end + 1, "", end + 1) for end in wraps)])
    if not changes:
        return None
    text = plain.text
    pieces = _Pieces()
    read = until = line_end = -1
    for start, end, meaning, meaning_end in changes:
        if start >= until:
            begin = _line_back(text, start)
            if read < 0:
                read = begin
            elif begin > until:
                pieces.add(text[read:until], read, None)
                pieces.add(_APART, until, until)
                read = begin
        if end > line_end:
            line_end, until = _ends_after(text, end)
        pieces.add(text[read:start], read, None)
        pieces.add(meaning, start, meaning_end)
        read = end
    pieces.add(text[read:until], read, None)
    return pieces.view()


def _line_back(text, position):
    """Where the line stands that is `_LINES_BEFORE` lines before the position's."""
    for _ in range(_LINES_BEFORE + 1):
        position = text.rfind("\n", 0, position)
        if position < 0:
            return 0
    return position + 1


def _ends_after(text, position):
    """The ends of the position's line and of the line `_LINES_AFTER` lines on."""
    line_end = position = text.find("\n", position)
    for _ in range(_LINES_AFTER):
        if position >= 0:
            position = text.find("\n", position + 1)
    return (
        line_end if line_end >= 0 else len(text),
        position if position >= 0 else len(text),
    )


class _Pieces:
    """A view in the making: pieces of text, each with its place in the source. A piece read as it
    stands has no end of its own."""

    __slots__ = ("at", "ends", "sources", "texts", "written")

    def __init__(self):
        self.texts, self.at, self.sources, self.ends = [], [], [], []
        self.written = 0

    def add(self, text, source, end):
        if text:
            self.texts.append(text)
            self.at.append(self.written)
            self.sources.append(source)
            self.ends.append(end)
            self.written += len(text)

    def view(self):
        text = "".join(self.texts)
        return View(text, None, self.at, self.sources, self.ends) if text else None
