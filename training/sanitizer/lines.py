"""Secrets in lines of a fixed shape, from the `lines` of `rules.json`: one group is the secret."""

from __future__ import annotations

from .engine import compile_rule
from .rules import RULES
from .values import is_placeholder

_LINE_RULES = [
    (
        _rule["needs"].split(" ") if _rule["needs"].strip() else [_rule["needs"]],
        compile_rule(_rule["pattern"]),
        _rule["kind"],
    )
    for _rule in RULES["lines"]
]


def find_on_lines(view, found, clock):
    """Add the secret of each line that has one of the shapes."""
    lowered = view.lowered
    for needs, pattern, kind in _LINE_RULES:
        if not any(need in lowered for need in needs):
            continue
        for match in pattern.finditer(view.subject):
            clock.check()
            start, end = match.span(1)
            if not is_placeholder(view.text[start:end]):
                found.append((kind, start, end))
