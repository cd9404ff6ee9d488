"""Secrets on command lines and in the arguments of calls, where no name stands beside them.

`rules.json` names the commands and says where in each the secret stands. In its patterns `{V}` is a
value, quoted or bare; `{U}` a `user:password`, of which the password is the secret; `{T}` a value
that must follow without a blank; `{R}` a random one; `{Q}` a quoted one; `{W}` and `{A}` a password
up to a blank or an `@`; `{X}` a value inside quotes.
"""

from __future__ import annotations

import re

from .engine import compile_rule
from .rules import RULES
from .values import is_name, is_password_like, is_path, is_placeholder, is_random_enough

_MACROS = {
    "{V}": r"(?:\\*\"(?P<v0>[^\"\n\\]+)\\*\"?|'(?P<v1>[^'\n]+)'?|(?P<v2>[^\s\"'`|;&<>)]+))",
    "{U}": r"[\"']?[^\s:\"'/@]{0,100}:(?P<v3>[^\s\"'`\\]+)[\"']?",
    "{T}": r"(?:\"(?P<v4>[^\"\n]+)\"|'(?P<v5>[^'\n]+)'|(?P<v6>[^\s\"'`|;&<>)]+))",
    "{R}": r"[\"']?(?P<v7>[^\s\"'`|;&<>)]{8,})",
    "{Q}": r"(?:\"(?P<v8>[^\"\n]+)\"|'(?P<v9>[^'\n]+)')",
    "{W}": r"(?P<v10>[^\s@\"'/]{3,100})(?=@|[\s\"']|$)",
    "{A}": r"(?P<v11>[^\s@\"']{3,100})@",
    "{X}": r"(?P<v12>[^\"\n\\]{3,100})",
}
_TIGHT_FLAG = re.compile(r"\\s-p\{T\}")
_LINE_REST = re.compile(r"(?:[^\n\\]|\\\n|\\.)*")
_MAX_LINE = 2500


def _expand(pattern):
    for macro, meaning in _MACROS.items():
        pattern = pattern.replace(macro, meaning, 1)
    return re.compile(pattern)


_BY_HEAD = {}
for _command in RULES["commands"]:
    _compiled = [_expand(_arg) for _arg in _command["args"]]
    for _head in _command["heads"].split():
        _BY_HEAD.setdefault(_head.lower(), []).append((_compiled, bool(_command.get("calls"))))
_HEADS = compile_rule(
    "|".join(
        # A word of its own: no letter, digit or `_` beside it.
        (r"\b" if _head[0].isalnum() else "")
        + re.escape(_head)
        + (r"\b" if _head[-1].isalnum() else "")
        for _head in sorted(_BY_HEAD, key=len, reverse=True)
    ),
    ignore_case=True,
)
_WORD_CHARS = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")


def find_command_secrets(view, found, clock):
    """Add the secrets that stand at known places of known commands and calls."""
    text = view.text
    done = {}
    for match in _HEADS.finditer(view.subject):
        start, end = match.span()
        if (start and text[start - 1] in _WORD_CHARS) or (
            end < len(text) and text[end] in _WORD_CHARS
        ):
            continue
        clock.check()
        head = text[start:end].lower()
        if start < done.get(head, 0):
            continue
        for patterns, is_call in _BY_HEAD[head]:
            if is_call:
                _in_call(text, end, patterns, found)
            else:
                line_end = _LINE_REST.match(text, end, end + _MAX_LINE).end()
                done[head] = line_end
                _on_line(text, end, line_end, patterns, found)


def _on_line(text, start, stop, patterns, found):
    if text[start : start + 1] in ("", "\n", "(", "=", ",", "."):
        return
    for pattern in patterns:
        for match in pattern.finditer(text, start, stop):
            name = match.lastgroup
            value = match.group(name)
            if name == "v7" and not is_random_enough(value):
                continue
            if _may_be_secret(value) and not (name == "v10" and not is_password_like(value)):
                found.append(("PASSWORD", match.start(name), match.start(name) + len(value)))


def _in_call(text, end, patterns, found):
    for pattern in patterns:
        match = pattern.match(text, end, end + 600)
        if match is None:
            continue
        name = match.lastgroup
        value = match.group(name)
        if is_password_like(value) and not is_path(value):
            found.append(("PASSWORD", match.start(name), match.end(name)))


def _may_be_secret(value):
    if is_placeholder(value) or len(value) < 3 or value.startswith("-"):
        return False
    return not is_path(value) and (not is_name(value) or value.islower() or is_password_like(value))
