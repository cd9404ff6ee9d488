"""The API key's format: `esk_`, 8 characters to look it up by, 32 secret ones, 6 of checksum; all base62.

The 32 secret characters carry 190 bits, so one SHA-256 without salt or stretching is a sufficient store. The
checksum (CRC-32 of what precedes it) lets a secret scanner tell a key from look-alikes without asking us.
"""

import hashlib
import secrets
import string
import zlib

MARK = "esk_"
PREFIX_LENGTH = len(MARK) + 8
KEY_LENGTH = len(MARK) + 8 + 32 + 6
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def generate() -> str:
    """A new key, 50 characters."""
    body = MARK + "".join(secrets.choice(BASE62) for _ in range(8 + 32))
    return body + checksum(body)


def checksum(body: str) -> str:
    """CRC-32 of the ASCII text in base62, padded to 6 characters."""
    number = zlib.crc32(body.encode("ascii"))
    digits = ""
    for _ in range(6):
        number, remainder = divmod(number, 62)
        digits = BASE62[remainder] + digits
    return digits


def is_well_formed(key: str) -> bool:
    """Whether the text has a key's shape and checksum; says nothing of whether such a key exists."""
    if len(key) != KEY_LENGTH or not key.startswith(MARK) or not key.isascii():
        return False
    return key[len(MARK) :].isalnum() and checksum(key[:-6]) == key[-6:]


def lookup_prefix(key: str) -> str:
    return key[:PREFIX_LENGTH]


def digest(key: str) -> str:
    """SHA-256 of the whole key, in hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()
