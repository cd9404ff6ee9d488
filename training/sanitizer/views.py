"""Ways to read a text, each with its way back to the text's own offsets.

A secret may stand in a text plainly, or escaped (JSON in JSON, URL-encoding, HTML entities), or
broken up by characters that a reader does not see. So every detector runs over one or two *views*:

- the **plain view** has one Latin-1 character for each character of the text: ASCII stays, other
  white space becomes a blank, everything else a stand-in that belongs to no token;
- the **decoded view** holds the lines in which something is encoded, and the lines around them. It
  has escapes of any depth, percent-encoding and entities replaced by what they mean, invisible
  characters dropped, and full-width and other compatibility forms folded to ASCII.

Both are needed: folding a full-width letter *inside* a token finds it, folding one *beside* a token
would hide it.
"""

from __future__ import annotations

import bisect
import re
import unicodedata

from .engine import compile_rule, make_subject
from .rules import RULES

# A run of backslashes is always taken whole, so that a long run costs one step, not one a start.
_ENCODED = compile_rule(
    r"\\+(?:[\"'`/nrt]|u00[0-7][0-9a-fA-F]|x[2-7][0-9a-fA-F])?"
    r"|%(?:25)*(?:[2-7][0-9A-Fa-f]|0[AaDd9])"
    r"|&(?:quot|apos|amp|lt|gt|nbsp|equals|colon|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});"
    r"|\x1b\[[0-9;?]{0,20}[A-Za-z]"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
    r"|[\x80\x82-\xff]+"
)
_NON_ASCII = re.compile("[^\x00-\x7f]+")
_ENTITIES = {
    "quot": '"',
    "apos": "'",
    "amp": "&",
    "lt": "<",
    "gt": ">",
    "nbsp": " ",
    "equals": "=",
    "colon": ":",
}
_ESCAPES = {"n": "\n", "r": "\n", "t": "\t"}

# Stand-ins of the plain view. All are outside ASCII, so none is part of a token or an identifier.
LETTER = "\xff"
SYMBOL = "\xa4"
KEYWORD = "\x80"
# Not to be forged: a control character like it in a text has a stand-in itself.
HIDDEN = "\x81"
_KEYWORD_MARK = "\uf8fe"

_FOREIGN_WORDS = [
    form
    for word in RULES["words"]["foreign"].split(" ")
    for form in (word, word.capitalize(), word.title(), word.upper())
]
# Longer words first: one may be the beginning of another.
_FOREIGN = re.compile(
    "|".join(word.replace("_", " ") for word in sorted(set(_FOREIGN_WORDS), key=len, reverse=True))
)
_FOREIGN_LETTERS = frozenset("".join(_NON_ASCII.findall("".join(_FOREIGN_WORDS))))


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


class _StandIns(dict):
    """The plain view's character table, filled as characters are met."""

    def __missing__(self, code):
        stand_in = _stand_in(chr(code))
        if len(self) < 20_000:
            self[code] = stand_in
        return stand_in


def _stand_in(character):
    if "\xa1" <= character <= "\xff" and unicodedata.category(character)[0] in "LNPS":
        return character
    if character == _KEYWORD_MARK:
        return KEYWORD
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if category in ("Zl", "Zp") or character == "\x85":
        return "\n"
    return LETTER if category[0] in "LMN" else SYMBOL


_STAND_INS = _StandIns({code: chr(code) for code in range(128)})


def plain_view(text, hidden=()):
    """One character for each of the text's. The spans of `hidden`, placeholders, are blotted out, so
    that no detector reads their words."""
    if "\r\n" in text:
        text = text.replace("\r\n", " \n")
    if text.isascii():
        return View(_blot(text, hidden), text)
    source = _mark_foreign(text)
    return View(_blot(_NON_ASCII.sub(_stand_ins, source), hidden), source)


def _blot(text, spans):
    if not spans:
        return text
    pieces, position = [], 0
    for start, end in spans:
        pieces += (text[position:start], HIDDEN * (end - start))
        position = end
    return "".join(pieces) + text[position:]


def _stand_ins(match):
    return match.group().translate(_STAND_INS)


def _mark_foreign(text):
    """Words such as the Chinese one for password, which have no ASCII stem, become marks."""
    if _FOREIGN_LETTERS.isdisjoint("".join(_NON_ASCII.findall(text))):
        return text
    return _FOREIGN.sub(lambda match: _KEYWORD_MARK * len(match.group()), text)


def decoded_view(plain):
    """The lines with something encoded, decoded, and their neighbours; None when there are none."""
    changes = _changes(plain)
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
            line_end, until = _lines_on(text, end)
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


def _lines_on(text, position):
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


def _changes(plain):
    """(start, end, meaning, end or None) of each piece that means something else than it shows."""
    text, source = plain.text, plain.source
    changes = []
    for start, end in _ENCODED.spans(plain.subject):
        found = source[start:end]
        if found[0] <= "\x7f":
            meaning = _decode(found)
            if meaning is not None:
                changes.append((start, end, meaning, end))
            continue
        folded = found.translate(_FOLDS)
        if folded == text[start:end]:
            continue
        if len(folded) == len(found):
            changes.append((start, end, folded, None))
        else:
            changes += _one_by_one(found, start)
    return changes


def _one_by_one(run, start):
    """A run in which characters vanish or change their number, each with its own place."""
    return [
        (start + i, start + i + 1, character.translate(_FOLDS), start + i + 1)
        for i, character in enumerate(run)
    ]


def _decode(found):
    """What an encoded piece means: Latin-1 text, "" for nothing, None to leave it as it is."""
    first = found[0]
    if first == "\\":
        body = found.lstrip("\\")
        if not body:
            return None
        if body[0] in "ux" and len(body) > 1:
            return _printable(int(body[1:], 16))
        return _ESCAPES.get(body, body)
    if first == "%":
        return _printable(int(found[-2:], 16))
    if first == "&":
        name = found[1:-1]
        if name[0] == "#":
            code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
            return _printable(code)
        return _ENTITIES[name]
    return ""


def _printable(code):
    if code in (9, 10, 13):
        return "\t" if code == 9 else "\n"
    return chr(code) if 32 <= code < 127 else SYMBOL


class _Folds(dict):
    """The decoded view's character table, filled as characters are met."""

    def __missing__(self, code):
        folded = _fold(chr(code))
        if len(self) < 20_000:
            self[code] = folded
        return folded


def _fold(character):
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me", "Cc") or character in _INVISIBLE_LETTERS:
        return "" if character != "\x85" else "\n"
    if character in _FANCY_QUOTES:
        return _FANCY_QUOTES[character]
    compatible = unicodedata.normalize("NFKC", character)
    if len(compatible) == 1 and compatible.isascii():
        return compatible
    return _STAND_INS[ord(character)]


_INVISIBLE_LETTERS = "\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800"
_FANCY_QUOTES = dict.fromkeys("\u201c\u201d\u201e\u201f\xab\xbb\u300c\u300d\u2033", '"')
_FANCY_QUOTES.update(dict.fromkeys("\u2018\u2019\u201a\u201b\u2032", "'"))
_FANCY_QUOTES.update(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_FOLDS = _Folds()
