"""Secrets in lines of a fixed shape, from the `lines` of `rules.json`: one group is the secret.

A rule runs only over a text that has one of its `needs`, in whatever case: one pass looks for all of
them. What a `sure` rule finds is a secret even if it looks like a template.
"""

from __future__ import annotations

import re

from .engine import compile_rule
from .rules import RULES
from .values import is_placeholder

_LINE_RULES = [
    (compile_rule(_rule["pattern"]), _rule["kind"], bool(_rule.get("sure")))
    for _rule in RULES["lines"]
]
_NEEDS = sorted({_need for _rule in RULES["lines"] for _need in _rule["needs"]}, key=len)
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
    wanted = set()
    for match in _NEEDED.finditer(view.subject):
        wanted.update(_RULES_BY_NEED[text[match.start() : match.end()].lower()])
    for index in sorted(wanted):
        pattern, kind, sure = _LINE_RULES[index]
        for match in pattern.finditer(view.subject):
            clock.check()
            start, end = match.span(1)
            if sure or not is_placeholder(text[start:end]):
                found.append((kind, start, end))
