"""Several names given their values in one statement: `user, password = "bob", "…"`."""

from __future__ import annotations

import re

# `user, password = "bob", "…"`: names before and after it, then as many values before its own.
_NAMES_BEFORE = re.compile(
    r"[ \t]*(?:(?:const|let|var|my|local)[ \t]+)?[(\[]?((?:[\w.$@]{1,40},[ \t]?){1,5})$"
)
_FIRST_OF_NAMES = re.compile(r"[ \t]*(?:(?:const|let|var|my|local)[ \t]+)?[(\[]?$")
_NAMES_AFTER = re.compile(r"(?:,[ \t]?[\w.$@]{1,40}){0,5}[)\]]?[ \t]{0,4}:?=[ \t]{0,4}[(\[]?")
_OTHER_VALUE = re.compile(
    r"[ \t]{0,4}(?:[\"'][^\"'\n]{0,80}[\"']|[\w.]{1,40})[ \t]{0,4},[ \t]{0,4}"
)


def find_unpacked(text, end, head, sign, after):
    """Where the value of the name that ends at `end` begins, or None."""
    if sign == ",":
        names = _NAMES_AFTER.match(text, end)
        if names is None or names.end() == end:
            return None
        after = names.end()
        while text[after : after + 1] in (" ", "\t"):
            after += 1
    elif not head.endswith((",", ", ")) or (sign == "=" and text[end : end + 1] == "="):
        # `connect(host, password=None, …)` gives an argument by its name.
        return None
    before = _NAMES_BEFORE.match(head)
    if before is None and (sign != "," or not _FIRST_OF_NAMES.match(head)):
        return None
    if text[after : after + 1] in ("[", "("):
        after += 1
    for _ in range(before.group(1).count(",") if before else 0):
        other = _OTHER_VALUE.match(text, after)
        if other is None:
            return None
        after = other.end()
    return after
