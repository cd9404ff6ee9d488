"""What sentences and programs call by letters, digits and signs, as passwords have them: standards, algorithms,
references, places in files, measures. None of them is a secret."""

from __future__ import annotations

import re

# With the numbers that they have: `aes256` is one, `aes2024` is none.
_ALGORITHM_NAME = (
    r"(?:(?:3?des|3des|tripledes|aes|rsa|dsa|ecdsa|eddsa|ecdhe?|dhe|dh|ed|curve|secp|sect|brainpoolp|nistp|sha|md|hmac|cmac|pbkdf|scrypt|"
    r"yescrypt|bcrypt|argon|ripemd|blake|siphash|crc|poly|x?chacha|salsa|camellia|twofish|blowfish|idea|rc|gost|hs|rs|kdf|hkdf|"
    r"pkcs|tls|ssl|dtls|ipsec|ike|wpa|wep|psk|eap|mschap|cram|scram|gs|ntlm|krb|spnego|sasl|xoauth|oauth|saml|u2f|fido|ctap|"
    r"totp|hotp|socks|https?|s?ftp|ldaps?|smtps?|imaps?|ipv|utf|ucs|base|x25519|x448|x509|windows|cp|latin|koi|iso)"
    r"(?:v?[1-8]|9|1[0126]|25|32|58|64|85|96|128|160|192|224|239|255|256|283|384|409|448|512|521|571|768|1024|1305|1251|1252|1255|2048|3072|"
    r"4096|8192|8859|25519|509)?(?:[a-z]|[rk]1|id)?)"
)
_ALGORITHM_PART = (
    r"(?:"
    + _ALGORITHM_NAME
    + r"|[0-9]{1,5}|cbc|gcm|ctr|ecb|ccm|cfb|ofb|siv|xts|wrap|oaep|pss|mgf1?|pbe|kem|aead|plus|any|etm|"
    r"mac|cert|nist|with|and|sign|kw|dev|rsae|pkcs1v15|encrypted|encryption|signature|hash|plain|digest|export|based|"
    r"compatible|style)"
)
_TERM_SHAPE = re.compile(
    # PKCS#12, GH#416, #1234
    r"(?:PKCS|GH|RT|PR|MR|BZ|LP|[Ii]ssue|[Bb]ug|[Pp]ull|[Tt]icket)?\\?#[0-9]{1,6}$"
    r"|(?:CVE|RFC|ISO|IEC|FIPS|NIST|ANSI|IEEE|PEP|BIP|EIP|SLIP|CWE|GHSA|RHSA|DSA|USN|JIRA|BUG|ISSUE)"
    r"(?:[-/ ][0-9A-Za-z]{1,12})*[-/ ]?[0-9.-]{1,12}$"
    r"|draft-[a-z]+-[a-z0-9-]+$|[Xx]\.[0-9]{2,4}(?:v[0-9])?$"
    # A place in a file, a manual's page, a port, a host with its port.
    r"|[\w./@-]{1,120}\.[a-zA-Z]{1,5}:[0-9]{1,6}(?::[0-9]{1,5})?$|[\w./:-]{2,60}\([1-9n][a-z]{0,3}\)$"
    r"|[0-9]{1,5}/(?:tcp|udp|sctp|dccp)$|(?:localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+):[0-9]{2,5}$"
    # 8-bit, 100-nanosecond, non-2048
    r"|(?:non-)?[0-9]{1,6}-(?:bits?|bytes?|(?:nano|micro|milli)?seconds?|minutes?|hours?|days?|weeks?|months?|years?|char(?:acter)?s?|"
    r"digits?|levels?|factors?|way|words?|rounds?|cores?|nodes?|steps?|pass|lines?|points?|sided|wire|[Cc]ontinue)$|non-[0-9]{1,6}$"
    # A type of a resource: Microsoft.KeyVault/vaults@2023-07-01
    r"|[A-Z]\w{2,40}\.\w{2,40}(?:/\w{2,40}){1,4}@[0-9]{4}-[0-9]{2}-[0-9]{2}"
    # A package's version, an image's digest, a principal of Windows, a bundler's name.
    r"|@?[\w.-]+(?:/[\w.-]+)?@[\^~<>=*]{0,2}[0-9]+\.[0-9]+[\w.+-]*$|(?:[\w./:-]+@)?sha(?:1|256|384|512):[0-9a-f]{20,}$"
    r"|S-1-[0-9]+(?:-[0-9]+)+$|[A-Za-z_]*(?:[Pp]assword|[Ss]ecret|[Tt]oken|[Kk]ey)\$[0-9]{1,2}$"
    # What is written in a manual's source, and a digest of a public key.
    r"|\\(?:f[A-Z0-9(\[]|s[-+]?[0-9]|\*[(\[]|-)|sha(?:1|256|384|512)//?"
    # Pieces that are filled in, and nothing else: `%s:%s`, `$user:$pass`, `{user}:{password}`.
    r"|(?:(?:%[-+0 #]{0,3}[0-9.]{0,5}[sdrxqvu]|\$\{?[A-Za-z_]\w{0,40}\}?|\{[\w.!:()\[\]]{0,60}\})"
    r"[-:/@_.,;|]{0,3}){2,8}$"
    # A path below a variable's: `$BASE_URL/reset#/password`.
    r"|\$\{?[A-Z][A-Z0-9_]{2,60}\}?/[\w./#?=&-]{0,120}$"
)
_ALGORITHM_LIKE = re.compile(
    r"(?=[^0-9]{0,40}[0-9]|[^-_+/]{1,20}[-_+/])[\"'`]?"
    + _ALGORITHM_NAME
    + r"(?:[-_+/.]"
    + _ALGORITHM_PART
    + r"){0,9}$",
    re.IGNORECASE,
)
# Longer ones have a sign: `RFC2616` and `ed25519` have none.
_LONGEST_WITHOUT_SIGN = 24
# The letters or digits in their order.
_ALPHABETS = ("abcdefghijklmnop", "0123456789abcdefghij", "abcdefghijkmnopq")


_FILLED_IN = re.compile(
    r"\$\{[^{}\n]{1,60}\}|\{\{[^{}\n]{1,60}\}\}|#\{[^{}\n]{1,60}\}|(?<![0-9A-Za-z])%[sd](?![0-9A-Za-z])"
)


def without_filled_in(value):
    """What a text with `${…}`, `{{ … }}`, `#{…}` or `%s` in it says by itself; None for one without."""
    rest = _FILLED_IN.sub("", value)
    return rest if len(rest) < len(value) else None


def is_term(value):
    """A standard, an algorithm, a reference, a place, a measure, an alphabet: no secret whatever names it."""
    if len(value) <= _LONGEST_WITHOUT_SIGN or not value.isalnum():
        if _TERM_SHAPE.match(value):
            return True
    elif len(value) <= 60:
        return False
    if len(value) <= 60:
        return bool(_ALGORITHM_LIKE.match(value))
    return any(letters in value.lower() for letters in _ALPHABETS)
