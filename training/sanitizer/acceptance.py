"""Is a value a secret beside its name? The name says how random it must look, the place how bare it may be."""

from __future__ import annotations

import re

from .names import MEDIUM, NONE, STRONG, judge_name, read_name
from .randomness import case_changes, is_wordy
from .values import (
    is_machine_made,
    is_name,
    is_password_like,
    is_path,
    is_placeholder,
    seems_chosen,
    seems_machine_made,
    seems_named,
    seems_password_like,
    seems_random_enough,
)

# A call, a comparison, an index: no bare value.
_CODE = re.compile(r"=|[\w.$*&!]{0,80}[(\[]|[*&!][A-Za-z_]")
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
# What no token has, and signatures of functions and expressions have.
_NO_TOKEN = re.compile(r"[ (){}<>|]")
_PARTED = re.compile(r"[-_. ]")
_NO_IDENTIFIER = re.compile(r"^[0-9]|[0-9]{2}[^A-Za-z0-9_]?$|[a-z]-[a-z0-9]+-|[@#^*~+?]")
_QUERY_PARAMETER = re.compile(r"(?<![&\s])[?&][\w.-]{1,40}=\Z")
# People take them as words of a password, programs as names of secrets.
_PLANTS = re.compile("pepper|seed", re.IGNORECASE)
_NUMBERED_NAME = re.compile("[0-9]{2}[^0-9A-Za-z]?$")
# An app password as Google shows it.
_FOURS = re.compile("[a-z]{4}(?: [a-z]{4}){3}$")
_LINE_ENDS = re.compile(r"[ \t]{0,8}(?:$|[\n\r#;])")
# Names of which not everything is a secret: a mnemonic of an assembler, a device's serial number, a pattern,
# a signature or a key's id in octets.
_FORMS = re.compile(
    r"(mnemonics?|Mnemonics?|MNEMONICS?)$|(serial|Serial|SERIAL)$|((?<=_)pat|(?<=_)PAT|(?<=[a-z])Pat)$"
    r"|(?:[Ss]ig|SIG|[Ss]ignature|SIGNATURE|[Ss]ig_key|[Vv]alue)$"
)
# What is secret in them has rules of its own.
_ADDRESSES = ("http://", "https://", "ftp://")
_LICENCE = re.compile(r"(?:[0-9A-Z]{4,8}-){2,}[0-9A-Z]{4,8}")
_ACCESS_TOKEN = re.compile(r"[A-Za-z0-9_=-]{16,}$")
_OCTETS = re.compile(r"(?:[0-9A-Fa-f]{2}:){4,}[0-9A-Fa-f]{0,2}$")
# Signs behind which anything may stand, so that a value must look like a secret by itself.
_LOOSE_SIGNS = frozenset((",", "(", "\n"))


def is_secret_number(value, name):
    """`otp=…`: such codes have four to eight digits."""
    return value.isdigit() and 4 <= len(value) <= 8 and name.lower().endswith(_CODE_NAMES)


def is_serial(name, value):
    """A serial number of a device or a certificate, not a licence's."""
    return name == "serial" and not _LICENCE.search(value)


def is_no_value_of(name, value):
    """Whether the name's secrets have another form: `serial: AF:A2:8B:…` is a certificate's."""
    if len(value) <= len(name) and value.isalpha() and value.lower() in name.lower():
        # `#define TXT_aPSK "aPSK"`, `"X-Api-Key": "apikey"`: the value is the name.
        return True
    if name.endswith("SignatureValue"):
        # Of signed XML.
        return True
    form = _FORMS.search(name)
    if form is None:
        return False
    if form.group(1):
        # The words of a wallet, or what stands for them.
        return " " not in value.strip() and not seems_machine_made(value)
    if form.group(2):
        return not _LICENCE.search(value)
    if form.group(3):
        return not _ACCESS_TOKEN.match(value)
    return bool(_OCTETS.match(value))


def is_accepted(text, begin, stop, quoted, place, strength):
    """Whether a value, known to be no placeholder, is a secret where it stands."""
    value = text[begin:stop]
    if not quoted:
        return _is_bare_secret(text, value, stop, place, strength)
    if not _seems_secret(value, strength):
        return False
    if place.sign not in _LOOSE_SIGNS or seems_machine_made(value):
        return True
    return seems_password_like(value) and not ("_" in value and seems_named(value))


def is_secret_value(value, strength):
    """Whether a value that is surely one (quoted, or a JSON string) is a secret."""
    return _seems_secret(value, strength) and not is_placeholder(value)


def is_told_by_itself(value, strength):
    """Whether a string somewhere in a statement about a secret is that secret."""
    return (
        " " not in value
        and is_secret_value(value, strength)
        and seems_password_like(value)
        and not (is_name(value) and names_secret(value))
    )


def _seems_secret(value, strength):
    if "://" in value:
        # A password in it, or a token, is found by itself.
        return False
    if strength == STRONG:
        return _is_weak_secret(value)
    if strength == MEDIUM:
        return not _NO_TOKEN.search(value) and (seems_random_enough(value) or seems_chosen(value))
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
        return not (value.isalpha() and case_changes(value) >= 2 and names_secret(value))
    if _PARTED.search(value) and names_secret(value) and is_wordy(value):
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
    if text.startswith("...", stop):  # the beginning of one, shortened
        return False
    if value.startswith(_ADDRESSES):
        return False
    if (after and after in "([") or (_CODE.match(value) and not _opens_with_sign(value)):
        return False
    if strength != STRONG:
        return _is_bare_token(value, place, strength)
    if value.isdigit():
        return len(value) >= 4 and not place.is_code
    if value.isalpha() and case_changes(value) and names_secret(value):
        # `--secret dbPassword …`: the name of one.
        return False
    if value.isupper() and "_" in value and names_secret(value):
        # The name of a constant, or of a variable of the environment.
        return False
    if not value.isalnum():
        if value[0] in "({[<":
            return False
        if is_member(value) and not _is_in_query(text, stop - len(value)):
            return False
        if is_path(value) and not seems_machine_made(value):
            return False
    if seems_password_like(value) and (
        not names_secret(value) or (place.takes_words and value.isalnum())
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


def _opens_with_sign(value):
    """`*ng_4b@x`: what a machine put together, no pointer and no negation."""
    return (
        value[0] in "*&!"
        and "=" not in value
        and "(" not in value
        and not is_name(value[1:])
        and seems_password_like(value[1:])
    )


def _is_bare_token(value, place, strength):
    if strength == MEDIUM:
        likely = seems_random_enough(value) or (
            seems_chosen(value) and (place.takes_words or _is_no_identifier(value))
        )
    else:
        likely = len(value) >= 16 and seems_machine_made(value)
    return likely and not is_member(value)


def _is_no_identifier(value):
    """Where a name of the program's may stand: a value has two digits at its end, or a sign no name has."""
    return bool(_NO_IDENTIFIER.search(value)) and not names_secret(value)


def is_member(value):
    """`user.password`, `cfg->token`, `Auth::secret`: code, unless a part is random."""
    if not ("." in value or "->" in value or "::" in value) or not is_name(value):
        return False
    parts = re.split(r"\.|->|::", value)
    return not any(is_machine_made(part) for part in parts)


def _is_in_query(text, begin):
    """Behind `?name=` or `&name=`, where no program's names stand."""
    return bool(_QUERY_PARAMETER.search(text, max(0, begin - 60), begin))


def names_secret(value):
    """`db_password`, `userToken`: what looks like a secret's name is none. Two digits at its end are a
    person's (`pepper42`)."""
    # Not by the function that remembers names.
    return read_name(_PLANTS.sub("", value))[0] != NONE and not _NUMBERED_NAME.search(value)


def judge_pair(name, value):
    """The kind of secret that `value` is beside a JSON key called `name`, or None."""
    strength, kind = judge_name(name)
    if strength != NONE and is_secret_value(value, strength):
        return kind
    return None
