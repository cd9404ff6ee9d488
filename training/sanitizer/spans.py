"""Spans of a text, found by many detectors: merged, kept off placeholders, and replaced once."""

from __future__ import annotations

import re
from typing import NamedTuple


class Finding(NamedTuple):
    """What was taken out: its kind, and where it stood in the input. Never the value."""

    type: str
    start: int
    end: int


_PLACEHOLDER = re.compile(r"\[REDACTED:[A-Z][A-Z0-9_]{1,39}\]")
_WORTH_HIDING = re.compile(r"[^\W_]")


def placeholder(kind):
    """What stands in a sanitized text where a secret stood."""
    return "[REDACTED:" + kind + "]"


def placeholder_spans(text, kinds):
    """Where placeholders of known kinds stand already. Others are text like any text: a secret in
    brackets does not become safe by looking like a placeholder."""
    if "[REDACTED:" not in text:
        return []
    return [match.span() for match in _PLACEHOLDER.finditer(text) if match.group()[10:-1] in kinds]


def merge(spans):
    """Disjoint findings in order. Of overlapping ones the union is kept, under the kind of the one
    that starts first (the longest of those)."""
    merged = []
    for kind, start, end in sorted(spans, key=lambda span: (span[1], -span[2])):
        if merged and start < merged[-1][2]:
            if end > merged[-1][2]:
                merged[-1] = Finding(merged[-1][0], merged[-1][1], end)
        else:
            merged.append(Finding(kind, start, end))
    return merged


def keep_off(findings, protected, text):
    """The findings without what is a placeholder already; pieces of punctuation alone are left."""
    if not protected:
        return findings
    kept = []
    index = 0
    for kind, start, end in findings:
        while index < len(protected) and protected[index][1] <= start:
            index += 1
        position = start
        ahead = index
        while ahead < len(protected) and protected[ahead][0] < end:
            _keep_piece(kept, kind, position, protected[ahead][0], text)
            position = max(position, protected[ahead][1])
            ahead += 1
        if position == start:
            kept.append(Finding(kind, start, end))
        else:
            _keep_piece(kept, kind, position, end, text)
    return kept


def _keep_piece(kept, kind, start, end, text):
    if start < end and _WORTH_HIDING.search(text, start, end):
        kept.append(Finding(kind, start, end))


def add_from_sanitized(findings, more):
    """`findings` of a text with `more`, found in what `replace` made of it, at the text's offsets."""
    added = list(findings)
    shift = 0
    index = 0
    for kind, start, end in more:
        # Nothing in `more` overlaps a placeholder, so all of it moves by the same distance.
        while index < len(findings) and findings[index].start + shift < start:
            shift += len(placeholder(findings[index].type))
            shift -= findings[index].end - findings[index].start
            index += 1
        added.append(Finding(kind, start - shift, end - shift))
    return merge(added)


def replace(text, findings):
    """The text with each finding's span replaced by its placeholder."""
    pieces = []
    position = 0
    for kind, start, end in findings:
        pieces.append(text[position:start])
        pieces.append(placeholder(kind))
        position = end
    pieces.append(text[position:])
    return "".join(pieces)
