"""The regular-expression engine on the server: google-re2, linear in time by construction.

`engine_stdlib.py` is its twin for places where only the standard library may be used. Both offer
`compile_rule`, and give equal results for every pattern that this package holds: patterns and
subjects are Latin-1, character classes and case folding are ASCII, and nothing is used that RE2
refuses (look-around, back-references).
"""

from __future__ import annotations

import re2


def compile_rule(pattern, ignore_case=False):
    """Compile `pattern` (Latin-1 text); raises `re2.error` when RE2 refuses it."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.case_sensitive = not ignore_case
    options.log_errors = False
    return re2.compile(pattern.encode("latin-1"), options)


def make_subject(text):
    """What a compiled rule searches: one byte a character, so that offsets stay the text's."""
    return text.encode("latin-1")
