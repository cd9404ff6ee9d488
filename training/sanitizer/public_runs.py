"""Runs of letters and digits that look like tokens and are public: hashes, digests, lines of a certificate,
identifiers of programs, ids of objects."""

from __future__ import annotations

import re

from .randomness import is_random_run, is_word

_SNAKE_PARTS = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{2,}(?![0-9A-Za-z])|[_-]")
_CAMEL_WORDS = re.compile(r"[A-Z]?[a-z]{3,}")
_LOWER_IDENTIFIER = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+){2,}$")
_DATA_BEFORE = re.compile("[0-9A-Za-z+/]{48}$")
_DATA_AFTER = re.compile("[+/][0-9A-Za-z+/]{47}")
_HEX_RUN = re.compile("[0-9a-f]+$")
# As git and digests write them, whole.
_WHOLE_HASH = re.compile(r"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})(?![0-9A-Za-z])")
_DIGEST_NAME = re.compile("[sS][hH][aA]|[mM][dD]5")
_DIGEST_BEFORE = re.compile(r"(?:sha(?:1|224|256|384|512)|md5)[=:-][\w+/=-]{0,100}$", re.IGNORECASE)
# A name of C++ as its compilers write it.
_MANGLED = re.compile(r"(?<![0-9A-Za-z])_{1,3}Z[0-9A-Za-z_]{0,200}$")
# In the middle of something encoded: a certificate, an image.
_IN_LONG_RUN = re.compile(r"[0-9A-Za-z+/]{100}$")
_TEXT_RECORD = re.compile(r"\bTXT\s{1,9}\(?\s{0,9}\"[^\"\n]{0,60}$")
_ID_BEFORE = re.compile(r"(?:[_-]id|[a-z]Id|[a-z]ID|[\"'\s]id|Id)[\"']?\s{0,3}[:=]\s{0,3}[\"']?$")
_SECRET_ID = re.compile(
    r"(?:secret|key|token|auth)[_-]?(?:id|Id|ID)[\"']?\s{0,3}[:=]\s{0,3}[\"']?$"
)
_FULL_LINE = re.compile(r"[ \t>\"'+-]{0,12}([0-9A-Za-z+/]{60,76})(?:\\n)?[\"' \t+\r]{0,4}(?:\n|$)")


def is_public(text, start, end):
    """Whether the run at [start, end) is a digest, a line of a longer base64, a mangled name or a record's text."""
    if text.startswith("0x", start):
        # Bytes as programs write them.
        return True
    whole = _WHOLE_HASH.match(text, start)
    if whole and whole.end() >= end and not _follows_run(text, start):
        return True
    before = text[max(0, start - 120) : start]
    if before and (
        (_DIGEST_NAME.search(before) and _DIGEST_BEFORE.search(before))
        or ("Z" in before and _MANGLED.search(before))
        or ("TXT" in before and _TEXT_RECORD.search(before))
        or (_IN_LONG_RUN.match(before[-100:]) and len(set(before)) > 20)
    ):
        return True
    return _is_line_of_base64(text, start) or _is_within_data(text, start, end)


def _follows_run(text, start):
    return start > 0 and text[start - 1].isalnum()


def _is_line_of_base64(text, start):
    """A whole line of 60 to 76 characters, above or below another as long."""
    line_start = text.rfind("\n", max(0, start - 90), start) + 1
    line = _FULL_LINE.match(text, line_start)
    if line is None or not line.start(1) <= start < line.end(1):
        return False
    size = len(line.group(1))
    below = _FULL_LINE.match(text, line.end())
    if below and len(below.group(1)) == size:
        return True
    above_start = text.rfind("\n", max(0, line_start - 100), max(0, line_start - 1)) + 1
    above = _FULL_LINE.match(text, above_start) if line_start else None
    return bool(above and above.end() == line_start and len(above.group(1)) == size)


def _is_within_data(text, start, end):
    """Behind or before more of the same base64, as in an image's data; paths are words."""
    if text[start:end].count("A") > (end - start) * 0.6:
        return True
    before = _DATA_BEFORE.search(text[max(0, start - 48) : start])
    if before and _is_data(before.group()):
        return True
    after = _DATA_AFTER.match(text, end)
    return bool(after) and _is_data(after.group())


def _is_data(run):
    return run.count("/") <= len(run) // 8 + 1 and is_random_run(
        run.replace("/", "").replace("+", "")
    )


def is_id_of_object(text, begin):
    """`"node_id": "…"`: what stands there is an object's id, unless it is a secret's or a key's."""
    before = text[max(0, begin - 40) : begin]
    return bool(_ID_BEFORE.search(before)) and not _SECRET_ID.search(before)


def is_lower_identifier(body):
    """`hw_ecc_read_extra`: small letters and digits between several underscores."""
    return bool(_LOWER_IDENTIFIER.match(body))


def is_snake(body):
    """`struct_return_8H_stdcall`, `issue_gh_103225`: an identifier."""
    if _LOWER_IDENTIFIER.match(body):
        return True
    parts = _SNAKE_PARTS.findall(body)
    return len(parts) > 1 and sum(len(p) for p in parts if is_word(p)) >= 0.45 * len(body)


def is_camel(run):
    """`ConvertIPv4AddrToIPv6`: half of it, or more, is words."""
    words = sum(len(part) for part in _CAMEL_WORDS.findall(run) if is_word(part))
    return words * 2 >= len(run)


def is_slug(words, run, telling):
    """`/Token-rotation-0123…`: a page's title and its id, in an address."""
    last = next(word for word in reversed(words) if word)
    return bool(_HEX_RUN.match(run)) and last not in telling
