"""Personal data, a layer of its own: what has a form or a check digit. Names in prose do not."""

from __future__ import annotations

import re

from .engine import compile_rule
from .personal_checks import is_chinese_id, is_codice_fiscale, is_dni, is_hetu, is_iban
from .personal_numbers import bare_characters, find_numbers, is_personal_ip

_AT = compile_rule("@|%40")
_LOCAL_PART = re.compile(r"[A-Za-z0-9._%+'\xc0-\xfe-]{1,64}")
_DOMAIN = re.compile(
    r"(?:[A-Za-z0-9\xc0-\xff](?:[A-Za-z0-9\xc0-\xff-]{0,61}[A-Za-z0-9\xc0-\xff])?\.){1,8}"
    r"([A-Za-z]{2,24})(?![A-Za-z0-9(])"
)
_NO_TOP_LEVEL = frozenset(
    ("png", "jpg", "jpeg", "gif", "svg", "webp", "js", "ts", "jsx", "tsx", "css", "scss", "py", "json", "html", "htm", "xml",
     "md", "txt", "service", "socket", "timer", "target", "mount", "yml", "yaml", "lock", "map", "mjs", "cjs", "exe", "dll")
)  # fmt: skip
_ROLE_USERS = frozenset(
    ("git", "hg", "svn", "npm", "root", "noreply", "no-reply", "donotreply", "postmaster", "mailer-daemon")
)  # fmt: skip
# Who stands for nobody, at a domain that is reserved for examples (RFC 2606).
_STAND_IN_USERS = frozenset(
    ("you", "me", "user", "username", "name", "your", "yourname", "your.name", "your-name", "your_name", "email", "mail", "someone",
     "somebody", "nobody", "test", "tester", "foo", "bar", "admin", "info", "support", "contact", "hello", "example", "sales", "office",
     "team", "security", "abuse", "webmaster", "first.last", "firstname.lastname", "recipient", "sender", "to", "from")
)  # fmt: skip
_EXAMPLE_DOMAIN = re.compile(
    r"(?:[a-z0-9-]+\.)*(?:example\.[a-z.]+|(?:[a-z0-9-]+\.)(?:example|test|invalid|localhost|localdomain)"
    r"|(?:domain|company|email|mail|test|your-?domain|mydomain|acme)\.(?:com|org|net|io))$",
    re.IGNORECASE,
)

# Digits with what people put between them; what they are is told elsewhere.
# Each ends in a digit: `1234)  ` is none of them.
_CLUSTER = compile_rule(r"[+(]?[0-9][0-9 .()/-]{5,}[0-9]")
_IPV6 = compile_rule(r"[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*")
_IBAN = compile_rule(r"[A-Za-z]{2}[0-9]{2}[ -]?[A-Za-z0-9]{4}")
_IBAN_REST = re.compile(r"[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]{1,4}){3,8}")
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
        find_numbers(text, match.start(), match.end(), found)
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
    if (
        not name
        or name.lower() in _ROLE_USERS
        or (_IN_URL.search(before) and not _NAMES_ADDRESS.search(before))
    ):
        return
    if name.lower() in _STAND_IN_USERS and _EXAMPLE_DOMAIN.match(domain.group()):
        return
    found.append(("EMAIL", start, domain.end()))


# Behind `name:` or in a URL it is a password and a host; behind these names an address.
_IN_URL = re.compile(r"(?:://[^\s/]*|:|//)$")
_NAMES_ADDRESS = re.compile(
    r"(?:mail|mailto|e-mail|to|from|cc|bcc|reply-to|user|login|contact|sips?|xmpp|acct|author|owner)(?:;[\w=,;-]{1,60})?:$",
    re.IGNORECASE,
)


def _ipv6(text, start, end, found):
    value = text[start:end].rstrip(":.") if not text[start:end].endswith("::") else text[start:end]
    end = start + len(value)
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if len(value) < 7 or before.isalnum() or before in "_.:" or after.isalnum() or after == "_":
        return
    if value.count(":") < 3 or not is_personal_ip(value):
        return
    found.append(("IP_ADDRESS", start, end))


def _iban(text, start, found):
    if start and text[start - 1].isalnum():
        return
    rest = _IBAN_REST.match(text, start)
    if rest is None:
        return
    characters = bare_characters(rest.group()).upper()
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
    bare = bare_characters(value)
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
