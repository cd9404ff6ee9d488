"""The regular-expression engine where only the standard library may be used: the hook client.

The twin of `engine.py`, which see. Rules are written so that backtracking stays bounded.
"""

from __future__ import annotations

import re


def compile_rule(pattern, ignore_case=False):
    """Compile `pattern` (Latin-1 text) with ASCII classes; raises `re.error`."""
    return re.compile(pattern, re.ASCII | (re.IGNORECASE if ignore_case else 0))


def make_subject(text):
    """What a compiled rule searches."""
    return text
