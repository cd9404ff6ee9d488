"""The regular-expression engine on the server: google-re2, linear in time by construction.

`engine_stdlib.py` is its twin for places where only the standard library may be used. Both offer
`compile_rule`, `compile_any` and `compile_names`, and give equal results for every pattern that this package holds:
patterns and subjects are Latin-1, character classes and case folding are ASCII, and nothing is used
that RE2 refuses (look-around, back-references).
"""

from __future__ import annotations

import re

import re2

_UNANCHORED = re2._Anchor.UNANCHORED


class Found:
    """One match: where it and its groups stand."""

    __slots__ = ("_spans",)

    def __init__(self, spans):
        self._spans = spans

    def start(self, group=0):
        return self._spans[group][0]

    def end(self, group=0):
        return self._spans[group][1]

    def span(self, group=0):
        return self._spans[group]


class Rule:
    """A compiled rule. It asks the binding itself, since the wrapper's steps around a search cost
    several times the search."""

    __slots__ = ("_match", "pattern")

    def __init__(self, pattern, options):
        compiled = re2.compile(pattern.encode("latin-1"), options)
        self.pattern = pattern
        self._match = compiled._regexp.Match

    def finditer(self, subject, position=0):
        """Each match from `position` on. No rule of this package matches the empty text."""
        match, end = self._match, len(subject)
        while True:
            spans = match(_UNANCHORED, subject, position, end)
            position = spans[0][1]
            if position < 0:
                return
            yield Found(spans)

    def search(self, subject, position=0):
        """The first match from `position` on, or None."""
        spans = self._match(_UNANCHORED, subject, position, len(subject))
        return None if spans[0][0] < 0 else Found(spans)

    def spans(self, subject):
        """[(start, end), ...] of all matches."""
        match, end = self._match, len(subject)
        found, position = [], 0
        while True:
            span = match(_UNANCHORED, subject, position, end)[0]
            position = span[1]
            if position < 0:
                return found
            found.append(span)


def compile_rule(pattern, ignore_case=False):
    """Compile `pattern` (Latin-1 text); raises `re2.error` when RE2 refuses it."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.case_sensitive = not ignore_case
    # For the automaton's states. When they do not fit, RE2 says so on standard error and goes on with a slower engine.
    options.max_mem = 64 << 20
    options.never_capture = "(" not in pattern.replace("(?", "").replace("\\(", "")
    return Rule(pattern, options)


_MOST_COUNTED = 3
_REPEAT = re.compile(r"(?<!\\)\{([0-9]+)(?:,[0-9]*)?\}")


def compile_any(rules):
    """A function from a subject to whether one of `rules` may match in it: False is sure.

    One expression for all, in which counted repeats are endless ones: counting is what makes an
    automaton large.
    """
    widened = (_REPEAT.sub(_endless, rule.pattern) for rule in rules)
    search = compile_rule("|".join("(?:" + pattern + ")" for pattern in widened)).search
    return lambda subject: search(subject) is not None


def _endless(count):
    least = min(int(count.group(1)), _MOST_COUNTED)
    return "{" + str(least) + ",}"


def compile_names(stems):
    """A function from a subject to the spans of all identifiers that hold one of `stems`.

    An identifier is letters, digits, `_` and marks of foreign words, with single `-`, `.` or `$`
    inside. One expression reads it whole, which only an automaton can do in linear time.
    """
    word = "[0-9A-Za-z_\x80\x83]"
    return compile_rule(
        f"(?:{word}+[-.$])*{word}*(?:{stems}){word}*(?:[-.$]{word}+)*", ignore_case=True
    ).spans


def make_subject(text):
    """What a compiled rule searches: one byte a character, so that offsets stay the text's."""
    return text.encode("latin-1")
