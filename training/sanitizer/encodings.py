"""Secrets one level deep in base64: the run is decoded, and goes whole when it holds a secret."""

from __future__ import annotations

import re

from .engine import compile_rule
from .structure import decode_base64

_RUN_START = compile_rule(r"[A-Za-z0-9+/_-]{20}")
_RUN = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")
_SECRET_MANIFEST = re.compile(r"\bkind[\"']?:\s{0,4}[\"']?Secret\b")
_DATA_LINE = re.compile(
    r"^[ \t]{1,8}[\"']?[\w.-]{1,100}[\"']?:[ \t]{0,4}[\"']?([A-Za-z0-9+/]{4,}={0,2})[\"']?,?[ \t]*$",
    re.MULTILINE,
)
_DATA = re.compile(r"^[ \t]{0,4}[\"']?data[\"']?:", re.MULTILINE)
# Encoded text is judged by its beginning; a longer run is an image or an archive, or is decoded whole
# only when its beginning reads as text.
_MAX_RUN = 200_000


def find_encoded(view, found, clock, scan):
    """Add each base64 run whose meaning holds a secret; `scan(text)` gives the spans in a text."""
    text = view.text
    position = 0
    while True:
        match = _RUN_START.search(view.subject, position)
        if match is None:
            return
        clock.check()
        start = match.start()
        end = _RUN.match(text, start, start + _MAX_RUN).end()
        position = max(end, start + 20)
        meaning = _readable(text, start, end)
        if meaning is not None and scan(meaning):
            found.append(("ENCODED_SECRET", start, end))


def _readable(text, start, end):
    """What the run says, if it is text; a leading `word=` or path piece is no part of it."""
    run = text[start:end]
    if end - start < 20:
        return None
    head = decode_base64(run[:20])
    if head is None or not _is_text(head):
        return None
    decoded = decode_base64(run)
    if decoded is None:
        return None
    return decoded.decode("latin-1").translate(_VISIBLE)


_VISIBLE = dict.fromkeys([*list(range(128, 256)), 0], " ")


def _is_text(data):
    return all(32 <= byte < 127 or byte in (9, 10, 13) for byte in data) and len(data) >= 8


def find_secret_manifest(view, found, clock):
    """Add the values under `data:` of a Kubernetes Secret, whatever their names."""
    text = view.text
    if "Secret" not in text or not _SECRET_MANIFEST.search(text):
        return
    clock.check()
    for block in _DATA.finditer(text):
        stop = re.compile(r"^(?:\S|---)", re.MULTILINE).search(
            text, text.find("\n", block.end()) + 1 or block.end()
        )
        end = stop.start() if stop and "\n" in text[block.end() :] else len(text)
        for line in _DATA_LINE.finditer(text, block.end(), end):
            found.append(("SECRET", line.start(1), line.end(1)))
