"""Secrets on command lines and in the arguments of calls, where no name stands beside them.

`rules.json` names the commands and says where in each the secret stands. In its patterns `{V}` is a
value, quoted or bare; `{U}` a `user:password`, of which the password is the secret; `{T}` a value
that must follow without a blank; `{R}` a random one; `{Q}` a quoted one; `{W}` and `{A}` a password
up to a blank or an `@`; `{X}` a value inside quotes; `{K}` a random user without a password.
A `case` command is found as it is written only; a line must hold one of its `needs`; where a call is
`sure` to take a secret, any value there is one. A call may say by `at` which of its arguments is the
secret, counted from 1, the last being -1; `after` a mark in it, when a user's name comes first.
"""

from __future__ import annotations

import re

from .arguments import find_argument
from .engine import compile_rule
from .rules import RULES
from .values import is_name, is_password_like, is_path, is_placeholder, is_random_enough

_MACROS = {
    "{V}": r"(?:\\*\"(?P<v0>[^\"\n\\]+)\\*\"?|'(?P<v1>[^'\n]+)'?|(?P<v2>[^\s\"'`|;&<>)]+))",
    "{U}": r"[\"']?[^\s:\"'/]{0,100}:(?P<v3>[^\s\"'`\\]+)[\"']?",
    "{T}": r"(?:\"(?P<v4>[^\"\n]+)\"|'(?P<v5>[^'\n]+)'|(?P<v6>[^\s\"'`|;&<>)]+))",
    "{R}": r"[\"']?(?P<v7>[^\s\"'`|;&<>)]{8,})",
    "{Q}": r"(?:\"(?P<v8>[^\"\n]+)\"|'(?P<v9>[^'\n]+)')",
    "{W}": r"(?P<v10>[^\s@\"'/]{3,100})(?=@|[\s\"']|$)",
    "{A}": r"(?P<v11>[^\s@\"']{3,100})@",
    "{K}": r"[\"']?(?P<v13>[^\s:\"'/@]{8,}):(?=[\"'\s]|$)",
    "{X}": r"(?P<v12>[^\"\n\\]{3,100})",
}
_LINE_REST = re.compile(r"[^\n\\]*(?:\\[\s\S][^\n\\]*)*")
_ALGORITHM = re.compile(
    r"(?:utf|sha|md|aes|iso|latin|base|hmac|hs|rs|es|des|rc|tls|pkcs)[-_]?[0-9]{1,5}(?:[-_/][a-z0-9]+)*$",
    re.IGNORECASE,
)
_MAX_LINE = 2500
_RANDOM_ONLY = frozenset(("v7", "v13"))
# Directly behind its flag no path stands.
_TIGHT = frozenset(("v4", "v5", "v6"))


def _expand(pattern):
    """The compiled pattern, and whether it is to match right behind the command."""
    for macro, meaning in _MACROS.items():
        pattern = pattern.replace(macro, meaning, 1)
    return re.compile(pattern.lstrip("^")), pattern.startswith("^")


_BY_HEAD = {}
_COMMANDS, _CALLS = set(), set()
for _command in RULES["commands"]:
    _compiled = [_expand(_arg) for _arg in _command.get("args", ())]
    for _head in _command["heads"].split():
        _BY_HEAD.setdefault(_head.lower(), []).append((_compiled, _head, _command))
        (_CALLS if _command.get("calls") else _COMMANDS).add(_head)


def _any_of(heads):
    return "(?:" + "|".join(re.escape(head) for head in sorted(heads, key=len, reverse=True)) + ")"


# What follows tells a command and a call from the same letters elsewhere.
_HEADS = compile_rule(
    r"(?:^|[^0-9A-Za-z_])(?:("
    + _any_of(_COMMANDS)
    + r")(?:\.exe|\.cmd)?[ \t]|("
    + _any_of(_CALLS)
    + r")\s{0,3}[=:]?\s{0,3}\()",
    ignore_case=True,
)


def find_command_secrets(view, found, clock):
    """Add the secrets that stand at known places of known commands and calls."""
    text = view.text
    done = {}
    for match in _HEADS.finditer(view.subject):
        clock.check()
        start, end = match.span(1)
        if start < 0:
            start, end = match.span(2)
            head = text[start:end]
            for patterns, _name, command in _BY_HEAD[head.lower()]:
                if "at" in command:
                    _at_argument(text, match.end() - 1, command, found)
                elif command.get("calls"):
                    _in_call(text, end, patterns, command.get("sure"), found)
            continue
        head = text[start:end]
        if start < done.get(head.lower(), 0):
            continue
        begin = match.end() - 1
        line_end = _LINE_REST.match(text, begin, begin + _MAX_LINE).end()
        done[head.lower()] = line_end
        for patterns, name, command in _BY_HEAD[head.lower()]:
            if command.get("calls") or (command.get("case") and head != name):
                continue
            if _needs_none_of(command, text[begin:line_end]):
                continue
            _on_line(text, begin, line_end, patterns, found)


def _needs_none_of(command, line):
    return "needs" in command and not any(word in line for word in command["needs"].split())


def _on_line(text, start, stop, patterns, found):
    for pattern, at_start in patterns:
        for match in pattern.finditer(text, start, stop):
            if at_start and match.start() > start:
                break
            name = match.lastgroup
            value = match.group(name)
            if name in _RANDOM_ONLY and not is_random_enough(value):
                continue
            if name == "v10" and not is_password_like(value):
                continue
            if _may_be_secret(value, name in _TIGHT):
                found.append(("PASSWORD", match.start(name), match.start(name) + len(value)))


def _in_call(text, end, patterns, sure, found):
    for pattern, _ in patterns:
        match = pattern.match(text, end, end + 600)
        if match is None:
            continue
        name = match.lastgroup
        value = match.group(name)
        if _is_argument(value, sure):
            found.append(("PASSWORD", match.start(name), match.end(name)))


def _at_argument(text, opening, command, found):
    literal = find_argument(text, opening, command["at"])
    if literal is None:
        return
    begin, stop = literal
    if "after" in command:
        mark = text.find(command["after"], begin, stop)
        if mark < 0:
            return
        begin = mark + 1
    if _is_argument(text[begin:stop], command.get("sure")):
        found.append(("PASSWORD", begin, stop))


def _is_argument(value, sure):
    if "://" in value or is_path(value) or is_placeholder(value) or _ALGORITHM.match(value):
        return False
    return is_password_like(value) or bool(sure and len(value) >= 4 and " " not in value)


def _may_be_secret(value, tight):
    if is_placeholder(value) or len(value) < 3 or value.startswith("-"):
        return False
    if is_path(value) and not (tight and value[0] not in "./~\\"):
        return False
    return not value.isupper() or not is_name(value) or is_password_like(value)
