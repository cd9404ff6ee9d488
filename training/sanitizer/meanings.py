"""What an encoded piece of a text means: escapes, percent-encoding, entities, other forms of characters."""

from __future__ import annotations

import unicodedata

from .engine import compile_rule
from .stand_ins import STAND_INS, SYMBOL

# A run of backslashes is always taken whole, so that a long run costs one step, not one a start.
_ENCODED = compile_rule(
    r"\\+(?:u001[bB]|x1[bB]|033|e)\[[0-9;?]{0,20}[A-Za-z]"
    r"|\\+(?:[\"'`/nrt]|u00[0-7][0-9a-fA-F]|x[2-7][0-9a-fA-F])?"
    r"|%(?:25)*(?:[2-7][0-9A-Fa-f]|0[AaDd9])"
    r"|&(?:quot|apos|amp|lt|gt|nbsp|equals|colon|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});"
    r"|\x1b\[[0-9;?]{0,20}[A-Za-z]"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
    r"|[\x80\x82-\xff]+"
)
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


def find_changes(plain):
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
    """A run in which characters vanish or change their number: each such has its own place, the others have
    one together."""
    changes, read = [], 0
    for i, character in enumerate(run):
        folded = _FOLDS[ord(character)]
        if len(folded) != 1:
            if i > read:
                changes.append((start + read, start + i, run[read:i].translate(_FOLDS), None))
            changes.append((start + i, start + i + 1, folded, start + i + 1))
            read = i + 1
    if read < len(run):
        changes.append((start + read, start + len(run), run[read:].translate(_FOLDS), None))
    return changes


def _decode(found):
    """What an encoded piece means: Latin-1 text, "" for nothing, None to leave it as it is."""
    first = found[0]
    if first == "\\":
        body = found.lstrip("\\")
        if not body:
            return None
        if "[" in body:
            # A terminal's colour, as JSON and programs write it.
            return ""
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
    return STAND_INS[ord(character)]


_INVISIBLE_LETTERS = "\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800"
_FANCY_QUOTES = dict.fromkeys("\u201c\u201d\u201e\u201f\xab\xbb\u300c\u300d\u2033", '"')
_FANCY_QUOTES.update(dict.fromkeys("\u2018\u2019\u201a\u201b\u2032", "'"))
_FANCY_QUOTES.update(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_FOLDS = _Folds()
