"""Secrets in lines of a fixed shape, from the `lines` of `rules.json`: one group is the secret.

A rule runs only over a text that has one of its `needs`, in whatever case: one pass looks for all of
them. What a `sure` rule finds is a secret even if it looks like a template; what one with a `check`
finds must look like a password, surely like one, random, or like a machine's. `{L}` is a line's
beginning, also behind a diff's mark, a line's number or the quote that opens a text; `{N}` is a
line's end and the next one's beginning, `{VENDOR}` a vendor's name.
"""

from __future__ import annotations

import re

from .acceptance import is_member
from .engine import compile_any, compile_rule
from .rules import RULES
from .tries import one_of
from .values import (
    is_machine_made,
    is_password_like,
    is_placeholder,
    is_random_enough,
    is_strongly_password_like,
)

# `stderr=subprocess.STDOUT,`
_ARGUMENT = re.compile(r"[a-z_]{2,30}=[A-Za-z_][A-Za-z_.]{2,60}[,)]?$")
# An arrow between a line's number and its text is no ASCII: views have a stand-in for it.
_LINE_NUMBER = r"(?:[0-9]{1,6}[\xa4:\t|-]+[ \t]*)?"
_LINE_MACROS = {
    "{L}": r"(?m:^|[\"'])[+>| \t-]*" + _LINE_NUMBER + r"[+>|-]?[ \t]*",
    "{VENDOR}": one_of(RULES["words"]["vendors"].split()),
    "{N}": r"[ \t\r]*\n[+>| \t-]*" + _LINE_NUMBER + r"[+>|-]?[ \t]*",
}
_LINE_CHECKS = {
    "password": is_password_like,
    "strong": is_strongly_password_like,
    "random": is_random_enough,
    "machine": is_machine_made,
}


def _line_pattern(pattern):
    for macro, meaning in _LINE_MACROS.items():
        pattern = pattern.replace(macro, meaning)
    return compile_rule(pattern)


_LINE_RULES = [
    (
        _line_pattern(_rule["pattern"]),
        _rule["kind"],
        bool(_rule.get("sure")),
        _LINE_CHECKS.get(_rule.get("check")),
    )
    for _rule in RULES["lines"]
]
# Needs that many texts have. Rules with one of them are first looked for all at once.
_FREQUENT = frozenset(
    ("sec", " *", " >", " ? ", " 0.", "${", ">{", "---", "===", "/p", "p:", "== '", '== "', "phrase", "private_key",
     "auth", "auth:", "auth =", 'auth"', "token ", "token\n", "token(", "key:", "key\n", "key()", "secret\n", "secret(",
     "bearer ", "bearer'", '"bearer"', "pwd", "pwd =", "pwd\n", "pass", "pass ", "password =", "password(",
     "password\n", "word(", "encrypt", "encrypt(", "link", "login", "specific", "user ", "root", "admin", "send",
     " code", "<code", "<span", "output ", "random", " as the ", " as a ", ") || ", ") or ")
)  # fmt: skip
_OFTEN = [
    index for index, _rule in enumerate(RULES["lines"]) if not _FREQUENT.isdisjoint(_rule["needs"])
]
_FEW_NEEDS = 4
_may_hold_often = compile_any([_LINE_RULES[_index][0] for _index in _OFTEN])
_NEEDS = sorted(
    {
        _need
        for _index, _rule in enumerate(RULES["lines"])
        if _index not in _OFTEN
        for _need in _rule["needs"]
    },
    key=len,
)
_NEEDED = compile_rule("|".join(re.escape(need) for need in reversed(_NEEDS)), ignore_case=True)
# The longest is found; the rules of those within it are meant too.
_RULES_BY_NEED = {
    _literal: [
        index
        for index, _rule in enumerate(RULES["lines"])
        if any(_need in _literal for _need in _rule["needs"])
    ]
    for _literal in _NEEDS
}


def find_on_lines(view, found, clock):
    """Add the secret of each line that has one of the shapes."""
    text = view.text
    lowered = view.lowered
    wanted = set()
    if _may_hold_often(view.subject):
        wanted.update(index for index in _OFTEN if _is_wanted(index, view))
    match = _NEEDED.search(view.subject)
    while match is not None:
        start, end = match.span()
        wanted.update(_RULES_BY_NEED[lowered[start:end]])
        # One may begin within another.
        match = _NEEDED.search(view.subject, start + 1)
    for index in sorted(wanted):
        pattern, kind, sure, check = _LINE_RULES[index]
        for match in pattern.finditer(view.subject):
            clock.check()
            start, end = match.span(1)
            value = text[start:end]
            if _ARGUMENT.match(value):
                continue
            if check(value) if check else sure or not (is_placeholder(value) or is_member(value)):
                found.append((kind, start, end))


def _is_wanted(index, view):
    """Whether a rule has one of its needs; many of them are asked for only where it matches."""
    needs = RULES["lines"][index]["needs"]
    if len(needs) > _FEW_NEEDS and _LINE_RULES[index][0].search(view.subject) is None:
        return False
    lowered = view.lowered
    return any(need in lowered for need in needs)
