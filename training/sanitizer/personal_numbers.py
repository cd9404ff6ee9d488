"""Numbers that name a person: telephones, cards, national ids, addresses of machines."""

from __future__ import annotations

import ipaddress
import re

from .personal_checks import (
    is_aadhaar,
    is_ahv,
    is_belgian,
    is_bsn,
    is_card,
    is_chinese_id,
    is_cnpj,
    is_cpf,
    is_estonian,
    is_korean,
    is_nir,
    is_norwegian,
    is_personnummer,
    is_pesel,
    is_rodne,
    is_ssn,
    is_tax_id,
    luhn,
)

_NUMBER_EDGE = re.compile(r"[0-9A-Za-z_]")
_PHONES = (
    re.compile(
        # Not within a longer number, where it would be tried at every `00` and in thousands of ways.
        r"(?<![0-9A-Za-z_])(?:\+|00)[1-9][0-9]{0,2}[ .-]?(?:\(0?[0-9]{1,4}\)[ .-]?)?[0-9]{1,5}(?:[ ./-]?[0-9]{2,5}){1,5}(?![0-9])"
    ),
    re.compile(
        r"(?:1[ .-])?(?:[2-9][0-9]{2}[ .-]|\([2-9][0-9]{2}\)[ .-]?)[2-9][0-9]{2}[ .-][0-9]{4}"
    ),
    re.compile(
        r"0[1-9][0-9]{1,4}[ /-][0-9]{3,8}(?:[ -][0-9]{2,5}){0,2}|0[1-9](?:[ .-][0-9]{2}){4}|\(0[0-9]{1,4}\) ?[0-9]{3,8}(?:[ -][0-9]{2,5}){0,2}"
    ),
)
_SAID_PHONE = re.compile(
    r"(?:phone|t[e\xe9]l|t[e\xe9]l[e\xe9]fon[eo]?|telefoon|mobile|mobil|m[o\xf3]vil|celular|cell|cellulare|handy|natel|gsm|fax|call|whatsapp|sms|signal|tlf|tfno|puh|puhelin|"
    r"nummer|num[e\xe9]ro|number|\xff{3,12}|\xff\xff)\W{0,6}(?:no\.?|number|nr\.?|is|us at|me at|at|on|to)?[\W\xa4]{0,4}$",
    re.IGNORECASE,
)
_PLAIN_PHONE = re.compile(r"\(?[0-9][0-9 .()/-]{6,18}[0-9]")
_CARD_NUMBERS = (
    re.compile(r"[0-9]{4}(?:[ -][0-9]{4}){3}|[0-9]{4}[ -][0-9]{6}[ -][0-9]{4,5}"),
    re.compile(r"[0-9](?:[ -]?[0-9]){11,18}"),
)
_IPV4 = re.compile(
    r"(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
)
_DOCUMENTED = ([192, 0, 2], [198, 51, 100], [203, 0, 113])
_VERSION_BEFORE = re.compile(
    r"(?:v|ver|version|release|build|rev|chrome|firefox|safari|edge|==|>=|<=|~=|\^|~|-|_|[a-z]/)[ :=\"']{0,3}$",
    re.IGNORECASE,
)
_MORE_DIGITS = re.compile(r"[0-9][ ]$")
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}[-./][0-9]{1,2}[-./]|[0-9]{1,2}[-./][0-9]{1,2}[-./](?:19|20)[0-9]{2}"
)
# (pattern on the text, check on the bare characters, whether a word beside it must say so)
_NATIONAL_IDS = (
    (re.compile(r"[0-9]{3}-[0-9]{2}-[0-9]{4}"), is_ssn, False),
    (re.compile(r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}"), is_cpf, False),
    (re.compile(r"756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}"), is_ahv, False),
    (re.compile(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}"), is_belgian, False),
    (
        re.compile(
            r"[12] ?[0-9]{2} ?(?:0[1-9]|1[0-2]|[2-9][0-9]) ?[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}"
        ),
        is_nir,
        False,
    ),
    (re.compile(r"[2-9][0-9]{3} [0-9]{4} [0-9]{4}"), is_aadhaar, False),
    (re.compile(r"[1-9][0-9]{5}(?:19|20)[0-9]{9}"), is_chinese_id, False),
    (re.compile(r"(?:(?:19|20)[0-9]{2}|[0-9]{2})[0-9]{4}[-+][0-9]{4}"), is_personnummer, False),
    (re.compile(r"(?:19|20)[0-9]{10}"), is_personnummer, True),
    (re.compile(r"[0-9]{6}-[0-9]{7}"), is_korean, False),
    (re.compile(r"[0-9]{2}\.[0-9]{3}\.[0-9]{3}/[0-9]{4}-[0-9]{2}"), is_cnpj, False),
    (re.compile(r"[0-9]{6}/[0-9]{4}"), is_rodne, True),
    (re.compile(r"[0-9]{3} [0-9]{2} [0-9]{4}"), is_ssn, True),
    (re.compile(r"[0-9]{3}[ -][0-9]{3}[ -][0-9]{3}"), luhn, True),
    (
        re.compile(r"[0-9]{11}|[0-9]{2} [0-9]{3} [0-9]{3} [0-9]{3}"),
        lambda d: is_pesel(d) or is_tax_id(d) or is_cpf(d) or is_norwegian(d) or is_estonian(d),
        True,
    ),
    (re.compile(r"[0-9]{9}"), lambda d: is_bsn(d) or luhn(d) or is_ssn(d), True),
    (re.compile(r"[0-9]{12}"), is_aadhaar, True),
)
_SAID_ID = re.compile(
    r"(?:ssn|social security|social insurance|national id|national insurance|passport|tax id|steuer|idnr|steuer-?id|pesel|bsn|burgerservicenummer|aadhaar|aadhar|uid|cpf|sin|insee|personnummer|tfn|tin|identification|ausweis|dni|id card|f\xf8dselsnummer|isikukood|rodn\xe9 .{1,2}slo|rc|cnpj|nhs|ni number)\b[^0-9\n]{0,24}$",
    re.IGNORECASE,
)
# Long rows of digits are read piece by piece; a piece overlaps the next by more than a number.
_PIECE_SIZE, _PIECE_STEP = 400, 340


def find_numbers(text, start, end, found):
    """Add what the digits, blanks and signs of text[start:end] hold."""
    for begin in range(start, end, _PIECE_STEP):
        _in_piece(text, begin, min(end, begin + _PIECE_SIZE), found)


def _in_piece(text, start, end, found):
    before = len(found)
    for match in _IPV4.finditer(text, start, end):
        if (
            is_alone(text, match.start(), match.end())
            and is_personal_ip(match.group())
            and not _VERSION_BEFORE.search(text[max(0, match.start() - 24) : match.start()])
        ):
            found.append(("IP_ADDRESS", match.start(), match.end()))
    if len(found) == before:
        _cards(text, start, end, found)
    if len(found) == before:
        _national_ids(text, start, end, found)
    if len(found) == before:
        _phone(text, start, end, found)


def _cards(text, start, end, found):
    before = len(found)
    for pattern in _CARD_NUMBERS:
        for match in pattern.finditer(text, start, end):
            if is_alone(text, *match.span()) and is_card(bare_characters(match.group())):
                found.append(("CARD_NUMBER", match.start(), match.end()))
        if len(found) > before:
            return


def _national_ids(text, start, end, found):
    said = _SAID_ID.search(text[max(0, start - 60) : start])
    before = len(found)
    for pattern, is_valid, must_be_said in _NATIONAL_IDS:
        if must_be_said and not said:
            continue
        for match in pattern.finditer(text, start, end):
            if is_alone(text, match.start(), match.end()) and is_valid(
                bare_characters(match.group())
            ):
                found.append(("NATIONAL_ID", match.start(), match.end()))
        if len(found) > before:
            return


def _phone(text, start, end, found):
    hit = False
    for pattern in _PHONES:
        for match in pattern.finditer(text, start, end):
            digits = len(bare_characters(match.group()))
            if not 8 <= digits <= 15 or not is_alone(text, match.start(), match.end()):
                continue
            if _DATE.match(match.group()) or (
                match.group()[0] != "+"
                and _MORE_DIGITS.search(text[max(0, match.start() - 2) : match.start()])
            ):
                continue
            found.append(("PHONE", match.start(), match.end()))
            hit = True
        if hit:
            return
    if _SAID_PHONE.search(text[max(0, start - 40) : start]):
        match = _PLAIN_PHONE.match(text, start, end)
        if (
            match
            and 7 <= len(bare_characters(match.group())) <= 15
            and not _DATE.match(match.group())
        ):
            found.append(("PHONE", match.start(), match.end()))


def is_alone(text, start, end):
    """No letter, digit or decimal sign directly around: not a part of a longer number."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if _NUMBER_EDGE.match(before) or _NUMBER_EDGE.match(after):
        return False
    if before in ".-/" and start > 1 and _NUMBER_EDGE.match(text[start - 2]):
        return False
    return not (after in ".-/" and end + 1 < len(text) and _NUMBER_EDGE.match(text[end + 1]))


def is_personal_ip(value):
    """An address that may lead to a person: not the machine itself, no mask, no broadcast, none of
    the ranges for private networks (RFC 1918, RFC 4193, RFC 6598) and for documentation (RFC 5737, RFC 3849), and no
    version such as 1.2.3.4."""
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    if address.is_loopback or address.is_unspecified or address.is_multicast:
        return False
    if address.version == 6:
        return not value.lower().startswith(("fc", "fd", "2001:db8:", "2001:0db8:"))
    parts = [int(part) for part in value.split(".")]
    if parts[0] in (0, 10, 255) or parts[:2] in ([192, 168], [169, 254]):
        return False
    if parts[:3] in _DOCUMENTED or (parts[0] == 100 and 64 <= parts[1] < 128):
        return False
    return not (parts[0] == 172 and 16 <= parts[1] < 32) and max(parts) >= 20


def bare_characters(value):
    return re.sub(r"[^0-9A-Za-z]", "", value)
