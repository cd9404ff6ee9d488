"""Secrets one level deep in base64: the run is decoded, and goes whole when it holds a secret."""

from __future__ import annotations

import re

from .engine import compile_rule
from .structure import decode_base64
from .values import is_placeholder

# A run of base64 whose first characters stand for printable ASCII, tabs, line ends or, in every
# second place, the zeros of UTF-16.
_RUN = compile_rule("(?:[ACDI-Za-f][A-Za-z0-9+/_-]{3}){4}[A-Za-z0-9+/_-]{4}[A-Za-z0-9+/_-]*={0,2}")
_RUN_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-")
_SECRET_MANIFEST = re.compile(r"\bkind[\"']?:\s{0,4}[\"']?Secret\b")
# What may stand before a line: a diff's mark, a line's number.
_LINE_HEAD_MARKS = r"^[+-]?(?:[ \t]{0,8}[0-9]{1,6}[\xa4:|\t-]{1,2})?[+-]?"
_DATA_LINE = re.compile(
    _LINE_HEAD_MARKS
    + r"[ \t]{1,8}[\"']?[\w.-]{1,100}[\"']?:[ \t]{0,4}([\"']?)([^\s\"'\\]{4,8192})\1[\"'}\]]*,?[ \t\r]*$",
    re.MULTILINE,
)
_DATA = re.compile(
    _LINE_HEAD_MARKS + r"[ \t]{0,4}[\"']?(data|stringData)[\"']?:[ \t\r]*$", re.MULTILINE
)
_INDENTED = re.compile(_LINE_HEAD_MARKS + r"[ \t]+\S", re.MULTILINE)
_BASE64_VALUE = re.compile(r"[A-Za-z0-9+/]{4,}={0,2}$")
_DATA_OBJECT = re.compile(r"[\"']data[\"']\s{0,4}:\s{0,4}\{([^{}]{1,20000})\}")
_DATA_PAIR = re.compile(
    r"[\"'][\w.-]{1,100}[\"']\s{0,4}:\s{0,4}[\"']([A-Za-z0-9+/]{4,}={0,2})[\"']"
)
_PRIVATE_MEMBER = re.compile(
    r"(?<![A-Za-z0-9_])[\"']?(?:d|p|q|dp|dq|qi|k)[\"']?\s{0,4}[:=]\s{0,4}[\"']([A-Za-z0-9_-]{16,})"
)
_MAX_JWK = 6000
# Encoded text is judged by its beginning; a longer run is an image or an archive, or is decoded whole
# only when its beginning reads as text.
_MAX_RUN = 200_000


def find_encoded(view, found, clock, scan):
    """Add each base64 run whose meaning holds a secret; `scan(text)` gives the spans in a text."""
    text = view.text
    for start, end in _RUN.spans(view.subject):
        if start and text[start - 1] in _RUN_CHARACTERS:
            continue
        clock.check()
        end = min(end, start + _MAX_RUN)
        meaning = _readable(text[start:end])
        if meaning is not None and scan(meaning):
            found.append(("ENCODED_SECRET", start, end))


def _readable(run):
    """What the run says, if it is text, also as UTF-16."""
    head = decode_base64(run[:20])
    if head is None:
        return None
    wide = not any(head[1::2])
    if not _is_text(head[::2] if wide else head):
        return None
    decoded = decode_base64(run)
    if decoded is None:
        return None
    return (decoded[::2] if wide else decoded).decode("latin-1").translate(_VISIBLE)


_VISIBLE = dict.fromkeys([*list(range(128, 256)), 0], " ")


def _is_text(data):
    return all(32 <= byte < 127 or byte in (9, 10, 13) for byte in data) and len(data) >= 7


def find_secret_manifest(view, found, clock):
    """Add the values under `data:` of a Kubernetes Secret, whatever their names."""
    text = view.text
    if "kind" not in text or "Secret" not in text or not _SECRET_MANIFEST.search(text):
        return
    clock.check()
    for block in _DATA.finditer(text):
        position = text.find("\n", block.end()) + 1
        while position and _INDENTED.match(text, position):
            line = _DATA_LINE.match(text, position)
            if line and _is_kept_in_manifest(line.group(2), block.group(1)):
                found.append(("SECRET", line.start(2), line.end(2)))
            position = text.find("\n", position) + 1
    for block in _DATA_OBJECT.finditer(text):
        for pair in _DATA_PAIR.finditer(text, block.start(1), block.end(1)):
            found.append(("SECRET", pair.start(1), pair.end(1)))


def _is_kept_in_manifest(value, block):
    if block == "data":
        return bool(_BASE64_VALUE.match(value))
    return not is_placeholder(value)


def find_private_jwk(view, found, clock):
    """Add the private members of JSON Web Keys (RFC 7518, 6.2.2, 6.3.2 and 6.4.1). Public ones stay."""
    text = view.text
    position = text.find("kty")
    while position >= 0:
        clock.check()
        start = text.rfind("{", max(0, position - _MAX_JWK), position) + 1
        end = text.find("}", position, position + _MAX_JWK)
        end = min(len(text), position + _MAX_JWK) if end < 0 else end
        if start:
            for member in _PRIVATE_MEMBER.finditer(text, start, end):
                found.append(("PRIVATE_KEY", member.start(1), member.end(1)))
        position = text.find("kty", max(end, position + 3))
