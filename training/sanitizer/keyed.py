"""Values beside a name that promises a secret, in every syntax that people paste.

A scanner, not one expression: find a stem, widen it to the identifier, judge the name, find the
place of the value, read it as its quotes or its place say, judge it.
"""

from __future__ import annotations

import re

from .engine import compile_names
from .names import MEDIUM, NONE, STEMS, STRONG, judge_name
from .places import find_place
from .prose import TOLD_NAMES, find_in_prose
from .quoting import JUDGED_VALUE, MAX_VALUE, read_value
from .randomness import is_wordy
from .values import (
    is_chosen,
    is_machine_made,
    is_name,
    is_password_like,
    is_path,
    is_placeholder,
    is_random_enough,
)

_NAMES = compile_names(STEMS)
# What nine of ten names have beside them: a sign and a quoted value, or one that is hidden already.
_QUICK = re.compile(
    r"(?:[\"'`]\]?)?[ \t]{0,20}(?:=>|:=|[:=])[ \t]{0,20}"
    r"(?:\"([^\"\\\n\xa4]{1,200})\"(?!\")|'([^'\\\n\xa4]{1,200})'(?!')|[\"']?(\xa4))"
)
# A call, a comparison, an index: no bare value.
_CODE = re.compile(r"=|[\w.$*&!]{0,80}[(\[]|[*&!][A-Za-z_]")
_PARTED = re.compile(r"[-_. ]")
_LINE_ENDS = re.compile(r"[ \t]{0,8}(?:$|[\n\r#;])")
_MAX_NAME = 80


def find_keyed_values(view, found, clock):
    """Add each value that stands beside a telling name."""
    text = view.text
    done = 0
    for start, end in _NAMES(view.subject):
        if start < done:
            if end <= done:
                continue
            start = done
        name = text[max(start, end - _MAX_NAME) : end]
        strength, kind = judge_name(name)
        if strength == NONE:
            if name.lower() in TOLD_NAMES:
                find_in_prose(text, start, end, strength, "PASSWORD", found)
            continue
        clock.check()
        quick = _QUICK.match(text, end)
        group = quick.lastindex if quick else 0
        if group == 3:
            # Its secret is out already.
            continue
        if group and _opens(text, start, end, quick, group):
            begin, stop = quick.span(group)
            if is_secret_value(text[begin:stop], strength):
                found.append((kind, begin, stop))
                done = stop
                continue
        done = max(done, _keyed_value(text, start, end, strength, kind, found))


def _opens(text, start, end, quick, group):
    """Whether the quote after the sign opens a value: in `"Password: "` it closes the text."""
    quote = text[quick.start(group) - 1]
    if text[end] in "\"'`":
        return True
    head = text[max(text.rfind("\n", max(0, start - 300), start) + 1, start - 300, 0) : start]
    return head.count(quote) % 2 == 0


def _keyed_value(text, start, end, strength, kind, found):
    """The value beside a name in any syntax, or told by a sentence. Returns where it ends."""
    value = _value_beside(text, start, end)
    if value is None:
        find_in_prose(text, start, end, strength, kind, found)
        return end
    begin, stop, quoted, place = value
    if is_placeholder(text[begin:stop]) and not text[begin:stop].isalpha():
        # Its secret was never in.
        return end
    if not _accepts(text, begin, stop, quoted, place, strength):
        find_in_prose(text, start, end, strength, kind, found)
        return end
    if stop - begin >= JUDGED_VALUE - 8:
        longer = read_value(text, place, MAX_VALUE)
        stop = max(stop, longer[1]) if longer and longer[0] == begin else stop
    found.append((kind, begin, stop))
    return stop


def _value_beside(text, start, end):
    """(begin, end, quoted, place) of what stands where the name's value would, or None."""
    if text.startswith("//", max(0, start - 2), start):
        # A URL's user: `https://x-access-token:…@host` has its own rule.
        return None
    place = find_place(text, start, end)
    if place is None:
        return None
    value = read_value(text, place)
    return None if value is None else (*value, place)


def _accepts(text, begin, stop, quoted, place, strength):
    if not quoted:
        return _is_bare_secret(text, begin, stop, place, strength)
    value = text[begin:stop]
    if not is_secret_value(value, strength):
        return False
    # A call's argument or the next line may be anything: it must look like a secret by itself.
    return place.sign not in (",", "(", "\n") or is_password_like(value) or is_machine_made(value)


def is_secret_value(value, strength):
    """Whether a value that is surely one (quoted, or a JSON string) is a secret."""
    if is_placeholder(value):
        return False
    if strength == STRONG:
        return _is_weak_secret(value)
    if strength == MEDIUM:
        return is_random_enough(value) or is_chosen(value)
    return len(value) >= 16 and is_machine_made(value)


def _is_weak_secret(value):
    """Any password that is no sentence and no path: people choose bad ones."""
    if len(value) < 3 or (_PARTED.search(value) and is_wordy(value) and _names_secret(value)):
        return False
    if " " in value.strip():
        words = value.split()
        return len(words) <= 24 and (
            any(is_password_like(word) for word in words)
            or (
                len(words) >= 4
                and value.islower()
                and all(word.isalpha() for word in words)
                and len(words) in (12, 15, 18, 21, 24)
            )
        )
    if value.endswith((":", "?")):
        return False
    return not is_path(value) or is_machine_made(value)


def _is_bare_secret(text, begin, stop, place, strength):
    value = text[begin:stop]
    if is_placeholder(value):
        return False
    after = text[stop : stop + 1]
    if (after and after in "([") or _CODE.match(value):
        return False
    if strength != STRONG:
        if is_name(value) and not place.takes_words and not is_random_enough(value):
            return False
        if strength == MEDIUM:
            likely = is_random_enough(value) or (place.takes_words and is_chosen(value))
            return likely and not _is_member(value)
        return len(value) >= 16 and is_machine_made(value) and not _is_member(value)
    if _is_member(value) or (is_path(value) and not is_machine_made(value)):
        return False
    if value[0] in "({[<":
        return False
    if is_machine_made(value):
        return True
    if is_password_like(value):
        return place.takes_words or not (is_name(value) and _names_secret(value))
    if value.isdigit():
        return len(value) >= 4 and not place.is_code
    return (
        place.takes_words
        and len(value) >= 4
        and after not in (",", ")", "}")
        and (place.sign != ":" or bool(_LINE_ENDS.match(text, stop)))
    )


def _is_member(value):
    """`user.password`, `cfg->token`, `Auth::secret`: code, unless a part is random."""
    if not is_name(value) or not ("." in value or "->" in value or "::" in value):
        return False
    parts = re.split(r"\.|->|::", value)
    return not any(is_machine_made(part) for part in parts)


def _names_secret(value):
    return judge_name(value)[0] != NONE


def judge_pair(name, value):
    """The kind of secret that `value` is beside a JSON key called `name`, or None."""
    strength, kind = judge_name(name)
    if strength != NONE and is_secret_value(value, strength):
        return kind
    return None
