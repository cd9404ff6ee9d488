"""The regular-expression engine where only the standard library may be used: the hook client.

The twin of `engine.py`, which see. Rules are written so that backtracking stays bounded.
"""

from __future__ import annotations

import re


class Rule:
    """A compiled rule: the pattern object, and the spans of all its matches."""

    __slots__ = ("finditer", "pattern", "search")

    def __init__(self, compiled):
        self.pattern = compiled.pattern
        self.finditer = compiled.finditer
        self.search = compiled.search

    def spans(self, subject):
        """[(start, end), ...] of all matches."""
        return [match.span() for match in self.finditer(subject)]


def compile_any(rules):
    """A function from a subject to True: each rule by itself is quicker here than all of them as one."""
    return lambda subject: True


def compile_rule(pattern, ignore_case=False):
    """Compile `pattern` (Latin-1 text) with ASCII classes; raises `re.error`."""
    return Rule(re.compile(pattern, re.ASCII | (re.IGNORECASE if ignore_case else 0)))


def compile_names(stems):
    """A function from a subject to the spans of all identifiers that hold one of `stems`.

    A stem is found first and widened after, since reading identifiers in one expression would
    make a backtracking engine try every part of each as its stem.
    """
    stem = re.compile("(?:" + stems + ")", re.ASCII | re.IGNORECASE)
    before = re.compile("[0-9A-Za-z_\x80\x83]*(?:[-.$][0-9A-Za-z_\x80\x83]+)*")

    def spans(subject):
        found, done = [], 0
        reversed_subject = subject[::-1]
        size = len(subject)
        for match in stem.finditer(subject):
            if match.start() < done:
                continue
            start = size - before.match(reversed_subject, size - match.start(), size - done).end()
            done = before.match(subject, match.end()).end()
            found.append((start, done))
        return found

    return spans


def make_subject(text):
    """What a compiled rule searches."""
    return text
