"""Ways to read a text, each with its way back to the text's own offsets.

A secret may stand in a text plainly, or escaped (JSON in JSON, URL-encoding, HTML entities), or
broken up by characters that a reader does not see. So every detector runs over one or two *views*:

- the **plain view** has one Latin-1 character for each character of the text: ASCII stays, other
  white space becomes a blank, everything else a stand-in that belongs to no token;
- the **decoded view**, made only when it would differ, has escapes of any depth, percent-encoding
  and entities replaced by what they mean, invisible characters dropped, and full-width and other
  compatibility forms folded to ASCII.

Both are needed: folding a full-width letter *inside* a token finds it, folding one *beside* a token
would hide it.
"""

from __future__ import annotations

import bisect
import re
import unicodedata

# A run of backslashes is always taken whole, so that a long run costs one step, not one a start.
_ENCODED = re.compile(
    r"\\+(?:[\"'`/nrt]|u00[0-7][0-9a-fA-F]|x[2-7][0-9a-fA-F])?"
    r"|%(?:25)*(?:[2-7][0-9A-Fa-f]|0[AaDd9])"
    r"|&(?:quot|apos|amp|lt|gt|nbsp|equals|colon|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});"
    r"|\x1b\[[0-9;?]{0,20}[A-Za-z]"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
    r"|[^\x00-\x7f]+"
)
_MAY_BE_ENCODED = re.compile(r"[\\%&\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
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
_KEYWORD_MARK = "\uf8fe"


class View:
    """A Latin-1 reading of a text: `text` for Python, `subject` for the engine."""

    __slots__ = ("_at", "_ends", "_from", "subject", "text")

    def __init__(self, text, subject, at=None, sources=None, ends=None):
        self.text = text
        self.subject = subject
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


def plain_view(text, foreign_keywords, make_subject):
    """One character for each of the text's. `foreign_keywords` (a pattern or None) marks words
    such as the Chinese one for password, which have no ASCII stem."""
    if not text.isascii():
        if foreign_keywords is not None:
            text = foreign_keywords.sub(lambda m: _KEYWORD_MARK * len(m.group()), text)
        text = text.translate(_STAND_INS)
    return View(text, make_subject(text))


def decoded_view(text, foreign_keywords, make_subject):
    """The text with everything encoded decoded, or None when that changes nothing."""
    ascii_only = text.isascii()
    if ascii_only and not _MAY_BE_ENCODED.search(text):
        return None
    if not ascii_only and foreign_keywords is not None:
        text = foreign_keywords.sub(lambda m: _KEYWORD_MARK * len(m.group()), text)
    pieces, at, sources, ends = [], [], [], []
    written = read = 0
    changed = False
    for match in _ENCODED.finditer(text):
        start, end = match.span()
        found = match.group()
        if found[0] > "\x7f":
            folded = found.translate(_FOLDS)
            changed = changed or folded != found.translate(_STAND_INS)
            replaced = (
                [(folded, start, None)] if len(folded) == len(found) else _one_by_one(found, start)
            )
        else:
            meaning = _decode(found)
            if meaning is None:
                continue
            changed = True
            replaced = [(meaning, start, end)]
        if start > read:
            replaced.insert(0, (text[read:start], read, None))
        for piece, source, source_end in replaced:
            if piece:
                pieces.append(piece)
                at.append(written)
                sources.append(source)
                ends.append(source_end)
                written += len(piece)
        read = end
    if not changed:
        return None
    if read < len(text):
        pieces.append(text[read:])
        at.append(written)
        sources.append(read)
        ends.append(None)
    decoded = "".join(pieces)
    if not decoded:
        return None
    return View(decoded, make_subject(decoded), at, sources, ends)


def _one_by_one(run, start):
    """A run in which characters vanish or change their number, each with its own place."""
    return [
        (character.translate(_FOLDS), start + offset, start + offset + 1)
        for offset, character in enumerate(run)
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
