"""Credentials in headers: Authorization of any scheme, and cookies."""

from __future__ import annotations

import re

from .engine import compile_rule
from .values import is_machine_made, is_placeholder, is_random_enough

_AUTHORIZATION = compile_rule(r"authorization", ignore_case=True)
_CREDENTIALS = re.compile(
    r"[\"'`\]) ]{0,3}[ \t]{0,4}(?:=>|[:=,])[ \t]{0,4}[bfr]?[\"'`]{0,3}"
    r"(?P<scheme>[A-Za-z][A-Za-z0-9._-]{1,30}[ :=]{1,2})?(?P<value>[^\s\"'`<>,;)}\]]{4,4096})",
    re.ASCII,
)
_SCHEME = compile_rule(
    r"\b(?:bearer|basic|digest|apikey|api-key|token|ssws|negotiate|ntlm|bot|genie ?key|splunk|"
    r"sharedaccesssignature|hmac)(?: |%20|\+)+[A-Za-z0-9+/=_.~:-]{8,}",
    ignore_case=True,
)
_COOKIE = compile_rule(
    r"(?:set-)?cookie2?[\"']?\s{0,4}[:=]\s{0,4}[\"']?|(?: -b |--cookie[ =])[\"']?", ignore_case=True
)
_PAIR = re.compile(r"([A-Za-z0-9_.$%-]{1,100})=([^;\s\"',]{4,4096})", re.ASCII)


def find_header_credentials(view, found, clock):
    """Add the credentials of Authorization headers (RFC 9110, 11.6.2) and of cookies (RFC 6265)."""
    text = view.text
    for match in _AUTHORIZATION.finditer(view.subject):
        clock.check()
        value = _CREDENTIALS.match(text, match.end())
        if value and not is_placeholder(value.group("value")):
            scheme = value.group("scheme")
            if scheme or is_random_enough(value.group("value")):
                found.append(("AUTHORIZATION", value.start("value"), value.end("value")))
    for match in _SCHEME.finditer(view.subject):
        clock.check()
        start, end = match.span()
        value = text[start:end]
        cut = max(
            value.rfind(" "), value.rfind("+") if "%20" not in value else -1, value.rfind("%20") + 2
        )
        cut = value.find(" ") if " " in value else cut
        begin = start + cut + 1
        while begin < end and text[begin] == " ":
            begin += 1
        secret = text[begin:end].rstrip(".:")
        if is_machine_made(secret):
            found.append(("AUTHORIZATION", begin, begin + len(secret)))
    for match in _COOKIE.finditer(view.subject):
        clock.check()
        _cookie_pairs(text, match.end(), found)


_ATTRIBUTES = frozenset(("path", "domain", "expires", "max-age", "samesite", "version", "priority"))


def _cookie_pairs(text, start, found):
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    for pair in _PAIR.finditer(text, start, min(end, start + 8192)):
        if pair.group(1).lower() in _ATTRIBUTES:
            continue
        if is_random_enough(pair.group(2)) and not is_placeholder(pair.group(2)):
            found.append(("COOKIE", pair.start(2), pair.end(2)))
