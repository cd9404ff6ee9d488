"""Values beside a name that promises a secret, in every syntax that people paste.

A scanner, not one expression: find a stem, widen it to the identifier, judge the name, find the
place of the value, read it as its quotes or its place say, judge it.
"""

from __future__ import annotations

import re

from .engine import compile_names
from .names import MEDIUM, NONE, STEMS, STRONG, judge_name, read_name
from .places import closes_text, find_place
from .prose import TOLD_NAMES, find_in_prose
from .quoting import JUDGED_VALUE, MAX_VALUE, read_value
from .randomness import case_changes, is_wordy
from .values import (
    is_machine_made,
    is_name,
    is_password_like,
    is_path,
    is_placeholder,
    seems_chosen,
    seems_machine_made,
    seems_password_like,
    seems_random_enough,
)
from .views import HIDDEN

_NAMES = compile_names(STEMS)
# What nine of ten names have beside them: a sign and a quoted value, or one that is hidden already.
_QUICK = re.compile(
    r"(?:[\"'`]\]?)?[ \t]{0,20}(?:=>|:=|[:=])[ \t]{0,20}"
    r"(?:\"([^\"\\\n\x81]{1,200})\"(?!\")|'([^'\\\n\x81]{1,200})'(?!'))"
)
_HIDDEN_BESIDE = re.compile(r"[^A-Za-z0-9\n]{0,16}\x81")
# Names of a user and a password in one value.
_USER_TOO = (
    "cred", "creds", "credential", "credentials", "login", "logins", "userpwd", "user_pwd", "userpw",
    "user_pw", "userpass", "user_pass", "auth", "user", "account", "accounts", "user_file",
)  # fmt: skip
_USER_SLASH = frozenset(("user/", "User/", "name/", "ogin/", "mail/", "USER/"))
_USER = re.compile(r"[\w.@+\\-]{1,60}(?::(?!//)|(?<!/)/)(?=[^/]{3,}$)(?:\{[A-Z0-9-]{3,12}\})?")
# A call, a comparison, an index: no bare value.
_CODE = re.compile(r"=|[\w.$*&!]{0,80}[(\[]|[*&!][A-Za-z_]")
# A number of a program, bytes, a flag of a command, the scope of a signature (AWS4).
_NO_VALUE = re.compile(r"0x[0-9a-fA-F]{1,16}$|\w{1,40}/[0-9]{8}/|\\x|--[a-z]")
_ASCII = re.compile("[0-9A-Za-z]")
_CODE_NAMES = (
    "otp",
    "otp_code",
    "otpcode",
    "pincode",
    "pin_code",
    "passcode",
    "mfa_code",
    "sms_code",
)
_NAME_INSIDE = re.compile(r"[?&]?([A-Za-z_][\w-]{0,40})=(?!=|[\s\"'&;,]|$)")
_PARTED = re.compile(r"[-_. ]")
# An app password as Google shows it.
_NO_IDENTIFIER = re.compile(r"^[0-9]|[0-9]{2}[^A-Za-z0-9_]?$|[a-z]-[a-z0-9]+-|[@#^*~+?]")
_FOURS = re.compile("[a-z]{4}(?: [a-z]{4}){3}$")
_LINE_ENDS = re.compile(r"[ \t]{0,8}(?:$|[\n\r#;])")
_MAX_NAME = 80


def find_keyed_values(view, found, clock):
    """Add each value that stands beside a telling name."""
    text = view.text
    some_hidden = HIDDEN in text
    done = 0
    for start, end in _NAMES(view.subject):
        if start < done:
            if end <= done:
                continue
            start = done
        if text[start] == "D" and text[start - 1 : start] == "-":
            # `-DAPI_KEY=…`: a definition for a compiler, `cmake` or Java.
            start += 1
        name = text[max(start, end - _MAX_NAME) : end]
        strength, kind = judge_name(name)
        if strength == NONE:
            if name.lower() in TOLD_NAMES:
                find_in_prose(text, start, end, strength, "PASSWORD", found)
            continue
        if text.startswith("//", max(0, start - 2), start):
            # A URL's user: `https://x-access-token:…@host` has its own rule.
            continue
        if some_hidden and _HIDDEN_BESIDE.match(text, end):
            # Its secret is out already.
            continue
        clock.check()
        quick = _QUICK.match(text, end)
        group = quick.lastindex if quick else 0
        if group and _opens(text, start, end, quick, group):
            begin, stop = quick.span(group)
            begin = _after_user(text, start, end, begin, stop)
            value = text[begin:stop]
            if is_secret_value(value, strength) and not _is_label(value, name):
                found.append((kind, begin, stop))
                done = stop
                continue
        done = max(done, _keyed_value(text, start, end, strength, kind, found))


def _opens(text, start, end, quick, group):
    """Whether the quote after the sign opens a value: in `"Password: "` it closes the text."""
    if text[end] in "\"'`":
        return True
    head = text[max(text.rfind("\n", max(0, start - 300), start) + 1, start - 300, 0) : start]
    return not closes_text(text, head, quick.start(group) - 1)


def _keyed_value(text, start, end, strength, kind, found):
    """The value beside a name in any syntax, or told by a sentence. Returns where it ends."""
    place = find_place(text, start, end)
    if place is None:
        find_in_prose(text, start, end, strength, kind, found)
        return end
    if text.startswith(":", start - 1) and text.rfind("arn:", max(0, start - 120), start) >= 0:
        # A part of Amazon's name of a secret.
        return end
    inner = _NAME_INSIDE.match(text, place.begin)
    if inner and judge_name(inner.group(1))[0] != NONE:
        # `secret=password=…`: the name inside has its own value.
        return end
    value = read_value(text, place)
    if value is None:
        find_in_prose(text, start, end, strength, kind, found)
        return end
    begin, stop, quoted = value
    begin = _after_user(text, start, end, begin, stop)
    if place.sign == ">" and text[start:end] == "code":
        # An element of HTML.
        return end
    if is_placeholder(text[begin:stop]) or _NO_VALUE.match(text, begin, stop):
        # Its secret was never in; or it is the first word of a sentence.
        if text[begin:stop].isalpha() and text[start:end] != "pass":
            find_in_prose(text, start, end, strength, kind, found)
        return end
    if _is_number(text[begin:stop], text[start:end]):
        found.append((kind, begin, stop))
        return stop
    if _is_label(text[begin:stop], text[start:end]) or not _accepts(
        text, begin, stop, quoted, place, strength
    ):
        find_in_prose(text, start, end, strength, kind, found)
        return end
    if stop - begin >= JUDGED_VALUE - 8:
        longer = read_value(text, place, MAX_VALUE)
        stop = max(stop, longer[1]) if longer and longer[0] == value[0] else stop
    found.append((kind, begin, stop))
    return stop


def _is_number(value, name):
    """`otp=…`: such codes have four to eight digits."""
    return value.isdigit() and 4 <= len(value) <= 8 and name.lower().endswith(_CODE_NAMES)


def _is_label(value, name):
    """`#define TXT_aPSK "aPSK"`, `"X-Api-Key": "apikey"`: the value is the name."""
    return len(value) <= len(name) and value.isalpha() and value.lower() in name.lower()


def _after_user(text, start, end, begin, stop):
    """`creds: bob:…`, `user/pw: bob/…`: where the password begins, the user's name stays."""
    if text.find(":", begin, stop) < 0 and text.find("/", begin, stop) < 0:
        return begin
    if (
        not text[max(start, end - 16) : end].lower().endswith(_USER_TOO)
        and text[max(0, start - 5) : start] not in _USER_SLASH
    ):
        return begin
    user = _USER.match(text, begin, stop)
    return user.end() if user else begin


def _accepts(text, begin, stop, quoted, place, strength):
    """Whether a value, known to be no placeholder, is a secret where it stands."""
    value = text[begin:stop]
    if not quoted:
        return _is_bare_secret(text, value, stop, place, strength)
    if not _seems_secret(value, strength):
        return False
    # A call's argument or the next line may be anything: it must look like a secret by itself.
    return (
        place.sign not in (",", "(", "\n")
        or seems_password_like(value)
        or seems_machine_made(value)
    )


def is_secret_value(value, strength):
    """Whether a value that is surely one (quoted, or a JSON string) is a secret."""
    return _seems_secret(value, strength) and not is_placeholder(value)


def _seems_secret(value, strength):
    if "://" in value:
        # A password in it, or a token, is found by itself.
        return False
    if strength == STRONG:
        return _is_weak_secret(value)
    if strength == MEDIUM:
        return " " not in value and (seems_random_enough(value) or seems_chosen(value))
    return len(value) >= 16 and seems_machine_made(value)


def _is_weak_secret(value):
    """Any password that is no sentence and no path: people choose bad ones."""
    if len(value) < 3:
        return False
    if not _ASCII.search(value):
        # A label in another script.
        return False
    if value.isalnum():
        # `SuperSecretToken` says what should stand there.
        return not (value.isalpha() and case_changes(value) >= 2 and _names_secret(value))
    if _PARTED.search(value) and _names_secret(value) and is_wordy(value):
        return False
    if " " in value.strip():
        return _is_phrase(value)
    if value[-1] == ":" or (value[-1] == "?" and not any(c.isdigit() for c in value)):
        return False
    return not is_path(value) or seems_machine_made(value)


def _is_phrase(value):
    """Words of which one is a password, or a wallet's words (BIP 39)."""
    words = value.split()
    if len(words) > 24:
        return False
    if _FOURS.match(value):
        return True
    if any(is_password_like(word) for word in words):
        return True
    return len(words) in (12, 15, 18, 21, 24) and value.islower() and "".join(words).isalpha()


def _is_bare_secret(text, value, stop, place, strength):
    after = text[stop : stop + 1]
    if (after and after in "([") or _CODE.match(value):
        return False
    if strength != STRONG:
        return _is_bare_token(value, place, strength)
    if value.isdigit():
        return len(value) >= 4 and not place.is_code
    if value.isalpha() and case_changes(value) and _names_secret(value):
        # `--secret dbPassword …`: the name of one.
        return False
    if not value.isalnum():
        if value[0] in "({[<" or _is_member(value):
            return False
        if is_path(value) and not seems_machine_made(value):
            return False
    if seems_password_like(value) and (
        place.takes_words or not is_name(value) or not _names_secret(value)
    ):
        return True
    if seems_machine_made(value):
        return True
    if not place.takes_words:
        return (
            len(value) >= 8
            and place.sign in (":", "=")
            and not place.is_code
            and not is_wordy(value)
        )
    return (
        place.takes_words
        and len(value) >= 4
        and after not in (",", ")", "}")
        and (place.sign != ":" or bool(_LINE_ENDS.match(text, stop)))
    )


def _is_bare_token(value, place, strength):
    if strength == MEDIUM:
        likely = seems_random_enough(value) or (
            seems_chosen(value) and (place.takes_words or _is_no_identifier(value))
        )
    else:
        likely = len(value) >= 16 and seems_machine_made(value)
    return likely and not _is_member(value)


def _is_no_identifier(value):
    """Where a name of the program's may stand: a value has two digits at its end, or a sign no name has."""
    return bool(_NO_IDENTIFIER.search(value)) and not _names_secret(value)


def _is_member(value):
    """`user.password`, `cfg->token`, `Auth::secret`: code, unless a part is random."""
    if not ("." in value or "->" in value or "::" in value) or not is_name(value):
        return False
    parts = re.split(r"\.|->|::", value)
    return not any(is_machine_made(part) for part in parts)


def _names_secret(value):
    # Not by the function that remembers names.
    return read_name(value)[0] != NONE


def judge_pair(name, value):
    """The kind of secret that `value` is beside a JSON key called `name`, or None."""
    strength, kind = judge_name(name)
    if strength != NONE and is_secret_value(value, strength):
        return kind
    return None
