"""Several values under one name: `passwords = {"alice": "…", "bob": "…"}`, `tokens:` and a list below.

A name in the plural (or `credentials`) opens the group; what stands in it is judged by that name, unless its
own says that it is no secret. A group is read as far as its brackets or its indentation go.
"""

from __future__ import annotations

import re

from .acceptance import is_member
from .names import MEDIUM, STRONG
from .values import is_machine_made, is_password_like, is_path, is_strongly_password_like

_GROUP = re.compile(
    r"[\"']?\]?[ \t]{0,4}(?:=>|:=|[:=])[ \t]{0,4}(?:(?:new )?[\w<>, ]{0,30}\(?[\[{(]|\r?\n)"
)
_ITEM = re.compile(
    r"\s{0,40}(?:[\"']?([\w.@ -]{1,40}?)[\"']?\s{0,4}(?::|=>|=)\s{0,4})?"
    r"[bru@]?(?:\"([^\"\n]{3,200})\"|'([^'\n]{3,200})'|`([^`\n]{3,200})`|([^\s\"'`,;\[\]{}()]{3,200}))\s{0,40}([,;\n]?)"
)
_LINE_ITEM = re.compile(
    r"[ \t]{0,40}(?:- {1,4})?(?:[\"']?([\w.@-]{1,40})[\"']?:[ \t]{1,8}|(?<=- ))"
    r"(?:\"([^\"\n]{3,200})\"|'([^'\n]{3,200})'|([^\s\"'`,;\[\]{}()#][^\s\"'`,;\[\]{}()]{2,200}))"
    r"[ \t]{0,8}(?:#[^\n]*)?\r?(?=\n|$)"
)
# What an object called a secret has beside its value.
_OF_NO_VALUE = re.compile(
    r"(?:name|ref|path|file|source|target|url|uri|host|type|kind|id|version|region|user|email|label|description|mode"
    r"|driver|external|arn|created|created_at|updated|updated_at|hash|sha|digest|fingerprint|date|at"
    r"|login|account|client|tenant|project|bucket|endpoint|domain|realm|scope|environment|algorithm|alg|provider|zone"
    r"|profile|server|address|prefix|format|status|state|class|image|package|repository|registry|workspace|org|team"
    r"|channel|cluster|namespace|database|schema|role|issuer|audience|port)[0-9]{0,3}$",
    re.IGNORECASE,
)
_INDENT = re.compile(r"[ \t]*")
_MOST_IN_GROUP = 50


def is_group_name(name):
    """`passwords`, `api_keys`, `credentials`."""
    return name[-1:] in ("s", "S") and name[-4:].lower() != "pass"


def find_in_group(text, start, end, strength, kind, found):
    """Add the values of the group that the name at [start, end) opens, if it does."""
    opening = _GROUP.match(text, end)
    if opening is None:
        return
    if text[opening.end() - 1] == "\n":
        _on_lines(text, start, opening.end(), strength, kind, found)
    else:
        _in_brackets(text, opening.end(), strength, kind, found)


def _in_brackets(text, position, strength, kind, found):
    for _ in range(_MOST_IN_GROUP):
        item = _ITEM.match(text, position)
        if item is None or (item.lastindex and not item.group(6) and item.group(5)):
            return
        _add_item(text, item, (2, 3, 4, 5), strength, kind, found)
        position = item.end()
        if not item.group(6):
            return


def _on_lines(text, start, position, strength, kind, found):
    line_start = text.rfind("\n", max(0, start - 200), start) + 1
    indent = _INDENT.match(text, line_start).end() - line_start
    for _ in range(_MOST_IN_GROUP):
        item = _LINE_ITEM.match(text, position)
        if item is None:
            return
        deeper = _INDENT.match(text, position).end() - position
        if deeper < indent or (deeper == indent and not text.startswith("-", position + deeper)):
            return
        _add_item(text, item, (2, 3, 4), strength, kind, found)
        position = item.end() + 1
        if position >= len(text):
            return


def _add_item(text, item, groups, strength, kind, found):
    if item.group(1) and _OF_NO_VALUE.search(item.group(1)):
        return
    group = next(g for g in groups if item.start(g) >= 0)
    begin, stop = item.span(group)
    value = text[begin:stop]
    if "://" in value or is_path(value) or is_member(value):
        return
    if strength == STRONG and kind == "PASSWORD":
        is_one = is_password_like(value)
    elif strength >= MEDIUM and kind != "SECRET":
        is_one = is_machine_made(value)
    else:
        is_one = is_strongly_password_like(value)
    if is_one:
        found.append((kind, begin, stop))
