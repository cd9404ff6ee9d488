"""What stands in a view for a character beyond ASCII. All stand-ins but blanks are outside ASCII themselves,
so that none is part of a token or an identifier."""

from __future__ import annotations

import unicodedata

from .foreign import MARKED

LETTER = "\xff"
SYMBOL = "\xa4"
# Not to be forged: a control character like it in a text has a stand-in itself.
HIDDEN = "\x81"


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
    if character in MARKED:
        return MARKED[character]
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if category in ("Zl", "Zp") or character == "\x85":
        return "\n"
    return LETTER if category[0] in "LMN" else SYMBOL


STAND_INS = _StandIns({code: chr(code) for code in range(128)})
