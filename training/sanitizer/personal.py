"""Personal data, a layer of its own: what has a form or a check digit. Names in prose do not."""

from __future__ import annotations

import ipaddress
import re

from .engine import compile_rule
from .personal_checks import (
    is_aadhaar,
    is_ahv,
    is_belgian,
    is_bsn,
    is_card,
    is_chinese_id,
    is_codice_fiscale,
    is_cpf,
    is_dni,
    is_hetu,
    is_iban,
    is_nir,
    is_personnummer,
    is_pesel,
    is_ssn,
    is_tax_id,
    luhn,
)

_AT = compile_rule("@|%40")
_LOCAL_PART = re.compile(r"[A-Za-z0-9._%+'-]{1,64}")
_DOMAIN = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}([A-Za-z]{2,24})(?![A-Za-z0-9(])"
)
_NO_TOP_LEVEL = frozenset(
    ("png", "jpg", "jpeg", "gif", "svg", "webp", "js", "ts", "jsx", "tsx", "css", "scss", "py", "json", "html", "htm", "xml",
     "md", "txt", "service", "socket", "timer", "target", "mount", "yml", "yaml", "lock", "map", "mjs", "cjs", "exe", "dll")
)  # fmt: skip
_ROLE_USERS = frozenset(("git", "hg", "svn", "npm", "root", "noreply", "no-reply", "donotreply"))

# Digits with what people put between them; what it is, is told by the patterns below.
_CLUSTER = compile_rule(r"[+(]?[0-9][0-9 .()/-]{6,}")
_NUMBER_EDGE = re.compile(r"[0-9A-Za-z_]")
_PHONES = (
    re.compile(
        r"(?:\+|00)[1-9][0-9]{0,2}[ .-]?(?:\(0?[0-9]{1,4}\)[ .-]?)?[0-9]{1,5}(?:[ ./-]?[0-9]{2,5}){1,5}"
    ),
    re.compile(r"(?:1[ .-])?\(?[2-9][0-9]{2}\)?[ .-][2-9][0-9]{2}[ .-][0-9]{4}"),
    re.compile(
        r"0[1-9][0-9]{1,4}[ /-][0-9]{3,8}(?:[ -][0-9]{2,5}){0,2}|0[1-9](?:[ .-][0-9]{2}){4}|\(0[0-9]{1,4}\) ?[0-9]{3,8}(?:[ -][0-9]{2,5}){0,2}"
    ),
)
_SAID_PHONE = re.compile(
    r"(?:phone|tel|telefon|mobile|mobil|cell|handy|fax|call|whatsapp|sms|signal|number)\W{0,6}(?:no\.?|number|nr\.?|is|us at|me at|at|on)?\W{0,4}$",
    re.IGNORECASE,
)
_PLAIN_PHONE = re.compile(r"[0-9][0-9 .()/-]{7,18}[0-9]")
_CARD_NUMBER = re.compile(r"[0-9](?:[ -]?[0-9]){11,18}")
_IPV4 = re.compile(
    r"(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
)
_VERSION_BEFORE = re.compile(
    r"(?:v|ver|version|release|build|rev|chrome|firefox|safari|edge|==|>=|<=|~=|\^|~|-|_|[a-z]/)[ :=\"']{0,3}$",
    re.IGNORECASE,
)
_IPV6 = compile_rule(r"[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*")
_IBAN = compile_rule(r"[A-Z]{2}[0-9]{2}[ -]?[A-Z0-9]{4}")
_IBAN_REST = re.compile(r"[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]{1,4}){3,8}")
_HOMES = compile_rule(
    r"(?:/home/|/Users/|[\\/]Users[\\/]{1,4}|[\\/]Documents and Settings[\\/]{1,4})"
)
_HOME_NAME = re.compile(
    r"[A-Za-z0-9\xc0-\xff][A-Za-z0-9._\xc0-\xff-]{0,63}(?: [A-Z][a-z\xc0-\xff]{1,20}(?=[\\/]))?"
)
_SHARED_HOMES = frozenset(
    ("runner", "ubuntu", "root", "user", "username", "users", "app", "node", "vscode", "ec2-user", "public", "default", "shared",
     "admin", "circleci", "vagrant", "docker", "jenkins", "git", "www", "gitpod", "codespace", "coder", "jovyan", "me", "name",
     "your", "you", "your-name", "yourname", "your_name", "my", "linuxbrew", "airflow", "django", "deploy", "builder", "build", "runneradmin", "default.migrated",
     "administrator", "opc", "debian", "centos", "azureuser", "travis", "appuser", "nonroot", "sandbox", "guest", "test")
)  # fmt: skip

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
    (re.compile(r"[0-9]{6}[-+][0-9]{4}"), is_personnummer, False),
    (re.compile(r"[0-9]{3}[ -][0-9]{3}[ -][0-9]{3}"), luhn, True),
    (
        re.compile(r"[0-9]{11}|[0-9]{2} [0-9]{3} [0-9]{3} [0-9]{3}"),
        lambda d: is_pesel(d) or is_tax_id(d) or is_cpf(d),
        True,
    ),
    (re.compile(r"[0-9]{9}"), lambda d: is_bsn(d) or luhn(d) or is_ssn(d), True),
    (re.compile(r"[0-9]{12}"), is_aadhaar, True),
)
_SAID_ID = re.compile(
    r"(?:ssn|social security|social insurance|national id|national insurance|passport|tax id|steuer|idnr|steuer-?id|pesel|bsn|burgerservicenummer|aadhaar|aadhar|uid|cpf|sin|insee|personnummer|tfn|tin|identification|ausweis|dni|id card)\b[^0-9\n]{0,24}$",
    re.IGNORECASE,
)
_LETTERED = compile_rule(
    r"\b(?:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]|[0-9XYZ][0-9]{7}-?[A-Z]"
    r"|[A-Z]{6}[0-9]{2}[A-EHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]|[0-9]{6}[-+A][0-9]{3}[0-9A-Y]|[1-9][0-9]{16}X|[A-Z]{3}[PCHABGJLFT][A-Z][0-9]{4}[A-Z]"
    r"|[A-Z]{4}[0-9]{6}[HM][A-Z]{5}[0-9A-Z][0-9])\b"
)
_NOT_NINO = frozenset(("BG", "GB", "KN", "NK", "NT", "TN", "ZZ"))


def find_personal_data(view, found, clock):
    """Add e-mail addresses, telephone, card and account numbers, national ids, IPs, home folders."""
    text = view.text
    if "@" in text or "%40" in text:
        for match in _AT.finditer(view.subject):
            clock.check()
            _email(text, match.start(), match.end(), found)
    for match in _CLUSTER.finditer(view.subject):
        clock.check()
        _numbers(text, match.start(), match.end(), found)
    for match in _LETTERED.finditer(view.subject):
        clock.check()
        if _is_lettered_id(match_text(text, match)):
            found.append(("NATIONAL_ID", match.start(), match.end()))
    for match in _IBAN.finditer(view.subject):
        clock.check()
        _iban(text, match.start(), found)
    if "::" in text or text.count(":") >= 7:
        for match in _IPV6.finditer(view.subject):
            clock.check()
            _ipv6(text, match.start(), match.end(), found)
    for match in _HOMES.finditer(view.subject):
        clock.check()
        name = _HOME_NAME.match(text, match.end())
        if name and name.group().lower().rstrip(".") not in _SHARED_HOMES:
            found.append(("HOME_FOLDER", name.start(), name.end()))


def match_text(text, match):
    return text[match.start() : match.end()]


def _email(text, at, after, found):
    local = _LOCAL_PART.match(text[max(0, at - 64) : at][::-1])
    domain = _DOMAIN.match(text, after)
    if local is None or domain is None or domain.group(1).lower() in _NO_TOP_LEVEL:
        return
    name = local.group()[::-1].lstrip(".%+'-")
    start = at - len(name)
    before = text[max(0, start - 80) : start]
    if not name or name.lower() in _ROLE_USERS or _IN_URL.search(before):
        return
    found.append(("EMAIL", start, domain.end()))


_IN_URL = re.compile(r"(?:://[^\s/]*|:|//)$")


def _is_alone(text, start, end):
    """No letter, digit or decimal sign directly around: not a part of a longer number."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if _NUMBER_EDGE.match(before) or _NUMBER_EDGE.match(after):
        return False
    if before in ".-/" and start > 1 and _NUMBER_EDGE.match(text[start - 2]):
        return False
    return not (after in ".-/" and end + 1 < len(text) and _NUMBER_EDGE.match(text[end + 1]))


def _personal_bare(value):
    return re.sub(r"[^0-9A-Za-z]", "", value)


def _numbers(text, start, end, found):
    end = min(end, start + 400)
    taken = start
    for match in _IPV4.finditer(text, start, end):
        before = text[max(0, match.start() - 24) : match.start()]
        if (
            _is_alone(text, match.start(), match.end())
            and _is_personal_ip(match.group())
            and not _VERSION_BEFORE.search(before)
        ):
            found.append(("IP_ADDRESS", match.start(), match.end()))
            taken = match.end()
    for match in _CARD_NUMBER.finditer(text, start, end):
        if _is_alone(text, match.start(), match.end()) and is_card(_personal_bare(match.group())):
            found.append(("CARD_NUMBER", match.start(), match.end()))
            return
    said = _SAID_ID.search(text[max(0, start - 60) : start])
    for pattern, is_valid, must_be_said in _NATIONAL_IDS:
        if must_be_said and not said:
            continue
        for match in pattern.finditer(text, start, end):
            if _is_alone(text, match.start(), match.end()) and is_valid(
                _personal_bare(match.group())
            ):
                found.append(("NATIONAL_ID", match.start(), match.end()))
                return
    if taken == start:
        _phone(text, start, end, found)


def _phone(text, start, end, found):
    hit = False
    for pattern in _PHONES:
        for match in pattern.finditer(text, start, end):
            digits = len(_personal_bare(match.group()))
            if not 8 <= digits <= 15 or not _is_alone(text, match.start(), match.end()):
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
            and 7 <= len(_personal_bare(match.group())) <= 15
            and not _DATE.match(match.group())
        ):
            found.append(("PHONE", match.start(), match.end()))


_MORE_DIGITS = re.compile(r"[0-9][ ]$")
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}[-./][0-9]{1,2}[-./]|[0-9]{1,2}[-./][0-9]{1,2}[-./](?:19|20)[0-9]{2}"
)


def _is_personal_ip(value):
    """Not the machine itself, no mask, no broadcast, and no version such as 1.2.3.4."""
    try:
        address = ipaddress.ip_address(value)
    except ValueError:
        return False
    if address.is_loopback or address.is_unspecified or address.is_multicast:
        return False
    return not (
        address.version == 4
        and (value.startswith(("255.", "0.")) or max(map(int, value.split("."))) < 20)
    )


def _ipv6(text, start, end, found):
    value = text[start:end].rstrip(":.") if not text[start:end].endswith("::") else text[start:end]
    end = start + len(value)
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if len(value) < 7 or before.isalnum() or before in "_.:" or after.isalnum() or after == "_":
        return
    if value.count(":") < 3 or not _is_personal_ip(value):
        return
    found.append(("IP_ADDRESS", start, end))


def _iban(text, start, found):
    if start and text[start - 1].isalnum():
        return
    rest = _IBAN_REST.match(text, start)
    if rest is None:
        return
    characters = _personal_bare(rest.group())
    size = _iban_size(characters)
    if size is None:
        return
    end, count = start, 0
    while count < size:
        count += text[end].isalnum()
        end += 1
    if end < len(text) and text[end].isalnum():
        return
    if is_iban(characters[:size]):
        found.append(("IBAN", start, end))


def _iban_size(characters):
    for size in (len(characters), *range(15, len(characters))):
        if 15 <= size <= len(characters) and is_iban(characters[:size]):
            return size
    return None


def _is_lettered_id(value):
    bare = _personal_bare(value)
    if len(bare) == 9 and bare[:2].isalpha():
        return bare[:2] not in _NOT_NINO
    if len(bare) == 9:
        return is_dni(bare)
    if len(bare) == 16:
        return is_codice_fiscale(bare)
    if len(bare) == 18 and bare[:17].isdigit():
        return is_chinese_id(bare)
    if len(bare) == 10 and bare[:5].isalpha():
        return True
    if len(value) == 11 and value[6] in "-+A":
        return is_hetu(value)
    return len(bare) == 18
